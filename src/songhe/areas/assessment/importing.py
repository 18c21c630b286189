"""The national platform's list of levels: rows are kept beside the city's own results, strangers are listed.

A level is kept in the platform's own words. What the platform corrects replaces the row before; the same file again
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.models import Degree, NationalLevel, Unregistered
from songhe.areas.registry.api import by_id_numbers, id_hash
from songhe.core.codes.region import span
from songhe.core.codes.resident_id import mask, parse_id
from songhe.core.refusal import Refused
from songhe.core.text import normalise, parse_date
from songhe.engines.access.api import Actor
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.engines.jobs.api import start
from songhe.engines.vault.api import make_keys, seal_with

TOLD = ("level", "assessed_by", "valid_until")
DEGREES = {
    Degree.MODERATE: ("中度", "moderate"),
    Degree.SEVERE: ("重度", "severe"),
    Degree.COMPLETE: ("完全", "极重度", "complete"),
}


def degree_of(cell: object) -> Degree:
    """A level by the platform's words; a bare number says nothing, since lists number them differently."""
    text = normalise(str(cell)).lower()
    for degree, words in reversed(DEGREES.items()):
        if any(word in text for word in words):
            return degree
    raise Refused(
        "national_degree",
        "“{text}” is not a level in this list. Write 中度失能, 重度失能 or 完全失能.",
        text=text[:20],
    )


def _assessor(cell: object) -> str:
    return normalise(str(cell))[:120]


TARGETS = (
    Target(
        name="id_number",
        label=_("Identity number"),
        required=True,
        sample="371082194305021234",
        parse=lambda cell: parse_id(cell).number,
        synonyms=("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证", "居民身份证号"),
    ),
    Target(
        name="level",
        label=_("National level"),
        required=True,
        sample="重度失能",
        parse=degree_of,
        synonyms=("失能等级", "评估等级", "失能程度", "能力等级", "等级", "评估结果"),
    ),
    Target(
        name="assessed_on",
        label=_("Assessed on"),
        required=True,
        sample="2026-03-05",
        parse=parse_date,
        synonyms=("评估日期", "评估时间", "评定日期", "评估完成日期"),
    ),
    Target(
        name="assessed_by",
        label=_("Assessed by"),
        required=True,
        sample="某某评估机构",
        parse=_assessor,
        synonyms=("评估机构", "评估单位", "评定机构", "评估机构名称"),
    ),
    Target(
        name="valid_until",
        label=_("Valid until"),
        required=True,
        sample="2028-03-04",
        help=_("The last day on which the level holds."),
        parse=parse_date,
        synonyms=("有效期至", "有效期止", "有效截止日期", "到期日期", "有效期截止"),
    ),
)


def _check(batch: Batch) -> None:
    """Days in their order and each assessment once; who the rows are about is looked up in the area."""
    seen: dict[object, int] = batch.memory.setdefault("seen", {})
    for row in batch.good:
        values = row.values
        if values["assessed_on"] > batch.today:
            row.refuse("assessed_on", "This day is in the future. Correct it.")
        elif values["valid_until"] < values["assessed_on"]:
            row.refuse("valid_until", "The level would end before the assessment. Correct one of the days.")
        first = seen.setdefault((values["id_number"], values["assessed_on"]), row.number)
        if first != row.number:
            row.refuse(
                "id_number",
                "Row {first} has the same person and day of assessment. Leave one of them out.",
                first=first,
            )
    found = by_id_numbers([row.values["id_number"] for row in batch.good], batch.scope)
    low, high = span(batch.region)
    for row in batch.good:
        person = found.get(row.values["id_number"])
        row.values["person"] = person if person and low <= person.region_id < high else None


def _write(batch: Batch) -> Written:
    known = [row for row in batch.good if row.values["person"] is not None]
    unknown = [row for row in batch.good if row.values["person"] is None]
    return _levels(known, batch) + _strangers(unknown, batch)


def _levels(rows: list[Row], batch: Batch) -> Written:
    people = {row.values["person"].pk for row in rows}
    stands = NationalLevel.everywhere.filter(person_id__in=people, replaced_at=None)
    before = {(one.person_id, one.assessed_on): one for one in stands}
    fresh, replaced, same = [], [], 0
    for row in rows:
        old = before.get((row.values["person"].pk, row.values["assessed_on"]))
        if old is not None and _told(row) == tuple(getattr(old, name) for name in TOLD):
            same += 1
            continue
        if old is not None:
            replaced.append(old.pk)
        told = {name: row.values[name] for name in ("person", "assessed_on", *TOLD)}
        fresh.append(NationalLevel(region_id=told["person"].region_id, imported_at=batch.at, **told))
    NationalLevel.everywhere.filter(pk__in=replaced).update(replaced_at=batch.at)
    NationalLevel.everywhere.bulk_create(fresh, batch_size=1_000)
    return Written(len(fresh) - len(replaced), len(replaced), same)


def _strangers(rows: list[Row], batch: Batch) -> Written:
    hashes = {id_hash(row.values["id_number"]): row for row in rows}
    stands = Unregistered.everywhere.filter(region_id=batch.region, id_number_hash__in=list(hashes))
    before = {(bytes(one.id_number_hash), one.assessed_on): one for one in stands}
    fresh, kept, changed, same = [], [], 0, 0
    for row in rows:
        hashed, values = id_hash(row.values["id_number"]), row.values
        old = before.get((hashed, values["assessed_on"]))
        told = {name: values[name] for name in TOLD}
        if old is None:
            fresh.append((_stranger(hashed, values, batch), values["id_number"]))
            continue
        if not old.id_number_sealed and old.person_id is None:  # of a list before numbers were sealed
            kept.append((old, values["id_number"]))
        if _told(row) == tuple(getattr(old, name) for name in TOLD):
            same += 1
        else:
            Unregistered.everywhere.filter(pk=old.pk).update(imported_at=batch.at, **told)
            changed += 1
    _seal([*fresh, *kept])
    Unregistered.everywhere.bulk_create([one for one, _number in fresh], batch_size=1_000)
    Unregistered.everywhere.bulk_update([one for one, _number in kept], ["id_number_sealed"])
    return Written(len(fresh), changed, same)


def _stranger(hashed: bytes, values: Mapping[str, Any], batch: Batch) -> Unregistered:
    return Unregistered(
        region_id=batch.region,
        id_number_hash=hashed,
        id_number_masked=mask(values["id_number"]),
        assessed_on=values["assessed_on"],
        imported_at=batch.at,
        **{name: values[name] for name in TOLD},
    )


def _seal(strangers: Sequence[tuple[Unregistered, str]]) -> None:
    """Seal numbers, each with a key of its own."""
    keys = make_keys([one.pk for one, _number in strangers])
    for one, number in strangers:
        one.id_number_sealed = seal_with(keys[one.pk], one.pk, number)


def _told(row: Row) -> tuple[object, ...]:
    return tuple(row.values[name] for name in TOLD)


def _after(region: int, actor: Actor, at: datetime) -> UUID:
    """Look up the strangers again and compare the levels, in a job of its own."""
    return start("assessment.national", {"region": region}, actor=actor, at=at, key=str(region)).pk


LEVELS = register(
    ImportSpec(
        code="assessment.national_levels",
        title=_("Levels of the national platform"),
        right="assessment.review",
        model=NationalLevel,
        targets=TARGETS,
        check=_check,
        write=_write,
        after=_after,
    )
)
