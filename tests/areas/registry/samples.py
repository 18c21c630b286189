"""Rows of the registry for the conformance suite."""

from __future__ import annotations

import io
import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests import make

from songhe.areas.registry.actions import deaths, duplicates, families, moves, network
from songhe.areas.registry.actions.people_list import PEOPLE
from songhe.areas.registry.models import Death, Enrolment, Merge, Suspect
from songhe.engines.access.api import SYSTEM
from songhe.engines.imports import api as imports

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
THIRD_COUNTY = 371003000000
_days = itertools.count()


def people(n: int, region: int) -> list[Any]:
    """Persons of one village."""
    return [make.person(region) for _ in range(n)]


def households(n: int, region: int) -> list[Any]:
    """Households of one."""
    return [families.found_household(row, actor=SYSTEM, at=AT) for row in people(n, region)]


def enrolments(n: int, region: int) -> list[Any]:
    """Open enrolments."""
    rows = people(n, region)
    for row in rows:
        network.enrol(row, actor=SYSTEM, at=AT, since=TODAY, agrees=True)
    return list(Enrolment.everywhere.filter(person__in=rows))


def suspects(n: int, region: int) -> list[Any]:
    """Pairs of a full and a provisional entry."""
    out = []
    for _ in range(n):
        born = date(1930, 1, 1) + timedelta(days=next(_days))
        one = make.person(region, id_number="", born=born)
        make.person(region, born=born)
        duplicates.suspect(one, actor=SYSTEM, at=AT)
        out.append(Suspect.everywhere.filter(first=one) | Suspect.everywhere.filter(second=one))
    return [rows.get() for rows in out]


def merges(n: int, region: int) -> list[Any]:
    """Merges of two entries."""
    out = []
    for pair in suspects(n, region):
        duplicates.merge_suspects(pair, actor=SYSTEM, at=AT, keep="first", reason="同一人")
        out.append(Merge.everywhere.get(kept_id=pair.first_id, gone_id=pair.second_id))
    return out


def transfers(n: int, region: int) -> list[Any]:
    """Proposals into a third county."""
    to = str(make.village(THIRD_COUNTY))
    return [
        moves.propose_move(row, actor=SYSTEM, at=AT, to=to, on=TODAY, reason="随子女居住")
        for row in people(n, region)
    ]


def deaths_(n: int, region: int) -> list[Any]:
    """Reports that wait."""
    return [
        deaths.report_death(row, actor=SYSTEM, at=AT, died_on=TODAY, source=Death.Source.VILLAGE)
        for row in people(n, region)
    ]


def runs(n: int, region: int) -> list[Any]:
    """Uploaded lists."""
    raw = "姓名,身份证号\n王建国,11010519491231002X\n".encode()
    return [
        imports.take_in(io.BytesIO(raw), name=f"{at}.csv", spec=PEOPLE, region_id=region, actor=SYSTEM, at=AT)
        for at in range(n)
    ]


make.SAMPLES |= {
    "people": people,
    "households": households,
    "enrolments": enrolments,
    "suspects": suspects,
    "merges": merges,
    "transfers": transfers,
    "deaths": deaths_,
    "imports": runs,
}
