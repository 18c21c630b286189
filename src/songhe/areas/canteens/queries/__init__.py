"""Reads of canteens."""
