"""Reads of assessments; each takes the scope, or rows that were already found within one."""
