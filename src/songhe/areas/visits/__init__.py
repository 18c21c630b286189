"""Visits: orders for a service, who is sent, and the proof that somebody came.

An order is a case on the flow ``order``: received, dispatched to a worker, accepted, in service, completed, followed
up, settled. A visit is one promised stay of a worker for an order. A worker never has two overlapping open visits.
A visit's proof (times, place, note, picture) is judged against the bounds in ``data/nation/visits.yaml``; what falls
outside is flagged and waits for somebody to verify it before it is settled.

Orders and visits are seen in their region, by the organisation and the worker they belong to, and by kin; an
organisation does not see what another one does for the same person.
"""
