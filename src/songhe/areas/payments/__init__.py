"""Payments: from grants in force to money on an account.

A run works out what every grant of a county is due for each month, from a snapshot of facts and rules that can be
replayed, and posts the difference to what was posted before. Batches pay what runs posted.
"""
