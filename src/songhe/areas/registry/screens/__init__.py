"""The registry on screen."""

from songhe.areas.registry.actions import people_list
from songhe.areas.registry.screens import changes, families, home, lists, people

__all__ = ["changes", "families", "home", "lists", "people", "people_list"]
