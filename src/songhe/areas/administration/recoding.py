"""Applying dated recodings to a running city: the tree changes, and every row that only lies in a region follows it.

A recoding is one transaction: a kill in the midst of it leaves everything as it was. Applied once more it finds what was
written under the old code meanwhile, and what was in the way and no longer is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from songhe.areas.administration.recoded_tables import Moving, Outcome, Shift, tables
from songhe.areas.registry.api import end_idle_moves, renew_homes
from songhe.core.codes.region import CITY, ancestors, at_level, is_within, level_of, span
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Scope, entered
from songhe.engines.acts.api import record_bulk
from songhe.engines.jobs.models import Job
from songhe.engines.regions.models import Recode, Region

VERB = "regions.recode"
_ALONE = "SELECT pg_advisory_xact_lock(7302)"
_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
"""Else each row waits in memory to be checked at the end."""
_NAMED = 5
"""So many regions are named in a refusal."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became, or would become, of one recoding: regions that end, and tables with rows under their codes."""

    recode: Recode
    regions: int
    outcomes: tuple[Outcome, ...]

    @property
    def moved(self) -> int:
        """Rows that follow, in all tables."""
        return sum(one.moved for one in self.outcomes)


def due(on: date) -> list[Recode]:
    """What is to be applied by a day: the earlier first, and of one day the smaller regions first."""
    rows = Recode.objects.filter(on__lte=on, applied_at=None, old__in=Region.objects.values("code"))
    rows = rows.exclude(kind=Recode.Kind.SPLIT)
    return sorted(rows, key=lambda row: (row.on, -level_of(row.old), row.old))


def named(old: int, new: int) -> Recode:
    """The recoding of one code to another. Refused where the table has none."""
    found = Recode.objects.filter(old=old, new=new).order_by("on").first()
    if found is None:
        raise Refused(
            "recode.unknown",
            "There is no recoding of {old} to {new}. Add it to data/regions/recodes.yaml and load the city again.",
            old=old,
            new=new,
        )
    return found


def splits(on: date) -> list[Report]:
    """Regions from which others were split off, with the rows that are still theirs: no rule can tell which of them go."""
    present = Region.objects.filter(until=None).values("code")
    rows = Recode.objects.filter(on__lte=on, kind=Recode.Kind.SPLIT, old__in=present)
    with entered(Scope.EVERYTHING):
        return [_remaining(row) for row in rows.order_by("on", "old")]


def preview(recode: Recode, *, on: date, before: Collection[int] = ()) -> Report:
    """What applying would do. ``before``: codes that end earlier in the same run."""
    with entered(Scope.EVERYTHING):
        pairs = _pairs(recode, on, before)
        moving = Moving(Shift(tuple(pairs), recode.new - recode.old))
        return Report(recode, len(_fresh(pairs)), tuple(moving.through(write=False)))


def apply(recode: Recode, *, on: date, actor: Actor, at: datetime) -> Report:
    """Let the rows follow and the old region end: all of it or nothing, one act for each table."""
    with entered(Scope.EVERYTHING):  # rows of a region lie in every area of the city's offices
        with connection.cursor() as cursor:
            cursor.execute(_ALONE)
            cursor.execute(_AT_ONCE)
        recode.refresh_from_db()
        pairs = _pairs(recode, on, ())
        shift = Shift(tuple(pairs), recode.new - recode.old)
        where: dict[str, Any] = {"region_id": recode.new, "actor": actor, "at": at}
        end_idle_moves(shift.codes, shift.by, **where)
        renew_homes(shift.codes, shift.by, **where)
        found = tuple(Moving(shift).through(write=True))
        for one in found:
            if one.moved:
                record_bulk(VERB, model=one.table.model, count=one.moved, digest=one.digest, **where)
        _redirect_jobs(shift)
        fresh = _fresh(pairs)
        if fresh:
            _end(recode, pairs[recode.old][0], fresh)
            changes = " ".join(f"{old.code}>{new.code}" for old, new in fresh)
            digest = hashlib.sha256(changes.encode()).hexdigest()
            record_bulk(VERB, model=Region, count=len(fresh), digest=digest, **where)
            Recode.objects.filter(pk=recode.pk).update(applied_at=at)
        return Report(recode, len(fresh), found)


Pair = tuple[Region, Region]
Pairs = dict[int, Pair]


def _fresh(pairs: Pairs) -> list[Pair]:
    """Those whose old region has not ended yet."""
    return [(old, new) for old, new in pairs.values() if old.until is None]


