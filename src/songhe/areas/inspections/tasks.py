"""Inspections measure figures by the clock; their deadlines are those of their cases."""

from songhe.areas.inspections import figures

__all__ = ["figures"]
