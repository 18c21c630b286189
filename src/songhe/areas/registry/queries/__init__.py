"""Reads of the registry; each takes the scope or a row that was already found within one."""
