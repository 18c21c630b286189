"""The hotline: calls, the agent's desk, calling back, complaints.

A call is answered, the caller found by telephone number (or entered as a provisional person), the wish ordered from the
catalogue within what the person is entitled to, and the call closed, on one page. Served orders are called back; a bad
answer opens a complaint, which is a case on the flow ``complaint``. Numbers and notes are sealed: with the person's key
once the person is known, with the call's own key before.
"""
