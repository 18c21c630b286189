"""Lists of other departments: rows are found in the registry by the identity number's hash, the rest is left alone.

A row about nobody in the registry of the area is counted as unchanged and kept nowhere: such lists name everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.departments import (
    DEATH,
    STATE,
    Department,
    department_text,
    departments,
)
from songhe.areas.entitlement.models import DepartmentList, ListEntry, Said
from songhe.areas.registry.api import by_id_numbers, terms, words_of_tags
from songhe.core.codes import parse_id
from songhe.core.codes.region import span
from songhe.core.refusal import Refused
from songhe.core.text import normalise, parse_date
from songhe.engines.access.api import Actor
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.engines.jobs.api import start

STATES = {
    Said.DEAD: ("死亡", "去世", "已故", "死亡注销", "注销"),
    Said.MOVED: ("迁出", "迁移", "迁往", "移出"),
    Said.HERE: ("正常", "在册", "有效", "在籍"),
}


def state_of(cell: object) -> Said:
    """What a state of the household registration says."""
    text = normalise(str(cell))
    for said, words in STATES.items():
        if any(word in text for word in words):
            return said
    raise Refused("police_state", "“{text}” is not a known state. Write 正常, 迁出 or 死亡.", text=text[:20])


def _category(kind: Department, cell: object) -> tuple[str, str]:
    found = words_of_tags().get(normalise(str(cell)))
    if found is None or found[0] not in kind.terms:
        raise Refused(
            "list_category",
            "“{text}” is not a status in this list. Write one of: {known}.",
            text=str(cell)[:20],
            known=", ".join(terms()[code].zh for code in kind.terms),
        )
    return found


def _grade(kind: Department, cell: object) -> str:
    """A grade by its words or its number; of a list with one status."""
    text = normalise(str(cell)).removesuffix(".0")
    for code, _en, zh in (grade for term in kind.terms for grade in terms()[term].grades):
        if text in (code, zh) or text.replace("级", "") in (code, *_numeral(code)):
            return code
    raise Refused("list_grade", "“{text}” is not a grade in this list.", text=text[:20])


def _numeral(code: str) -> tuple[str, ...]:
    return ("一二三四五六七八九"[int(code) - 1],) if code.isdecimal() and 0 < int(code) < 10 else ()


_NUMBER = Target(
    name="id_number",
    label=_("Identity number"),
    required=True,
    sample="371082194305021234",
    parse=lambda cell: parse_id(cell).number,
    synonyms=("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证", "居民身份证号"),
)
_AS_OF = Target(
    name="as_of",
    label=_("As of"),
    required=True,
    sample="2026-11-01",
    help=_("The day of the list, the same in every row."),
    parse=parse_date,
    synonyms=("数据日期", "统计日期", "截止日期", "制表日期", "名单日期"),
)


def _on(*synonyms: str, required: bool) -> Target:
    return Target(name="on", label=_("On"), required=required, parse=parse_date, synonyms=synonyms)


def _targets(kind: Department) -> tuple[Target, ...]:
    if kind.tells == DEATH:
        return (_NUMBER, _AS_OF, _on("死亡日期", "死亡时间", "火化日期", "去世日期", required=True))
    if kind.tells == STATE:
        state = Target(
            name="state",
            label=_("State"),
            required=True,
            sample="正常",
            parse=state_of,
            synonyms=("户籍状态", "人员状态", "状态", "户口状态"),
        )
        return (_NUMBER, _AS_OF, state, _on("变动日期", "注销日期", "迁出日期", "状态日期", required=False))
    category = Target(
        name="category",
        label=_("Status"),
        required=len(kind.terms) > 1,
        sample=terms()[kind.terms[0]].zh,
        parse=partial(_category, kind),
        synonyms=("人员类别", "救助类别", "类别", "待遇类别", "优抚类别", "对象类别"),
    )
    grade = Target(
        name="grade",
        label=_("Grade"),
        parse=partial(_grade, kind),
        synonyms=("残疾等级", "等级", "级别"),
    )
    since = _on("批准日期", "发证日期", "起始日期", "享受时间", "认定日期", required=False)
    graded = any(terms()[term].grades for term in kind.terms)
    return (_NUMBER, _AS_OF, category, since, *((grade,) if graded and len(kind.terms) == 1 else ()))


def _check(batch: Batch, *, kind: Department) -> None:
    """Rows of one day and each person once for each status; who they are is looked up in the area."""
    seen: dict[Any, int] = batch.memory.setdefault("seen", {})
    day = batch.memory.setdefault("day", {})
    for row in batch.good:
        if row.values["as_of"] > batch.today:
            row.refuse("as_of", "The day of the list lies in the future. Correct it.")
        elif day.setdefault("as_of", row.values["as_of"]) != row.values["as_of"]:
            row.refuse("as_of", "The rows name different days. Bring in one list for each day.")
        elif row.values.get("on") and row.values["on"] > batch.today:
            row.refuse("on", "This day is in the future. Correct it.")
        key = (row.values["id_number"], _said(row, kind)[:2])
        first = seen.setdefault(key, row.number)
        if first != row.number:
            row.refuse(
                "id_number", "Row {first} has the same identity number. Leave one of them out.", first=first
            )
    found = by_id_numbers([row.values["id_number"] for row in batch.good], batch.scope)
    low, high = span(batch.region)
    for row in batch.good:
        person = found.get(row.values["id_number"])
        row.values["person"] = person if person and low <= person.region_id < high else None


def _said(row: Row, kind: Department) -> tuple[Said, str, str]:
    if kind.tells == DEATH:
        return Said.DEAD, "", ""
    if kind.tells == STATE:
        return row.values["state"], "", ""
    term, grade = row.values.get("category") or (kind.terms[0], "")
    return Said.TAG, term, row.values.get("grade") or grade


def _write(batch: Batch, *, kind: Department) -> Written:
    """Keep what the rows say of persons of the area; what is kept already stays as it is."""
    good = batch.good
    known = [row for row in good if row.values["person"] is not None]
    if not good:
        return Written()
    of = _list_of(kind, batch.region, good[0].values["as_of"], batch.at)
    before = ListEntry.everywhere.filter(of=of).count()
    ListEntry.everywhere.bulk_create(
        [_entry(of, row, kind) for row in known], batch_size=2_000, ignore_conflicts=True
    )
    made = ListEntry.everywhere.filter(of=of).count() - before
    return Written(made=made, unchanged=len(good) - made)


def _list_of(kind: Department, region: int, as_of: date, at: datetime) -> DepartmentList:
    found, _made = DepartmentList.everywhere.get_or_create(
        source=kind.code, region_id=region, as_of=as_of, defaults={"imported_at": at}
    )
    return found


def _entry(of: DepartmentList, row: Row, kind: Department) -> ListEntry:
    said, term, grade = _said(row, kind)
    person = row.values["person"]
    return ListEntry(
        of=of,
        person=person,
        region_id=person.region_id,
        said=said,
        term=term,
        grade=grade,
        on=row.values.get("on"),
    )


def _compare(region: int, actor: Actor, at: datetime, *, kind: Department) -> UUID:
    """Compare what was brought in with the registry, in a job of its own."""
    args = {"source": kind.code, "region": region}
    return start("entitlement.compare", args, actor=actor, at=at, key=f"{kind.code}:{region}").pk


def _made(kind: Department) -> ImportSpec:
    check: Callable[[Batch], None] = partial(_check, kind=kind)
    write: Callable[[Batch], Written] = partial(_write, kind=kind)
    return ImportSpec(
        code=f"entitlement.{kind.code}",
        title=lazy(department_text, str)(kind.code),
        right="entitlement.compare",
        model=ListEntry,
        targets=_targets(kind),
        check=check,
        write=write,
        after=partial(_compare, kind=kind),
    )


SPECS = [register(_made(kind)) for kind in departments().values()]
