"""Bulk import of spreadsheets: read safely, map columns, check every row, write the good ones, return the bad ones.

An area registers an ``ImportSpec`` (target fields, a check and a write over batches of rows); everything else is
here. A run can be stopped and taken up again, and a second import of the same rows changes nothing.
"""
