"""The planner's board: who goes to whom when, for a day or a week of an organisation or a county.

A roster is a plan made by the scheduler (``core.roster``) from orders and promised visits. It is a draft that a planner
looks at, compares, changes and publishes; only publishing sends anybody. Every line that is published has one effect,
however often it is tried and wherever a server dies. Where persons live is read to plan, and shown to nobody by it.
"""
