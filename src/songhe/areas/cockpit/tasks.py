"""The worker must know who measures what: importing the measures registers them."""

from songhe.areas.cockpit import measures

__all__ = ["measures"]
