"""Who sees an alarm: it is of one home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import DateField, Exists, F, Func, OuterRef, Q

from songhe.areas.registry.api import Member
from songhe.engines.access.api import KIN, KinLines, Scope, Tie

DAY = f"(%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}')::date"


@dataclass(frozen=True, slots=True)
class HomeLines(KinLines):
    """Like ``KinLines``, and kin of whoever lived in that household on the day of the alarm."""

    def _held(self, scope: Scope) -> Q:
        kin = Tie.persons_of(scope.holders).filter(kind=Tie.Kind.KIN)
        day = Func(OuterRef("raised_at"), template=DAY, output_field=DateField())
        known: Any = Member.everywhere.filter(household_id=OuterRef("home_id"), person_id__in=kin).alias(
            day=day
        )
        there = known.filter(Q(since=None) | Q(since__lte=F("day")), Q(until=None) | Q(until__gt=F("day")))
        return KinLines._held(self, scope) | Q(Exists(there))

    def _held_sql(self) -> list[str]:
        day = DAY % {"expressions": "raised_at"}
        there = (
            f"SELECT 1 FROM registry_member m WHERE m.household_id = home_id AND m.person_id IN ({KIN})"  # noqa: S608  constants
            f" AND coalesce(m.since <= {day}, true) AND coalesce(m.until > {day}, true)"
        )
        return [*KinLines._held_sql(self), f"EXISTS ({there})"]
