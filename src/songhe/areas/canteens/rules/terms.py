"""How canteens are run, as the data file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text, whole

RULES = ("price", "subsidy", "village", "donation")


@dataclass(frozen=True, slots=True)
class MealTime:
    """One meal of the day: when it is eaten, and until when its head count is confirmed."""

    code: str
    label: Label
    since: time
    until: time
    count_by: time
    days_before: int

    def due(self, on: date, zone: tzinfo) -> datetime:
        """Until when the head count of a day is confirmed."""
        return datetime.combine(on - timedelta(days=self.days_before), self.count_by, zone)

    def over(self, on: date, zone: tzinfo) -> datetime:
        """When the meal of a day is over."""
        return datetime.combine(on, self.until, zone)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every canteen of an installation."""

    meals: Mapping[str, MealTime]
    hygiene: Mapping[str, Label]
    allergens: Mapping[str, Label]
    rules: Mapping[str, str]
    sample_hours: int
    sample_grams: int
    certificate_days: int
    permit_days: int
    absent_minutes: int
    assumed: bool

    def meal_now(self, at: time) -> str:
        """The meal that a moment of the day belongs to: the one under way, else the next, else the last."""
        ordered = sorted(self.meals.values(), key=lambda one: one.since)
        return next((one.code for one in ordered if at <= one.until), ordered[-1].code)


def build_terms(data: Data) -> Terms:
    """Terms from the data file; DataError names what is missing or wrong."""
    samples, ends = part(data, "samples", "canteens"), part(data, "ends_soon", "canteens")
    names = part(data, "rules", "canteens")
    return Terms(
        meals={one.code: one for one in map(_meal, rows(data, "meals", "canteens"))},
        hygiene=_labels(data, "hygiene"),
        allergens=_labels(data, "allergens"),
        rules={name: text(names, name, "canteens, rules") for name in RULES},
        sample_hours=whole(samples, "hours", "canteens, samples"),
        sample_grams=whole(samples, "grams", "canteens, samples"),
        certificate_days=whole(ends, "certificate", "canteens, ends_soon"),
        permit_days=whole(ends, "permit", "canteens, ends_soon"),
        absent_minutes=whole(part(data, "absent", "canteens"), "after_minutes", "canteens, absent"),
        assumed=bool(data.get("assumed", False)),
    )


def _labels(data: Data, key: str) -> dict[str, Label]:
    return {
        text(row, "code", f"canteens, {key}"): label(row, f"canteens, {key}")
        for row in rows(data, key, "canteens")
    }


def _meal(row: Data) -> MealTime:
    code = text(row, "code", "canteens, meals")
    where = f"canteens, meal {code}"
    since, until = _time(row, "since", where), _time(row, "until", where)
    if until <= since:
        raise DataError(f"{where}: until must lie after since.")
    return MealTime(
        code, label(row, where), since, until, _time(row, "count_by", where), whole(row, "days_before", where)
    )


def _time(row: Data, key: str, where: str) -> time:
    try:
        return time.fromisoformat(text(row, key, where))
    except ValueError as error:
        raise DataError(f"{where}: {key} must be a time such as 09:00.") from error
