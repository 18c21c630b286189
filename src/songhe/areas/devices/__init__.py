"""Devices: bracelets, pendants, one-key phones, sensors and tags, from the store to the wrist, and what they say.

A device is entered with its number, gets a secret of its own, and is bound to a person or a household from one day until
another. It comes out of a stock and goes back into one by dated movements. Issued, installed, connected and used each have
their own moment: what is installed is not yet reachable, and what is reachable is not yet used.

What devices say comes in through ``api.receive``: each signal once, in whatever order, by a clock that may lie. Heartbeats
change the last state alone; what happened is kept. Places are kept and shown only where the person agreed. A device that is
silent longer than its kind allows, or low, or untested, becomes somebody's task.
"""
