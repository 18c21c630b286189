"""The door of the circle: the names other areas use."""

from songhe.areas.circle.queries.figures import last_run, table

__all__ = ["last_run", "table"]
