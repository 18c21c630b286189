"""Lists of helpers, and of who looks after whom, as villages keep them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.actions.common import line
from songhe.areas.grid.actions.helpers import known, ring
from songhe.areas.grid.actions.pairs import pair_up
from songhe.areas.grid.limits import terms
from songhe.areas.grid.models import SINGLE, Helper, HelperKind, Pair, Role
from songhe.areas.grid.queries.books import holding, loads, phone_hash
from songhe.areas.registry.api import by_id_numbers
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, normalise_name, parse_date
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.tree import find
from songhe.engines.vault.api import make_keys

V = TypeVar("V")
KINDS = {
    "网格": HelperKind.GRID_WORKER, "grid": HelperKind.GRID_WORKER, "邻": HelperKind.NEIGHBOUR, "neighbour": HelperKind.NEIGHBOUR,
    "志愿": HelperKind.VOLUNTEER, "volunteer": HelperKind.VOLUNTEER, "炊": HelperKind.COOK, "厨": HelperKind.COOK,
    "cook": HelperKind.COOK, "干部": HelperKind.CADRE, "主任": HelperKind.CADRE, "村": HelperKind.CADRE, "officer": HelperKind.CADRE,
}  # fmt: skip
ROLES = {
    "第一": Role.FIRST, "睦邻": Role.FIRST, "邻居": Role.FIRST, "first": Role.FIRST, "网格": Role.GRID, "grid": Role.GRID,
    "其他": Role.MORE, "协助": Role.MORE, "more": Role.MORE,
}  # fmt: skip
YES = ("是", "有", "1", "y", "yes", "true", "持有", "√")


def _among(cell: object, words: dict[str, V], code: str, example: str) -> V:
    text = halfwidth(str(cell)).lower().strip()
    found = next((kind for word, kind in words.items() if word in text), None)
    if found is None:
        raise Refused(
            code,
            "“{text}” is not understood. Write one such as {example}.",
            text=str(cell)[:20],
            example=example,
        )
    return found


def _out(row: Row, target: str, why: Refused) -> None:
    """Leave a row out, with the reason."""
    row.refuse(target, why.message, **why.values)


def _skills(cell: object) -> list[str]:
    said = {label.zh: code for code, label in terms().skills.items()} | {
        code: code for code in terms().skills
    }
    parts = [
        one.strip()
        for one in halfwidth(str(cell)).replace("、", ",").replace(";", ",").split(",")
        if one.strip()
    ]
    return known([said.get(one, one) for one in parts])


def _phone(cell: object) -> str:
    return parse_phone(str(cell).removesuffix(".0"), field="phone").dialled


def _day(cell: object) -> date:
    return parse_date(cell, field="since")


HELPERS = (
    Target(name="name", label=_("Name"), required=True, sample="孙秀兰", parse=lambda cell: normalise_name(str(cell), field="name"),
           synonyms=("姓名", "帮扶人", "睦邻姓名", "网格员", "志愿者姓名", "name")),
    Target(name="kind", label=_("Kind"), required=True, recurs=True, sample="睦邻",
           parse=lambda cell: _among(cell, KINDS, "helper_kind", "睦邻, 网格员, 志愿者"), synonyms=("类别", "身份", "人员类别", "kind")),
    Target(name="village", label=_("Village or community"), required=True, recurs=True, sample="大庄许家社区",
           parse=lambda cell: line(str(cell), "village", 80), synonyms=("村", "村(社区)", "村居", "社区", "所在村", "village")),
    Target(name="phone", label=_("Telephone"), required=True, sample="13812345678", parse=_phone,
           synonyms=("电话", "联系电话", "手机", "手机号", "phone")),
    Target(name="skills", label=_("Can help with"), recurs=True, sample="急救、有车", parse=_skills, synonyms=("特长", "技能", "能力", "skills")),
    Target(name="since", label=_("Helper since"), recurs=True, sample="2026-01-01", parse=_day, synonyms=("起始日期", "加入日期", "since")),
    Target(name="trained_on", label=_("Trained on"), recurs=True, sample="2026-03-01", parse=_day, synonyms=("培训日期", "培训时间", "trained")),
    Target(name="consented_on", label=_("Agreed on"), required=True, recurs=True, sample="2026-01-01", parse=_day,
           synonyms=("同意日期", "签订日期", "承诺日期", "consent")),
)  # fmt: skip


def check_helpers(batch: Batch) -> None:
    """Find each row's village in the list's region and whoever has the number already; refuse numbers given twice."""
    seen: dict[object, int] = batch.memory.setdefault("phones", {})
    hashes = {
        row.values["phone"]: phone_hash(row.values["phone"]) for row in batch.rows if row.values.get("phone")
    }
    there = {
        bytes(one.phone_hash or b""): one
        for one in Helper.objects.within(batch.scope).filter(
            phone_hash__among=list(hashes.values()), until=None
        )
    }
    for row in batch.rows:
        phone = row.values.get("phone")
        if phone is None:
            continue
        first = seen.setdefault(phone, row.number)
        if first != row.number:
            _out(row, "phone", Refused("twice", "This number is already in row {first}.", first=first))
        row.found = there.get(hashes[phone])
        _place(batch, row)


def _place(batch: Batch, row: Row) -> None:
    name = row.values.get("village", "")
    known_: dict[str, int | Refused] = batch.memory.setdefault("villages", {})
    if name and name not in known_:
        try:
            known_[name] = find(name, within=batch.region).code
        except Refused as refused:
            known_[name] = refused
    found = known_.get(name)
    if isinstance(found, Refused):
        _out(row, "village", found)
    elif found is not None and not batch.scope.holds(found):
        _out(
            row,
            "village",
            Refused(
                "outside_scope",
                "This is outside your area. Hand it to the colleague who is responsible there.",
            ),
        )
    else:
        row.values["region"] = found


def write_helpers(batch: Batch) -> Written:
    """New helpers are entered; those whose number is known stay as they are, but for a later training or consent."""
    fresh = [(uuid7(), row) for row in batch.fresh]
    make_keys([key for key, _row in fresh])
    made = [_made(key, row, batch.today) for key, row in fresh]
    Helper.everywhere.bulk_create(made, batch_size=500)
    changed = sum(_later(row) for row in batch.good if row.found is not None)
    return Written(len(made), changed, len(batch.good) - len(made) - changed)


def _made(key: UUID, row: Row, today: date) -> Helper:
    told = row.values
    made = Helper(
        id=key, owner_id=key, name=told["name"], kind=told["kind"], region_id=told["region"], skills=told.get("skills") or [],
        since=told.get("since") or today, trained_on=told.get("trained_on"), consented_on=told["consented_on"],
    )  # fmt: skip
    ring(made, told["phone"])
    return made


def _later(row: Row) -> bool:
    helper, before = row.found, (row.found.trained_on, row.found.consented_on)
    for name in ("trained_on", "consented_on"):
        told, held = row.values.get(name), getattr(helper, name)
        if told is not None and (held is None or told > held):
            setattr(helper, name, told)
    if (helper.trained_on, helper.consented_on) == before:
        return False
    helper.save(update_fields=["trained_on", "consented_on"])
    return True


PAIRS = (
    Target(name="phone", label=_("Helper's telephone"), required=True, recurs=True, sample="13812345678", parse=_phone,
           synonyms=("帮扶人电话", "睦邻电话", "网格员电话", "联系电话", "phone")),
    Target(name="id_number", label=_("Elder's identity number"), required=True, sample="371082194305021234",
           parse=lambda cell: line(halfwidth(str(cell)).strip().upper(), "id_number", 18), synonyms=("老人身份证号", "身份证号", "公民身份号码", "id")),
    Target(name="role", label=_("Role"), recurs=True, sample="睦邻", parse=lambda cell: _among(cell, ROLES, "pair_role", "睦邻, 网格员, 其他"),
           synonyms=("角色", "关系", "结对类型", "role")),
    Target(name="key", label=_("Holds a key"), recurs=True, sample="是", parse=lambda cell: halfwidth(str(cell)).lower().strip() in YES,
           synonyms=("持有钥匙", "钥匙", "key")),
    Target(name="since", label=_("From"), recurs=True, sample="2026-01-01", parse=_day, synonyms=("结对日期", "起始日期", "since")),
)  # fmt: skip


def check_pairs(batch: Batch) -> None:
    """Find helper and elder of each row; refuse strangers."""
    phones = {
        row.values["phone"]: phone_hash(row.values["phone"]) for row in batch.rows if row.values.get("phone")
    }
    helpers = {
        bytes(one.phone_hash or b""): one
        for one in Helper.objects.within(batch.scope).filter(
            phone_hash__among=list(phones.values()), until=None
        )
    }
    persons = by_id_numbers(
        [row.values["id_number"] for row in batch.rows if row.values.get("id_number")], batch.scope
    )
    for row in batch.rows:
        helper = helpers.get(phones.get(row.values.get("phone", ""), b""))
        person = persons.get(row.values.get("id_number", ""))
        if row.values.get("phone") and helper is None:
            _out(
                row,
                "phone",
                Refused("no_helper", "No helper has this number here. Import the helpers first."),
            )
        if row.values.get("id_number") and person is None:
            _out(
                row,
                "id_number",
                Refused("no_elder", "Nobody is registered with this number here. Register the person first."),
            )
        row.values |= {"helper": helper, "person": person}
    _check_room(batch)


def _check_room(batch: Batch) -> None:
    """Find pairs that stand already; refuse a role that somebody has, and one elder too many."""
    ready = [row for row in batch.good if row.values.get("helper") and row.values.get("person")]
    persons = {row.values["person"].pk for row in ready}
    held = Pair.everywhere.filter(holding(batch.today), person_id__in=persons)
    there = {(row.helper_id, row.person_id): row for row in held}
    roles: set[tuple[UUID, str]] = batch.memory.setdefault("roles", set())
    roles |= {(row.person_id, row.role) for row in there.values() if row.role in SINGLE}
    load: dict[UUID, int] = batch.memory.setdefault("load", {})
    load |= {
        key: n
        for key, n in loads({row.values["helper"].pk for row in ready}, batch.today).items()
        if key not in load
    }
    for row in ready:
        helper, person, role = (
            row.values["helper"],
            row.values["person"],
            row.values.get("role") or Role.FIRST,
        )
        row.found = there.get((helper.pk, person.pk))
        most = helper.most_elders if helper.most_elders is not None else terms().most_elders.get(helper.kind)
        if row.found is not None:
            continue
        if role in SINGLE and (person.pk, role) in roles:
            _out(row, "role", Refused("role_held", "This elder has somebody in this role already."))
        elif most is not None and load.get(helper.pk, 0) >= most:
            _out(
                row,
                "phone",
                Refused(
                    "full", "This helper looks after {count} elders already.", count=load.get(helper.pk, 0)
                ),
            )
        else:
            roles.add((person.pk, role))
            load[helper.pk] = load.get(helper.pk, 0) + 1


def write_pairs(batch: Batch) -> Written:
    """Pair whoever is not paired yet; where somebody else was quicker than the list, nothing changes."""
    made = 0
    for row in batch.fresh:
        told = row.values
        with suppress(Refused):
            pair_up(
                told["helper"], actor=batch.actor, at=batch.at, person=told["person"], role=told.get("role") or Role.FIRST,
                since=told.get("since") or batch.today, holds_key=bool(told.get("key")),
            )  # fmt: skip
            made += 1
    return Written(made, 0, len(batch.good) - made)


helpers = register(
    ImportSpec(
        code="helpers",
        title=_("Helpers"),
        right="grid.edit",
        model=Helper,
        targets=HELPERS,
        check=check_helpers,
        write=write_helpers,
    )
)
pairs = register(
    ImportSpec(
        code="helper_pairs",
        title=_("Helpers and elders"),
        right="grid.pair",
        model=Pair,
        targets=PAIRS,
        check=check_pairs,
        write=write_pairs,
    )
)
