"""Verbs of the registry, the only writers of its tables."""
