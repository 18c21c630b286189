"""Reads of caring."""
