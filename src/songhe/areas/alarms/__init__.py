"""Alarms: from the signal of a device to the review of what was done, and the clock that forgets none of them.

Signals come in bulk through ``api.raise_many`` inside the gateway's own transaction: what repeats, and what else sounds in
the same home, joins the one open alarm of that home, which the database allows only once. An open alarm always has a
moment at which the clock acts next (``due_at``, kept by a constraint): it rings louder, it is taken from a silent agent, the
next responder or the next level is called. Every state, call, responder and rung is a row with its own time; figures are
worked out from these rows and from nothing else.

A region sees its alarms, an agent those of the region, a responder the errand that was given; kin of whoever lives in the
home see that it called for help, and their own person in it. Other areas come through ``api`` only.
"""
