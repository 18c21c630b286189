"""What several verbs of devices share."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.limits import say, terms
from songhe.areas.devices.models import Binding, Chore, Device, Last, Move, Movement, Outcome, Place
from songhe.areas.devices.rules.moving import WAYS, led_to
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

BACK = timedelta(days=400)
Reason = Annotated[str, Field(label=_("Reason"), size=400, long=True)]
Note = Annotated[str, Field(label=_("Note"), size=400, long=True)]
On = Annotated[date | None, Field(label=_("On"), help=_("Empty: today"))]
Where = Annotated[Region, Field(label=_("Region"))]
Of = Annotated[Person, Field(label=_("Person"))]


def kind_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """The kinds of devices."""
    return [(kind.code, say(kind.label)) for kind in terms().kinds.values()]


Kind = Annotated[str, Field(label=_("Kind"), choices=kind_choices)]


def line(words: str, field: str, most: int, *, needed: bool = True) -> str:
    """Words ready to be stored; refused where they are needed and missing, or too many."""
    clean = normalise(words, lines=most > 120, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def day_of(on: date | None, *, at: datetime, field: str = "on", since: date | None = None) -> date:
    """A day of the past year or today, and not before another."""
    today = timezone.localdate(at)
    chosen, first = on or today, max(today - BACK, since or date.min)
    if not first <= chosen <= today:
        raise Refused("wrong_day", "Choose a day from {first} to {last}.", field=field, first=first, last=today)  # fmt: skip
    return chosen


def moment_of(on: date, *, at: datetime) -> datetime:
    """The moment of something that happened on a day: now, or the noon of an earlier day."""
    if on == timezone.localdate(at):
        return at
    return timezone.make_aware(datetime.combine(on, time(12)))


def moved(device: Device, move: Move, *, actor: Actor, at: datetime, on: date, note: str = "") -> None:
    """Move a device on and write the movement; refused where it is not in the place from which that starts."""
    target = led_to(move, device.place, bound=device.person_id is not None)
    if target is None:
        raise Refused(
            "device_place",
            "The device is “{place}”, so this is not possible. Reload the page and choose again.",
            place=device.get_place_display(),
        )
    source, person = device.place, device.person_id
    device.place = Place(target)
    if WAYS[move].ends:
        unbound(device, actor=actor, at=at, on=on, reason=note)
    device.save()
    Movement.everywhere.create(
        device=device, region_id=device.region_id, kind=device.kind, move=move, source=source, target=target,
        holder_id=device.holder_id, person_id=person, on=on, at=at, by=actor.name[:80], note=note,
    )  # fmt: skip


def unbound(device: Device, *, actor: Actor, at: datetime, on: date, reason: str = "") -> None:
    """End the open binding of a device, and the tasks that came with it; nothing where it is nobody's."""
    if device.person_id is None:
        return
    with elevated():  # the binding of the device that the actor may move
        Binding.everywhere.filter(device=device, until=None).update(
            until=on, ended_by=actor.name[:80], reason=reason
        )
        close_chores(device.pk, Outcome.COLLECTED, at=at, by=actor.name)
    device.person = device.household = None
    device.helper_id, device.helper = None, ""
    device.test_until = device.installed_at = None
    follow(device, forget=True)


def follow(device: Device, *, forget: bool = False) -> None:
    """Bring the last state to where its device is; ``forget`` what was known of the person before."""
    fresh: dict[str, Any] = {
        "region_id": device.region_id, "person_id": device.person_id, "holder_id": device.holder_id
    }  # fmt: skip
    if forget:
        fresh |= {
            "place_sealed": b"", "located_at": None, "kept_at": None, "inside": {}, "connected_at": None,
            "first_used_at": None, "asked_at": None,
        }  # fmt: skip
    with elevated():  # the state of a device that has just left the actor's region goes with it
        Last.everywhere.filter(device_id=device.pk).update(**fresh)


def close_chores(device_id: UUID, outcome: Outcome, *, at: datetime, by: str, kind: str = "") -> int:
    """End open tasks of a device, of one kind or all."""
    rows = Chore.everywhere.filter(device_id=device_id, closed_at=None)
    rows = rows.filter(kind=kind) if kind else rows
    return int(rows.update(closed_at=at, closed_by=by[:80], outcome=outcome))
