"""The cockpit: what a leader sees first, how it is counted, and how it stands against the plan.

Every number opens: a share shows what it is counted over, a region its parts, a village its persons, as far as the
reader's own scope goes. The headline is measured at the moment it is looked at and moves when a visit ends; all other
figures are those of the last refresh, and say when that was.
"""