def _pairs(recode: Recode, on: date, before: Collection[int]) -> Pairs:
    """Each old region with the new one, the whole beside its parts; refused where the recoding cannot be applied."""
    _sound(recode, on)
    by, (low, high) = recode.new - recode.old, span(recode.old)
    there = {row.code: row for row in Region.objects.filter(code__gte=low + by, code__lt=high + by)}
    pairs: Pairs = {}
    lost = []
    for row in Region.objects.filter(code__gte=low, code__lt=high).order_by("code"):
        new = there.get(row.code + by)
        if row.until is not None:
            if new is not None and row.code in new.former:
                pairs[row.code] = (row, new)
        elif any(is_within(row.code, code) for code in before if code != recode.old):
            continue
        elif new is None or new.until is not None or (new.name != row.name and row.code != recode.old):
            lost.append(row)
        else:
            pairs[row.code] = (row, new)
    if lost:
        raise Refused(
            "recode.below",
            "{count} regions in {old} have no region of the same name under their new code ({some}). Load the new "
            "table of the city, or add a recoding for each of them.",
            count=len(lost),
            old=recode.old,
            some=", ".join(f"{row.code} {row.name} → {row.code + by}" for row in lost[:_NAMED]),
        )
    return pairs


def _sound(recode: Recode, on: date) -> None:
    old, new = recode.old, recode.new
    if recode.kind == Recode.Kind.SPLIT:
        raise Refused(
            "recode.split",
            "{new} was split off from {old}: no rule can tell which records go with it. Move its persons and sites on their pages.",
            old=old, new=new,
        )  # fmt: skip
    if recode.on > on:
        raise Refused(
            "recode.early", "{old} becomes {new} on {day}, not before.", old=old, new=new, day=recode.on
        )
    if level_of(old) != level_of(new):
        raise Refused(
            "recode.level",
            "{old} and {new} are of different levels. A region can only take a code of its own level.",
            old=old, new=new,
        )  # fmt: skip
    if level_of(old) <= CITY or at_level(old, CITY) != at_level(new, CITY):
        raise Refused(
            "recode.city",
            "{old} and {new} are not in the same city. Persons move to another city by transfer.",
            old=old, new=new,
        )  # fmt: skip
    rows = Region.objects.in_bulk([old, new])
    for code in (old, new):
        if code not in rows:
            raise Refused(
                "recode.code",
                "There is no region {region}. Load the region table of the city that contains it: songhe city CODE --table FILE",
                region=code,
            )  # fmt: skip
    _straight(recode, on)
    if rows[old].until is not None and recode.applied_at is None:
        raise Refused(
            "recode.twice",
            "{old} ended on {day} with another recoding. Correct the table of recodings.",
            old=old, day=rows[old].until,
        )  # fmt: skip


def _straight(recode: Recode, on: date) -> None:
    """Refuse what leads back, and what leads to a code that ends itself by the same day; later steps follow on their day."""
    steps = Recode.objects.filter(on__lte=on).exclude(kind=Recode.Kind.SPLIT).order_by("on")
    seen = {recode.old, recode.new}
    step = first = steps.filter(old=recode.new).first()
    while step is not None and step.new not in seen:
        seen.add(step.new)
        step = steps.filter(old=step.new).first()
    if step is not None and step.new == recode.old:
        raise Refused(
            "recode.cycle",
            "The recodings lead from {old} via {new} back to {old}. Correct the table of recodings.",
            old=recode.old, new=recode.new,
        )  # fmt: skip
    if first is not None and first.on <= recode.on and recode.applied_at is None:
        raise Refused(
            "recode.chain",
            "{old} would become {new}, which itself became {last} by then. Write one recoding of {old} to {last}.",
            old=recode.old, new=recode.new, last=first.new,
        )  # fmt: skip


def _end(recode: Recode, old: Region, fresh: list[Pair]) -> None:
    """End the old regions, begin the new ones, and let these and those above them see what stays under the old codes."""
    Region.objects.filter(code__in=[ended.code for ended, _new in fresh]).update(until=recode.on)
    if recode.kind == Recode.Kind.RECODE:
        for _ended, new in fresh:
            new.since = new.since or recode.on
    above = [code for code in ancestors(recode.new) if not is_within(recode.old, code)]
    seeing = [(old, row) for row in Region.objects.filter(code__in=above)] + fresh
    for ended, row in seeing:
        row.former = sorted({*row.former, ended.code, *(one for one in ended.former if not row.holds(one))})
    Region.objects.bulk_update([row for _ended, row in seeing], ["former", "since"])


def _redirect_jobs(shift: Shift) -> None:
    """Let jobs that wait for a region look at the new one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET args = jsonb_set(args, '{region}', to_jsonb((args ->> 'region')::bigint + %s))"
            " WHERE state = %s AND args -> 'region' = ANY(%s::text[]::jsonb[])",
            [shift.by, Job.State.WAITING, list(map(str, shift.codes))],
        )


def _remaining(recode: Recode) -> Report:
    low, high = span(recode.old)
    codes = Region.objects.filter(code__gte=low, code__lt=high, until=None).values_list("code", flat=True)
    counts = ((table, table.under(list(codes)).count()) for table in tables() if not table.kept)
    return Report(recode, len(codes), tuple(Outcome(table, 0, count) for table, count in counts if count))
