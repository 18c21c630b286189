"""Reads of devices."""

from songhe.areas.devices.queries import hearing

__all__ = ["hearing"]
