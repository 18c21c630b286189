"""The course of one alarm: its signals, steps, calls and errands, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from songhe.areas.alarms.limits import reason_words, terms
from songhe.areas.alarms.models import Alarm, Attempt, Entry, Response, Signal, Source, Step
from songhe.areas.alarms.queries.person import names_for
from songhe.areas.devices.api import Finding, Found, finding
from songhe.areas.grid.api import level_name
from songhe.areas.providers.api import said
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM, Scope, elevated
from songhe.engines.notices.api import Notice

LATE = timedelta(seconds=2)
"""Less than this is as punctual as the clock is."""
NAMING = ("named", "misnamed")
"""Steps that keep the key of a person."""
CLOCK = ("ring", "lose", "lapse", "late", "level")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the course."""

    at: datetime
    text: str
    note: str = ""
    tone: str = ""
    url: str = ""


def course(alarm: Alarm, scope: Scope) -> list[Line]:
    """Everything that happened, newest first."""
    names = names_for(alarm, scope)
    with elevated():  # whoever may see the alarm may see its course
        steps = list(Step.everywhere.filter(alarm_id=alarm.pk).order_by("at", "id"))
        found = _steps(steps, _persons(steps, names))
        found += [_call(one, names) for one in Attempt.everywhere.filter(alarm_id=alarm.pk)]
        found += [Line(one.at, _("Door forced"), f"{one.by_name} · {_('witnesses')}: {one.witnesses}", "danger") for one in Entry.everywhere.filter(alarm_id=alarm.pk)]  # fmt: skip
    found = [
        replace(one, note=" · ".join(filter(None, (f"{localtime(one.at):%H:%M:%S}", one.note))))
        for one in found
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _persons(steps: list[Step], names: frozenset[str] | None) -> dict[str, str]:
    """The names of those who were named, by the key that the step keeps; without those that the reader is not told."""
    keys = [UUID(one.detail.split()[0]) for one in steps if one.what in NAMING]
    found = Person.everywhere.in_bulk(keys) if keys else {}
    return {key.hex: row.name for key, row in found.items() if names is None or row.name in names}


def _steps(steps: list[Step], persons: Mapping[str, str]) -> list[Line]:
    """A line of each step; what rings again and again at one rung is one line that says how often."""
    found: list[Line] = []
    last, times = "", 0
    for one in steps:
        again = one.what == "ring" and one.detail.endswith("+")
        times = times + 1 if again and last == one.detail else 1
        line = _step(one, persons)
        if again and times > 1:
            found[-1] = replace(line, note=f"{line.note} · {_('{n} times').format(n=times)}")
        else:
            found.append(line)
        last = one.detail if again else ""
    return found


def signals_of(alarm: Alarm) -> list[Signal]:
    """What was heard, newest first."""
    with elevated():  # as above
        return list(Signal.everywhere.filter(alarm_id=alarm.pk).order_by("-at")[:50])


def errands_of(alarm: Alarm) -> list[Response]:
    """Who was sent, newest first."""
    with elevated():  # as above
        return list(Response.everywhere.filter(alarm_id=alarm.pk).order_by("-sent_at"))


def calls_of(alarm: Alarm) -> list[Attempt]:
    """Whom the desk called, newest first."""
    with elevated():  # as above
        return list(Attempt.everywhere.filter(alarm_id=alarm.pk).order_by("-at"))


def entries_of(alarm: Alarm) -> list[Entry]:
    """Doors that were forced. Showing why, and who stood by, is a read that the caller logs."""
    with elevated():  # as above
        return list(Entry.everywhere.filter(alarm_id=alarm.pk).order_by("-at"))


def findings_of(alarm: Alarm) -> list[Found]:
    """What strangers wrote who scanned a tag, newest first. Showing it is a read that the caller logs."""
    if alarm.source != Source.FINDER and alarm.signals < 2:
        return []
    with elevated():  # as above
        told = dict(Signal.everywhere.filter(alarm_id=alarm.pk, kind="found").values_list("at", "device_id"))
        rows = Finding.everywhere.filter(at__in=told, device_id__in=set(told.values())).order_by("-at")
        return [finding(row) for row in rows if told[row.at] == row.device_id]


def level_words(alarm: Alarm) -> str:
    """The level that was called last, and whether it is being called yet."""
    if not alarm.level:
        return ""
    with elevated():  # as above
        waits = Notice.everywhere.filter(template="alarm_level", key__startswith=f"alarm:{alarm.pk}:", next_at__isnull=False).exists()  # fmt: skip
    if not waits:
        return level_name(alarm.level)
    goal = (
        _("being called until somebody answers")
        if alarm.rings_from
        else _("being called until somebody goes")
    )
    return f"{level_name(alarm.level)} · {goal}"


def step_words(what: str) -> str:
    """A step in the language of the page."""
    return {
        "raise": _("Raised"),
        "signal": _("Another signal"),
        "take": _("Taken by an agent"),
        "take_over": _("Taken over by another agent"),
        "heard": _("Alert acknowledged"),
        "lose": _("Timed out to the next agent"),
        "ring": _("Ringing escalated"),
        "send": _("Help sent"),
        "relay": _("Emergency service alerted"),
        "accepted": _("Call-out accepted"),
        "refused": _("Call-out declined"),
        "set_off": _("On the way"),
        "arrive": _("Help on site"),
        "arrived": _("Help on site"),
        "found": _("On-site report"),
        "needs_120": _("Needs 120"),
        "left": _("Has left"),
        "forced": _("Door forced"),
        "named": _("Person in need confirmed"),
        "misnamed": _("Person in need corrected"),
        "lapse": _("No answer in time"),
        "late": _("Not on site in time"),
        "level": _("Escalated to the next level"),
        "resolve": _("Resolved"),
        "call_false": _("False alarm"),
        "call_test": _("It was a test"),
        "give_up": _("Nobody reached"),
        "call_duplicate": _("Duplicate"),
        "reopen": _("Reopened"),
        "review": _("Reviewed"),
    }.get(what, what)


def _step(one: Step, persons: Mapping[str, str]) -> Line:
    who = (
        _("system timer")
        if one.what in CLOCK
        else _("the system")
        if one.actor_id == SYSTEM.id
        else one.actor_name
    )
    detail = _detail(one, persons)
    late = ""
    if one.due_at is not None and one.at - one.due_at >= LATE:
        late = _("{n} s late").format(n=round((one.at - one.due_at).total_seconds()))
    tone = "warn" if one.what in CLOCK else "danger" if one.what in ("raise", "signal", "needs_120") else ""
    what = _("Rings again") if one.detail.endswith("+") else step_words(one.what)
    return Line(one.at, what, " · ".join(part for part in (detail, who, late) if part), tone)


def _detail(one: Step, persons: Mapping[str, str]) -> str:
    if one.what in NAMING:
        key, _space, reason = one.detail.partition(" ")
        return " · ".join(filter(None, (persons.get(key, ""), reason_words(reason) if reason else "")))
    if one.what in ("raise", "signal"):
        return said(terms().kind(one.detail).label)
    if one.what == "ring":
        return next((said(rung.label) for rung in terms().clock.ring if rung.code == one.detail.rstrip("+")), one.detail)  # fmt: skip
    if one.what == "level":
        return level_name(one.detail)
    if one.what == "lose":
        why, _space, name = one.detail.partition(" ")
        return f"{name} · {_('page gone') if why == 'silent' else _('nothing done')}"
    if one.what == "review":
        known = terms().verdicts.get(one.detail)
        return said(known) if known else one.detail
    return reason_words(one.detail)


def _call(one: Attempt, names: frozenset[str] | None) -> Line:
    rung = next((said(step.label) for step in terms().verify if step.code == one.rung), one.rung)
    answer = terms().answers.get(one.answer)
    words = f"{rung}: {one.name}" if one.name and (names is None or one.name in names) else rung
    note = " · ".join(part for part in (said(answer.label) if answer else one.answer, one.by_name) if part)
    return Line(one.at, words, note, "ok" if one.reached else "")
