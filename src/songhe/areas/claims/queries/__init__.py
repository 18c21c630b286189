"""Reads of claims: lines to be, what is held by others, figures of a month, samples, bills."""
