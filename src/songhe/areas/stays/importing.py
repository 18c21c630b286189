"""Lists of beds as institutions keep them: one row is a room with so many beds of a kind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.stays.actions.beds import MOST_BEDS, add_to_room
from songhe.areas.stays.actions.common import line
from songhe.areas.stays.models import Bed, BedKind
from songhe.areas.stays.rules import room_numbers
from songhe.core.codes import span
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth
from songhe.engines.access.api import elevated
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register

KINDS = {
    "护理": BedKind.NURSING, "nursing": BedKind.NURSING, "失能": BedKind.NURSING, "短": BedKind.SHORT,
    "short": BedKind.SHORT, "喘息": BedKind.SHORT, "日间": BedKind.DAY, "日托": BedKind.DAY, "day": BedKind.DAY,
    "普通": BedKind.ORDINARY, "自理": BedKind.ORDINARY, "全托": BedKind.ORDINARY, "ordinary": BedKind.ORDINARY,
}  # fmt: skip


def _kind(cell: object) -> BedKind:
    text = halfwidth(str(cell)).lower()
    found = next((kind for word, kind in KINDS.items() if word in text), None)
    if found is None:
        raise Refused(
            "bed_kind", "“{text}” is not a known kind of bed. Write one such as 护理型, 普通, 短期托养 or 日间.",
            text=str(cell)[:20],
        )  # fmt: skip
    return found


def _number(cell: object, least: int, most: int) -> int:
    text = (
        halfwidth(str(cell))
        .removesuffix(".0")
        .removesuffix("层")
        .removesuffix("楼")
        .removesuffix("张")
        .strip()
    )
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("-").upper().removeprefix("F").removesuffix("F")
    if not digits.isdecimal() or len(digits) > 4 or not least <= sign * int(digits) <= most:
        raise Refused(
            "bed_number",
            "“{text}” is not a number from {least} to {most}.",
            text=str(cell)[:20],
            least=least,
            most=most,
        )
    return sign * int(digits)


def _room(cell: object) -> str:
    found = room_numbers(str(cell).removesuffix(".0"))
    if len(found) != 1:
        raise Refused("one_room", "Write one room in each row, such as 301.")
    return found[0]


TARGETS = (
    Target(
        name="facility", label=_("Facility"), required=True, recurs=True, sample="荣成市某某养老院",
        parse=lambda cell: line(str(cell), "facility", most=120),
        synonyms=("机构名称", "养老机构", "设施名称", "机构", "名称", "facility"),
    ),
    Target(
        name="building", label=_("Building"), recurs=True, sample="1号楼",
        parse=lambda cell: line(str(cell), "building", most=20, needed=False),
        synonyms=("楼栋", "楼号", "栋", "幢", "building"),
    ),
    Target(
        name="floor", label=_("Floor"), recurs=True, sample="3", parse=lambda cell: _number(cell, -5, 120),
        synonyms=("楼层", "层", "floor"),
    ),
    Target(
        name="room", label=_("Room"), required=True, sample="301", parse=_room,
        synonyms=("房间号", "房号", "房间", "room"),
    ),
    Target(
        name="kind", label=_("Kind"), required=True, recurs=True, sample="护理型", parse=_kind,
        synonyms=("床位类型", "床位性质", "类型", "床型", "kind"),
    ),
    Target(
        name="count", label=_("Beds in each room"), recurs=True, sample="2",
        parse=lambda cell: _number(cell, 1, MOST_BEDS), synonyms=("床位数", "床数", "张数", "beds"),
    ),
)  # fmt: skip


def check(batch: Batch) -> None:
    """Find each row's house in the list's region; refuse houses that are unknown or named twice, and rooms given twice."""
    seen: dict[tuple[object, ...], int] = batch.memory.setdefault("rooms", {})
    known = _houses(batch)
    for row in batch.rows:
        name = row.values.get("facility", "")
        found = known.get(name, [])
        if name and len(found) != 1:
            row.refuse(
                "facility",
                "Several facilities here are called “{name}”. Enter their beds on their own pages."
                if found
                else "There is no facility called “{name}” in your area. Register it first, or check the spelling.",
                name=name,
            )
            continue
        row.values["site"] = found[0] if found else None
        key = (name, row.values.get("building", ""), row.values.get("room"), row.values.get("kind"))
        first = seen.setdefault(key, row.number)
        if first != row.number and row.values.get("room"):
            row.refuse("room", "This room stands in row {first} already.", first=first)


def _houses(batch: Batch) -> dict[str, list[Facility]]:
    if "houses" not in batch.memory:
        low, high = span(batch.region)
        rows = Facility.objects.within(batch.scope).filter(
            region_id__gte=low, region_id__lt=high, state="active"
        )
        found: dict[str, list[Facility]] = {}
        for one in rows:
            found.setdefault(one.name, []).append(one)
        batch.memory["houses"] = found
    houses: dict[str, list[Facility]] = batch.memory["houses"]
    return houses


def write(batch: Batch) -> Written:
    """Bring each room up to the beds of its row; a room that has them already stays as it is."""
    made = unchanged = 0
    for row in batch.good:
        lacking = _lacking(row)
        if lacking <= 0:
            unchanged += 1
            continue
        values = row.values
        add_to_room(
            values["site"], values.get("building", ""), values.get("floor") or _floor_of(values["room"]), values["room"],
            values["kind"], lacking, at=batch.at,
        )  # fmt: skip
        made += 1
    return Written(made, 0, unchanged)


def _lacking(row: Row) -> int:
    values = row.values
    with elevated():  # the rows of a house that the list may write to
        there = Bed.everywhere.filter(
            room__facility=values["site"], room__building=values.get("building", ""), room__number=values["room"],
            kind=values["kind"], until=None,
        ).count()  # fmt: skip
    return int(values.get("count") or 1) - there


def _floor_of(room: str) -> int:
    """The floor that a room's number tells: 301 lies on the third."""
    digits = "".join(sign for sign in room if sign.isdigit())
    return int(digits[:-2]) if len(digits) > 2 and int(digits[:-2]) <= 120 else 1


beds = register(
    ImportSpec(
        code="beds",
        title=_("Beds of institutions"),
        right="stays.beds",
        model=Bed,
        targets=TARGETS,
        check=check,
        write=write,
    )
)
