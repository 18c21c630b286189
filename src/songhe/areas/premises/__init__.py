"""Premises: the rooms in which care can be given, before they are a facility.

Residential compounds owe the public care premises. Their square metres follow from the households by a dated standard of
the place; in each phase they are planned, built, accepted and handed over in four steps, each with its documents and its
floor area, prepared by one and let pass by another. Compounds that owe something stand in a list with the reasons.

Idle rooms of any owner stand in an inventory with proposals for their reuse; those that are free are the sites from which
siting chooses. Rural upgrade projects have milestones with days and money, before and after. What has become a facility is
the facility register's; premises keep the link.
"""
