"""At the person's door: arriving, leaving, notes and pictures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import catalogue, metres
from songhe.areas.registry.api import locate, secrets_of
from songhe.areas.visits import rules
from songhe.areas.visits.actions.common import (
    ended,
    move_order,
    order_of,
    release,
    save_order,
    sealed,
    tell,
    written,
)
from songhe.areas.visits.limits import limits
from songhe.areas.visits.models import Disposition, Visit, VisitState
from songhe.core.codes import Point, parse_point
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal_json, take_in
from songhe.engines.vault.attachments import Place
from songhe.kit.fields import Field

Lon = Annotated[str, Field(label=_("Longitude"), size=24)]
Lat = Annotated[str, Field(label=_("Latitude"), size=24)]
Accuracy = Annotated[int | None, Field(label=_("Exact to (m)"), least=0, most=100_000)]
Note = Annotated[str, Field(label=_("Note"), long=True)]
Device = Annotated[str, Field(label=_("Device"), size=40, hidden=True)]
PHOTOS_MAX = 6
LEARN_METRES = 50

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile


@act("visits.check_in")
def check_in(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    lon: Lon = "",
    lat: Lat = "",
    accuracy: Accuracy = None,
    device: Device = "",
) -> Visit:
    """Arrive. ``device_at`` is when it happened by the phone, which may be earlier than when the server hears of it."""
    if visit.state != VisitState.PLANNED:
        raise Refused("not_planned", "This visit is no longer planned. Look at it again.")
    place = _place(lon, lat)
    seen = _seen(visit, device_at or at, at, place, accuracy)
    rules.check_arrival(_local(visit.stay), seen, limits())
    visit.state, visit.arrived_at, visit.arrival_received_at = VisitState.ARRIVED, seen.claimed, at
    visit.device = device.strip()[:40]
    visit.arrival_metres, visit.arrival_sealed = seen.metres, _sealed_place(visit, place, accuracy)
    visit.flags = rules.arrival_flags(visit.stay, seen, limits())
    visit.save()
    _learn_place(visit, seen, place)
    order = order_of(visit)
    move_order(order, "start", actor=actor, at=at)
    save_order(order)
    tell(order, "arrived", at=at, flags=visit.flags)
    return visit


@act("visits.check_out")
def check_out(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    lon: Lon = "",
    lat: Lat = "",
    accuracy: Accuracy = None,
) -> Visit:
    """Leave: the minutes are counted and the proof is judged."""
    if visit.state != VisitState.ARRIVED or visit.arrived_at is None:
        raise Refused("not_arrived", "Check in first: this visit has no arrival.")
    place = _place(lon, lat)
    seen = _seen(visit, device_at or at, at, place, accuracy)
    rules.check_leaving(timezone.localtime(visit.arrived_at), seen, limits())
    visit.left_at, visit.leaving_received_at = seen.claimed, at
    visit.leaving_metres, visit.leaving_sealed = seen.metres, _sealed_place(visit, place, accuracy)
    flags = rules.leaving_flags(visit.arrived_at, visit.promised_minutes, seen, limits())
    close_visit(visit, [*visit.flags, *flags], actor=actor, at=at)
    return visit


@act("visits.note")
def add_note(visit: Visit, *, actor: Actor, at: datetime, note: Note) -> Visit:
    """Write what was done; it is kept sealed, and added to what stands there."""
    _not_settled(visit)
    fresh = written(note, field="note", needed=True)
    with elevated():
        before = visit.note
    visit.note_sealed = sealed(
        visit.person_id, written(f"{before}\n{fresh}" if before else fresh, field="note", most=8000)
    )
    visit.flags = [flag for flag in visit.flags if flag != "no_note"]
    visit.save()
    return visit


@act("visits.note")
def add_photo(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    photo: Annotated[Upload, Field(label=_("Picture"), accept="image/*")],
) -> Visit:
    """Keep a picture of what was done, encrypted and without hidden data."""
    _not_settled(visit)
    if visit.photos >= PHOTOS_MAX:
        raise Refused(
            "enough_photos", "This visit has {most} pictures already.", field="photo", most=PHOTOS_MAX
        )
    with elevated():  # the picture belongs to the organisation, in whose name the worker does not hold rows
        kept = take_in(
            photo,
            name=str(photo.name or "photo"),
            place=Place(visit.person_id, visit.pk, visit.region_id, holder_id=visit.organisation_id),
            actor_id=actor.id,
            at=at,
        )
    add_detail(picture=str(kept.pk), bytes=kept.size_bytes)
    visit.photos += 1
    visit.flags = [flag for flag in visit.flags if flag != "no_photo"]
    visit.save()
    return visit


def close_visit(
    visit: Visit, flags: list[str], *, actor: Actor, at: datetime, move: str | None = "finish"
) -> None:
    """End a visit that has both times: minutes, flags, the order completed, the worker's reach over tomorrow."""
    assert visit.arrived_at is not None
    assert visit.left_at is not None
    visit.minutes = rules.minutes_between(visit.arrived_at, visit.left_at)
    item = catalogue().items.get(visit.item)
    lacking = rules.lacking(
        item.proof if item else frozenset(), note=bool(visit.note_sealed), photo=visit.photos > 0
    )
    visit.flags = list(dict.fromkeys([*flags, *lacking]))
    visit.state = VisitState.DONE
    visit.save()
    order = order_of(visit)
    contracts.give(order.pk, minutes=visit.minutes, at=at)
    if move:
        ended(order, Disposition.COMPLETED)
        order.completed_at = at
        move_order(order, move, actor=actor, at=at)
        save_order(order)
    release(visit, at=at)
    tell(order, "left", at=at, minutes=visit.minutes, flags=visit.flags)


def _local(stay: rules.Stay) -> rules.Stay:
    """The same stay in the city's time zone, in which refusals name hours."""
    return timezone.localtime(stay[0]), timezone.localtime(stay[1])


def _place(lon: str, lat: str) -> Point | None:
    return parse_point(lon.strip(), lat.strip(), field="lon") if lon.strip() or lat.strip() else None


def _seen(
    visit: Visit, claimed: datetime, received: datetime, place: Point | None, accuracy: int | None
) -> rules.Seen:
    with elevated():  # where the person lives is compared, not shown
        home = secrets_of(visit.person).place
    away = metres(place, home)
    exact = None if place is None else (accuracy if accuracy is not None else limits().accuracy_metres)
    return rules.Seen(claimed=claimed, received=received, metres=away, accuracy=exact)


def _learn_place(visit: Visit, seen: rules.Seen, place: Point | None) -> None:
    """The first exact check-in tells where a person lives whose place nobody entered."""
    if place is None or seen.metres is not None or seen.accuracy is None or seen.accuracy > LEARN_METRES:
        return
    with elevated():
        locate(visit.person, place)
    add_detail(place_learned=True)


def _sealed_place(visit: Visit, place: Point | None, accuracy: int | None) -> bytes:
    if place is None:
        return b""
    return seal_json(visit.person_id, {"lon": place.lon, "lat": place.lat, "accuracy": accuracy})


def _not_settled(visit: Visit) -> None:
    if visit.settled_at is not None:
        raise Refused("settled", "This visit is settled, so nothing about it can be changed.")
    if visit.state not in (VisitState.ARRIVED, VisitState.DONE):
        raise Refused("not_arrived", "Check in first: this visit has no arrival.")
