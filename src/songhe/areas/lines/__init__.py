"""Telephone lines: what the exchange tells, who sits at the desk, and the desk's numbers.

An exchange sends signed events; each is kept as it was received, and a session (one call as the exchange sees it) is
derived from its events anew whenever one arrives, so that late, doubled and unordered events come to the same end. Seats
say who may be rung; shifts are handed over with a signature. Every number of the desk is computed from the events and from
nothing else. No sound is stored here: a recording is a reference into the exchange, shown by a right of its own.
"""
