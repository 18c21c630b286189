"""The verbs of alarms."""

from songhe.areas.alarms.actions.raising import cry, raise_many, raise_one

__all__ = ["cry", "raise_many", "raise_one"]
