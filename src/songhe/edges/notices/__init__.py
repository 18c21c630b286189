"""Carriers of messages: signed HTTP gateways for texts and calls, group robots, a screen for demonstrations; and the door
through which providers report back.

What is set up is read from the settings, which come from the environment; no secret is in the database.
"""
