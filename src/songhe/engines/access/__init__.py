"""Who may see and do what, and where: users, roles as data, dated grants, scopes and their two locks.

The first lock is in Python: a scoped table answers only ``within(scope)``. The second is row-level security:
``entered(scope)`` sets transaction-local settings that the policies of every scoped table read.
"""
