"""Indicators with their figures, plans and targets.

An indicator is a data file; its figures come from a provider that an area registers with ``measured``. Figures
are kept for every region and period, so that a page reads one row, and are computed again by a periodic job. A
figure that nobody supplied is unknown, at every level above it too.
"""
