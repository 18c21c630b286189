"""A map as a panel of a record's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from songhe.kit.map.drawing import draw
from songhe.kit.map.shapes import Map
from songhe.kit.spec import Panel


def map_panel(shown: Callable[[Any, HttpRequest], Map], **options: Any) -> Panel:
    """A panel with a map: (row, request) → Map."""

    def query(row: Any, request: HttpRequest) -> Mapping[str, Any]:
        return {"map": draw(shown(row, request))}

    return Panel(template="kit/map.html", query=query, **options)
