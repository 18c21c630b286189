"""Reads of lines."""
