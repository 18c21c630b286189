"""What is to be done in a canteen today, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from songhe.areas.canteens.limits import count_due, meal_name, over_at
from songhe.areas.canteens.models import Canteen, Duty, HygieneDay, MenuDay, Sample
from songhe.areas.canteens.queries import table


@dataclass(frozen=True, slots=True)
class Task:
    """One duty of the day: what it is, how far it is with its tone, and the verb that does it with its first values."""

    label: str
    done: bool
    note: str
    tone: str
    verb: str
    right: str = "canteens.run"
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Glance:
    """One meal of today in numbers."""

    meal: str
    name: str
    expected: int
    counted: int | None
    came: int
    deliver: int
    over: bool


def glance(canteen: Canteen, meal: str, at: datetime) -> Glance:
    """How many are expected, were counted and came to a meal of today."""
    on = timezone.localdate(at)
    found = table.today_of(canteen, on, meal)
    counted = found.count.counted if found.count else None
    return Glance(
        meal,
        meal_name(meal),
        len(found.expected),
        counted,
        found.came,
        found.ways.get("delivered", 0),
        at > over_at(meal, on),
    )


def tasks_of(canteen: Canteen, at: datetime) -> list[Task]:
    """The duties of today in the order of the day."""
    on = timezone.localdate(at)
    tasks = [_hygiene(canteen, on), *(_menu(canteen, meal, on) for meal in canteen.meals)]
    if table.is_open(canteen, on):
        tasks += [_count(canteen, meal, on, at) for meal in canteen.meals]
        tasks += [_duty(canteen, meal, on) for meal in canteen.meals]
        tasks += [_samples(canteen, meal, on) for meal in canteen.meals]
    tasks += [*_to_discard(canteen, at), _closing(canteen, on)]
    return tasks


def _of(meal: str, canteen: Canteen, label: str) -> str:
    return f"{label} · {meal_name(meal)}" if len(canteen.meals) > 1 else label


def _hygiene(canteen: Canteen, on: date) -> Task:
    row = HygieneDay.everywhere.filter(canteen=canteen, on=on).first()
    bad = len(row.missing) if row else 0
    note = (
        gettext("not entered yet")
        if row is None
        else ngettext("{n} line not in order", "{n} lines not in order", bad).format(n=bad)
        if bad
        else gettext("all in order")
    )
    tone = "warn" if row is None or bad else "ok"
    return Task(gettext("Hygiene checklist"), row is not None, note, tone, "log_hygiene", values={"on": on})


def _menu(canteen: Canteen, meal: str, on: date) -> Task:
    row = MenuDay.everywhere.filter(canteen=canteen, on=on, meal=meal).first()
    values = {"on": on, "meal": meal, "dishes": "\n".join(row.dishes) if row else ""}
    note = row.dish_names if row else gettext("not set yet")
    return Task(
        _of(meal, canteen, gettext("Menu of the day")),
        bool(row),
        note,
        "ok" if row else "warn",
        "set_menu",
        values=values,
    )


def _count(canteen: Canteen, meal: str, on: date, at: datetime) -> Task:
    row, due = table.count_of(canteen, on, meal), count_due(meal, on)
    if row is not None:
        note = ngettext("{n} meal", "{n} meals", row.counted).format(n=row.counted)
        return Task(
            _of(meal, canteen, gettext("Head count of the day")), True, note, "warn" if row.late else "ok", "confirm_count",
            values={"on": on, "meal": meal},
        )  # fmt: skip
    note = gettext("due until {time}").format(time=f"{timezone.localtime(due):%H:%M}")
    tone = "danger" if at > due else "warn"
    return Task(
        _of(meal, canteen, gettext("Head count of the day")),
        False,
        note,
        tone,
        "confirm_count",
        values={"on": on, "meal": meal},
    )


def _duty(canteen: Canteen, meal: str, on: date) -> Task:
    rows = Duty.everywhere.filter(canteen=canteen, on=on, meal=meal).select_related("cook")
    names = [row.cook.name for row in rows]
    ended = [row.cook.name for row in rows if not row.cook.certified(on)]
    note = "、".join(names) or gettext("nobody is on duty")
    if ended:
        note = gettext("{names}: health certificate expired").format(names="、".join(ended))
    tone = "danger" if ended else "ok" if names else "warn"
    return Task(
        _of(meal, canteen, gettext("Cooks on duty")),
        bool(names) and not ended,
        note,
        tone,
        "put_on_duty",
        values={"meal": meal},
    )


def _samples(canteen: Canteen, meal: str, on: date) -> Task:
    rows = list(Sample.everywhere.filter(canteen=canteen, on=on, meal=meal))
    cooked = (
        MenuDay.everywhere.filter(canteen=canteen, on=on, meal=meal).values_list("dishes", flat=True).first()
        or []
    )
    left = [dish for dish in cooked if dish not in {row.dish for row in rows}]
    note = ngettext("{n} dish kept", "{n} dishes kept", len(rows)).format(n=len(rows))
    values = {"on": on, "meal": meal, "dishes": "\n".join(left)}
    done = bool(rows) and not left
    return Task(
        _of(meal, canteen, gettext("Samples of the day")),
        done,
        note,
        "ok" if done else "warn",
        "take_sample",
        values=values,
    )


def _to_discard(canteen: Canteen, at: datetime) -> list[Task]:
    over = Sample.everywhere.filter(canteen=canteen, discarded_at=None, keep_until__lte=at).count()
    if not over:
        return []
    note = ngettext("{n} kept long enough", "{n} kept long enough", over).format(n=over)
    return [Task(gettext("Samples to discard"), False, note, "danger", "discard_samples")]


def _closing(canteen: Canteen, on: date) -> Task:
    row = table.closing(canteen, on)
    note = gettext("closed by {name}").format(name=row.closed_by) if row else gettext("still open")
    return Task(
        gettext("Close of the day"),
        row is not None,
        note,
        "ok" if row else "muted",
        "close_day",
        "canteens.close",
        {"on": on},
    )
