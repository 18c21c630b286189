"""Screens of payments."""

from songhe.areas.payments.screens import runs

__all__ = ["runs"]
