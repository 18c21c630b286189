"""Contracts: what a service organisation was asked to give, where, at which price, and how far it may go.

A contract names a lot, its regions, the services with their prices and the minutes of a person's grant that one unit
takes, a ceiling and a term. It is drafted by one, approved by another, and changed by dated amendments that are approved
in the same way; an approved version is never edited. Every order that a grant pays for is booked on a contract when an
organisation takes it: promised, then given, then settled. Nothing is promised or paid beyond the ceiling.

An organisation sees its own contracts. The office of a contract's regions sees all of them.
"""
