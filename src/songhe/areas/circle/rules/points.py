"""A point that somebody typed or dragged: in its frame, in degrees, and not somewhere else in the world."""

from __future__ import annotations

from math import isfinite

from songhe.core.codes import Point
from songhe.core.codes.coordinates import FRAMES, Frame, in_china, to_wgs84
from songhe.core.refusal import Refused

FARTHEST_METRES = 5_000


def typed(lon: str | float | None, lat: str | float | None, frame: str | None = None) -> Point:
    """Two numbers as a point in WGS-84, to ten-millionths of a degree. Refused says what is wrong with them."""
    try:
        point = Point(float(str(lon).strip()), float(str(lat).strip()))
    except ValueError:
        raise Refused(
            "circle.no_point",
            "Give longitude and latitude as numbers, such as 122.4868 and 37.1654.",
            field="lon",
        ) from None
    if not (isfinite(point.lon) and isfinite(point.lat)):
        raise Refused(
            "circle.no_point",
            "Give longitude and latitude as numbers, such as 122.4868 and 37.1654.",
            field="lon",
        )
    if not in_china(point):
        if in_china(Point(point.lat, point.lon)):
            raise Refused(
                "circle.turned_round",
                "Longitude and latitude are the wrong way round: longitude ({lat}) comes first. Swap them.",
                field="lon", lat=f"{point.lat:g}",
            )  # fmt: skip
        raise Refused(
            "circle.abroad",
            "{lon}, {lat} is outside China. Check that the numbers are degrees.",
            field="lon", lon=f"{point.lon:g}", lat=f"{point.lat:g}",
        )  # fmt: skip
    name = (frame or "wgs84").lower()
    if name not in FRAMES:
        raise Refused(
            "circle.frame",
            "There is no coordinate system “{frame}”: choose WGS-84, GCJ-02 or BD-09.",
            field="frame",
            frame=name[:20],
        )
    known: Frame = name
    found = to_wgs84(point, known)
    return Point(round(found.lon, 7), round(found.lat, 7))


def placed(metres: float | None, *, street: bool) -> None:
    """Refuse a point to which nobody comes: no street near it, or nobody within five kilometres."""
    if not street:
        raise Refused(
            "circle.no_street",
            "No street is near this point: it is in water or open land, or in another coordinate system. Choose the right coordinate system, or move it to a street.",
            field="lon",
        )
    if metres is None or metres > FARTHEST_METRES:
        raise Refused(
            "circle.nobody_near",
            "Nobody in the registry lives within 5 km of this point: it is in water or outside the city, or in another coordinate system. Check the coordinate system, or move the point.",
            field="lon",
        )
