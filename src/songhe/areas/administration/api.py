"""The door of the administration: what a command does to a running city."""

from songhe.areas.administration.recoding import Report, apply, due, named, preview, splits

__all__ = ["Report", "apply", "due", "named", "preview", "splits"]
