"""The ledger: double entry for money, hours, points and meals.

Promises: entries and journals are only ever added; every journal balances in each unit; a balance is
what its entries add up to; an account that may not be overdrawn is not; the same key posts once. The
database keeps these itself, by triggers and constraints, so that no program can break them by mistake.
Accounts are locked in the order of their ids before entries are written, which is why clients that post
at the same time wait for each other and never deadlock within one journal.
"""
