"""How the grid of a city is built, as the data file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text, whole

DAY = 24 * 60
LONGEST_ROBOT = 40


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the network: the level of its regions, and between which minutes of a day somebody is on duty.

    A level without posts is made of the helpers who are paired with an elder. ``robot``: the chat group that hears of alarms
    for a post in a region.
    """

    code: str
    label: Label
    region: int
    posts: bool
    since: int = 0
    until: int = DAY
    robot: str = ""

    def group(self, region: int) -> str:
        """The chat group of the post of a region; empty where there is none."""
        return self.robot.replace("{region}", str(region))


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole installation; ``levels`` run upwards from the elder."""

    levels: tuple[Level, ...]
    skills: Mapping[str, Label]
    most_elders: Mapping[str, int]
    training_days: int
    speeds: Mapping[str, float]
    detour: float
    roster_days: int
    assumed: bool

    def level(self, code: str) -> Level | None:
        """One level; None where the city has none of this name."""
        return next((one for one in self.levels if one.code == code), None)


def build_terms(data: Data) -> Terms:
    """Terms from the data file; DataError names what is missing or wrong."""
    levels = tuple(map(_level, rows(data, "levels", "grid")))
    heights = [one.region for one in levels]
    if heights != sorted(heights, reverse=True) or len({one.code for one in levels}) != len(levels):
        raise DataError("grid, levels: each is named once, and they run upwards from the village.")
    most = part(data, "most_elders", "grid")
    speeds = part(data, "speeds", "grid")
    return Terms(
        levels=levels,
        skills={
            text(row, "code", "grid, skills"): label(row, "grid, skills")
            for row in rows(data, "skills", "grid")
        },
        most_elders={code: whole(most, code, "grid, most_elders") for code in most},
        training_days=whole(data, "training_days", "grid"),
        speeds={mode: float(whole(speeds, mode, "grid, speeds")) for mode in speeds},
        detour=_detour(data),
        roster_days=whole(data, "roster_days", "grid"),
        assumed=bool(data.get("assumed", False)),
    )


def _detour(data: Data) -> float:
    found = data.get("detour")
    if not isinstance(found, int | float) or not 1 <= found <= 5:
        raise DataError("grid: detour is a number from 1 to 5.")
    return float(found)


def _level(row: Data) -> Level:
    code = text(row, "code", "grid, levels")
    where = f"grid, level {code}"
    height = whole(row, "region", where)
    if height not in (2, 3, 4, 5):
        raise DataError(f"{where}: region is 2 (city) to 5 (village).")
    if not row.get("posts"):
        return Level(code, label(row, where), height, posts=False)
    covered = part(row, "covered", where)
    since, until = _minute(covered, "since", where), _minute(covered, "until", where)
    if until <= since:
        raise DataError(f"{where}: until must lie after since.")
    robot = text(row, "robot", where) if row.get("robot") else ""
    if len(robot.replace("{region}", "0" * 12)) > LONGEST_ROBOT:
        raise DataError(f"{where}: the name of a robot has {LONGEST_ROBOT} signs at most.")
    return Level(code, label(row, where), height, posts=True, since=since, until=until, robot=robot)


def _minute(row: Data, key: str, where: str) -> int:
    """A time of the day as minutes; 24:00 is the end of it."""
    hours, _colon, minutes = text(row, key, where).partition(":")
    if not (
        hours.isdecimal()
        and minutes.isdecimal()
        and int(minutes) < 60
        and int(hours) * 60 + int(minutes) <= DAY
    ):
        raise DataError(f"{where}: {key} must be a time such as 08:00.")
    return int(hours) * 60 + int(minutes)
