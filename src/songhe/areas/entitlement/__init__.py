"""Entitlements: what a policy grants one person for one month, decided from facts with the rule and clause shown.

Determination prepares, somebody else approves, and approved hours and meals are granted in the ledger. What is not
granted says why not, what is pending says which document to bring, and what rests on an assumed value says so.
"""
