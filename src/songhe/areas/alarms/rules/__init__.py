"""Decisions about alarms, without tables."""
