"""What several verbs of stays share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import Person
from songhe.areas.stays.models import Application, DayPlace, Setting, SettingKind, Stay, StayState
from songhe.areas.stays.queries import living, waiting
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scoped, Tie, elevated, tie, untie
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), long=True, size=200)]
On = Annotated[date, Field(label=_("Day"))]


def line(text: str, field: str, *, most: int = 200, needed: bool = True) -> str:
    """Text ready to be stored; refused where it is needed and empty, or too long."""
    clean = normalise(text, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def within(row: Scoped, actor: Actor, right: str) -> None:
    """Refuse a row that the actor's right does not reach."""
    if not type(row).objects.within(actor.scope(right)).filter(pk=row.pk).exists():
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )


def past(day: date, at: datetime, field: str, *, days: int, least: date | None = None) -> date:
    """A day that has come and is not too long ago; ``least`` is the first one possible."""
    today = timezone.localdate(at)
    if day > today:
        raise Refused(
            "in_future", "This day is in the future. Choose the day on which it was seen.", field=field
        )
    if day < today - timedelta(days=days):
        raise Refused(
            "long_ago_stay",
            "This can be entered at most {days} days late. Ask the office.",
            field=field,
            days=days,
        )
    if least is not None and day < least:
        raise Refused(
            "before_begin", "It began on {day}. Choose that day or a later one.", field=field, day=least
        )
    return day


@contextmanager
def kept_apart(*, person: Person, since: date) -> Iterator[None]:
    """Let the database decide what two people do at the same moment, and say it in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        text = str(fault)
        if "one_person_in_a_bed" in text or "one_offer_of_a_bed" in text:
            raise bed_taken() from fault
        if "one_setting_at_a_time" in text or "one_bed_for_a_person" in text:
            refuse_other(person, since)
            raise other_setting(str(person), "—", since) from fault
        raise


def bed_taken() -> Refused:
    """Somebody was quicker."""
    return Refused(
        "bed_taken", "This bed is no longer free: it is occupied or reserved. Choose another bed.", field="bed"
    )  # fmt: skip


def refuse_other(person: Person, since: date, *, but: UUID | None = None) -> None:
    """Refuse what would overlap another care setting of a person, and name that one."""
    for one in living.settings_of(person.pk, since):
        if one.source_id != but:
            raise _named(person, one)


def _named(person: Person, one: Setting) -> Refused:
    if one.kind == SettingKind.STAY:
        return other_setting(str(person), living.place_of(one), one.since)
    return Refused(
        "other_setting",
        "{person} has had a family care bed of {place} in service since {since}. It has to be paused or ended first.",
        field="person", rule="one_setting", person=str(person), place=living.place_of(one), since=one.since.isoformat(),
    )  # fmt: skip


def other_setting(person: str, place: str, since: date) -> Refused:
    """The person lives elsewhere."""
    return Refused(
        "other_setting",
        "{person} has lived in {place} since {since}. Nobody can have two care settings at a time: the stay there has to end first.",
        field="person", rule="one_setting", person=person, place=place, since=since.isoformat(),
    )  # fmt: skip


def need_living(person: Person) -> None:
    """Refuse what is for the living."""
    if not person.is_living:
        raise Refused(
            "not_living",
            "This entry is not of a living person. Search for the person again.",
            field="person",
        )


def bind(person: Person, facility: Facility, *, since: date) -> None:
    """Let a facility reach a person's page."""
    with elevated():  # the person may live outside the facility's own area
        tie(person.pk, facility.pk, Tie.Kind.FACILITY, region_id=person.region_id, since=since)


def unbind(person_id: UUID, facility_id: UUID, *, until: date) -> None:
    """End that, unless the person still lives there, comes by the day, or waits."""
    with elevated():  # rows of the person at this facility
        stays = Stay.everywhere.filter(person_id=person_id, facility_id=facility_id)
        days = DayPlace.everywhere.filter(person_id=person_id, facility_id=facility_id, until=None)
        waits = Application.everywhere.filter(
            person_id=person_id, facility_id=facility_id, state__in=waiting.OPEN
        )
        if not (stays.exclude(state=StayState.ENDED).exists() or days.exists() or waits.exists()):
            untie(person_id, facility_id, kind=Tie.Kind.FACILITY, until=until + timedelta(days=1))


Effect = Callable[[UUID, date, Actor, datetime], None]
_MOVED: list[Effect] = []


def when_moved_in(effect: Effect) -> Effect:
    """Let an area stop what is not needed at home: ``effect(person_id, since, actor, at)``, inside the act of admission."""
    _MOVED.append(effect)
    return effect


def tell_moved_in(person_id: UUID, since: date, *, actor: Actor, at: datetime) -> None:
    """Tell every area that somebody lives in an institution now."""
    for effect in _MOVED:
        effect(person_id, since, actor, at)
