"""The log of every write and of every sensitive read: who, when, what, from where, before and after.

Acts can be neither changed nor deleted by the application's database role, and are sealed into a hash chain soon
after they happen, so that no writer waits for another.
"""
