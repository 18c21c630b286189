"""Visits as a calendar file (RFC 5545). It says what the installation's ``feed_name`` allows, and never an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils.translation import gettext

from songhe.areas.registry.api import Person
from songhe.areas.visits.api import Visit
from songhe.engines.access.api import elevated
from songhe.engines.regions.tree import full_name

OCTETS = 75


def called(name: str, village: str, policy: str) -> str:
    """How a feed names a person: not at all, by the village, or by surname and village."""
    if policy == "none":
        return ""
    surname = name[:2] if name[:2] in COMPOUND else name[:1]
    return f"{surname}** {village}".strip() if policy == "surname_village" else village


COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "司空",
        "夏侯",
        "端木",
        "南宫",
        "独孤",
        "轩辕",
        "百里",
        "东郭",
        "西门",
    ]
)


def calendar(visits: Iterable[Visit], policy: str, *, at: datetime) -> bytes:
    """One event for each visit."""
    rows = list(visits)
    with elevated():  # names are cut down to what the feed may say
        names = dict(
            Person.everywhere.filter(pk__in={row.person_id for row in rows}).values_list("pk", "name")
        )
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Songhe//Visits//EN", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{escaped(gettext('Visits'))}")
    for row in rows:
        village = full_name(row.region_id, below=3)
        who = called(names.get(row.person_id, ""), village, policy)
        lines += _event(
            row, " · ".join(filter(None, (row.item_label, who))), village if policy != "none" else "", at
        )
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def _event(row: Visit, summary: str, place: str, at: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{row.pk}@songhe",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(row.starts_at)}",
        f"DTEND:{_utc(row.ends_at)}",
        f"SUMMARY:{escaped(summary)}",
        "CLASS:PRIVATE",
        f"STATUS:{'CANCELLED' if row.state == 'cancelled' else 'CONFIRMED'}",
    ]
    if place:
        lines.append(f"LOCATION:{escaped(place)}")
    return [*lines, "END:VEVENT"]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """Text without what has a meaning in a calendar file."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, never cut inside a character; parts after the first begin with a blank."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > OCTETS:
            yield part
            part = " "
        part += sign
    yield part
