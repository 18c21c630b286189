"""Reads of beds, stays, the waiting list, care beds at home and day care."""
