"""Reads of devices."""

from songhe.areas.devices.queries import hearing, places, register

__all__ = ["hearing", "places", "register"]
