"""Reads of the circle."""
