"""At the person's door: arriving, leaving, notes and pictures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import catalogue
from songhe.areas.registry.api import without_pictures
from songhe.areas.visits import rules
from songhe.areas.visits.actions.agreeing import signed
from songhe.areas.visits.actions.arriving import (
    Accuracy,
    Code,
    Lat,
    Lon,
    Phone,
    Tag,
    clock_flags,
    learn_place,
    local,
    phone_of,
    prove,
    sealed_place,
    seen_of,
)
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
from songhe.areas.visits.actions.orders import pass_by
from songhe.areas.visits.limits import limits, task_choices
from songhe.areas.visits.models import Disposition, Signing, Visit, VisitState
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import take_in
from songhe.engines.vault.attachments import Place
from songhe.kit.fields import Field

Note = Annotated[str, Field(label=_("Note"), long=True)]
Device = Annotated[str, Field(label=_("Device"), size=40, hidden=True)]
PHOTOS_MAX = 6
NO_PICTURES = gettext_noop(
    "This person does not agree to pictures any more. Write a note, tick what was done and have it confirmed instead."
)

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile


@act("visits.check_in")
def check_in(  # noqa: PLR0913  the form asks for each
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    phone_at: datetime | None = None,
    lon: Lon = "",
    lat: Lat = "",
    accuracy: Accuracy = None,
    device: Device = "",
    tag: Tag = "",
    code: Code = "",
) -> Visit:
    """Arrive. ``device_at`` is when it happened by the phone, which may be earlier than when the server hears of it."""
    if visit.state != VisitState.PLANNED:
        raise Refused("not_planned", "This visit is no longer planned. Look at it again.")
    visit.device = device.strip()[:40]
    phone = phone_of(at, device_at, phone_at, (lon, lat, accuracy))
    rules.check_arrival(local(visit.stay), seen_of(visit, phone), limits())
    arrive(visit, phone, actor=actor, at=at, shown=(tag, code))
    return visit


@act("visits.check_out")
def check_out(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    phone_at: datetime | None = None,
    lon: Lon = "",
    lat: Lat = "",
    accuracy: Accuracy = None,
) -> Visit:
    """Leave: the minutes are counted and the proof is judged."""
    leave(visit, phone_of(at, device_at, phone_at, (lon, lat, accuracy)), actor=actor, at=at)
    return visit


def arrive(
    visit: Visit,
    phone: Phone,
    *,
    actor: Actor,
    at: datetime,
    shown: tuple[str, str] = ("", ""),
    move: str = "start",
) -> None:
    """Enter an arrival with its proof; ``shown``: a tag and a code that were shown at the door."""
    seen = seen_of(visit, phone)
    visit.state, visit.arrived_at, visit.arrival_received_at = VisitState.ARRIVED, seen.claimed, seen.received
    visit.arrival_said_at = phone.said
    visit.arrival_metres, visit.arrival_sealed = seen.metres, sealed_place(visit, phone)
    visit.flags = [*clock_flags(phone), *rules.arrival_flags(visit.stay, seen, limits())]
    prove(visit, seen, tag=shown[0], code=shown[1], replayed=phone.replayed)
    visit.save()
    learn_place(visit, seen, phone.place)
    order = order_of(visit)
    move_order(order, move, actor=actor, at=at, happened=seen.claimed)
    save_order(order)
    tell(order, "arrived", at=at, flags=visit.flags, by=visit.arrival_by)


def leave(visit: Visit, phone: Phone, *, actor: Actor, at: datetime, move: str | None = "finish") -> None:
    """Enter leaving: the minutes are counted and the proof is judged."""
    if visit.state != VisitState.ARRIVED or visit.arrived_at is None:
        raise Refused("not_arrived", "Check in first: this visit has no arrival.")
    seen = seen_of(visit, phone)
    rules.check_leaving(timezone.localtime(visit.arrived_at), seen, limits())
    visit.left_at, visit.leaving_received_at, visit.leaving_said_at = seen.claimed, seen.received, phone.said
    visit.leaving_metres, visit.leaving_sealed = seen.metres, sealed_place(visit, phone)
    flags = [
        *clock_flags(phone),
        *rules.leaving_flags(visit.arrived_at, visit.promised_minutes, seen, limits()),
    ]
    close_visit(visit, [*visit.flags, *flags], actor=actor, at=at, move=move)


@act("visits.note")
def add_note(visit: Visit, *, actor: Actor, at: datetime, note: Note) -> Visit:
    """Write what was done; it is kept sealed, and added to what stands there."""
    at_hand(visit)
    fresh = written(note, field="note", needed=True)
    with elevated():
        before = visit.note
    visit.note_sealed = sealed(
        visit.person_id, written(f"{before}\n{fresh}" if before else fresh, field="note", most=8000)
    )
    has_now(visit)
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
    at_hand(visit)
    if without_pictures([visit.person_id]):
        raise Refused("no_pictures", NO_PICTURES, field="photo")
    if visit.photos >= PHOTOS_MAX:
        raise Refused(
            "enough_photos", "This visit has {most} pictures already.", field="photo", most=PHOTOS_MAX
        )
    with elevated():  # the picture belongs to the organisation, in whose name the worker does not hold rows
        kept = take_in(
            photo,
            name=picture_name(photo),
            place=Place(visit.person_id, visit.pk, visit.region_id, holder_id=visit.organisation_id),
            actor_id=actor.id,
            at=at,
        )
    add_detail(picture=str(kept.pk), bytes=kept.size_bytes)
    visit.photos += 1
    visit.looked_at = None  # it may be a picture that was sent before
    has_now(visit)
    visit.save()
    return visit


def picture_name(file: UploadedFile[bytes]) -> str:
    """A picture's own name, never the one by which thumbprints are told from pictures of the service."""
    name = str(file.name or "photo").replace("\0", "")
    return "photo" if name == Signing.THUMBPRINT else name


def proved(visit: Visit) -> set[str]:
    """The proofs that a visit has; where no picture may be taken, none is lacking."""
    steps = {code for code, _words in task_choices(visit.item)}
    have = {
        "note": bool(visit.note_sealed) or visit.voices > 0,
        "photo": visit.photos > 0 or bool(without_pictures([visit.person_id])),
        "tasks": steps <= set(visit.tasks),
        "vitals": visit.vitals > 0,
        "signature": bool(visit.confirmed_by),
    }
    return {name for name, there in have.items() if there}


def has_now(visit: Visit) -> None:
    """Drop the flags of proofs that came afterwards."""
    gone = {f"no_{name}" for name in proved(visit)}
    visit.flags = [flag for flag in visit.flags if flag not in gone]


def close_visit(
    visit: Visit, flags: list[str], *, actor: Actor, at: datetime, move: str | None = "finish"
) -> None:
    """End a visit that has both times: minutes, flags, the order completed, the worker's reach over tomorrow."""
    assert visit.arrived_at is not None
    assert visit.left_at is not None
    visit.minutes = rules.minutes_between(visit.arrived_at, visit.left_at)
    item = catalogue().items.get(visit.item)
    lacking = rules.lacking(item.proof if item else frozenset(), proved(visit))
    visit.flags = list(dict.fromkeys([*flags, *lacking]))
    visit.state = VisitState.DONE
    visit.save()
    order = order_of(visit)
    contracts.give(order.pk, minutes=visit.minutes, at=at)
    if move:
        ended(order, Disposition.COMPLETED)
        move_order(order, move, actor=actor, at=at, happened=visit.left_at)
        order.arrived_at = order.arrived_at or visit.arrived_at
        save_order(order)
        signed(order, visit, actor=actor, at=at)
        if not visit.person.is_living:  # died while the worker was there: nobody can be asked
            pass_by([order], "leave_out", actor=SYSTEM, at=at)
    else:
        order.arrived_at, order.completed_at = visit.arrived_at, visit.left_at
        save_order(order)
    release(visit, at=at)
    tell(order, "left", at=at, minutes=visit.minutes, flags=visit.flags)


def at_hand(visit: Visit) -> None:
    """Refuse what is added to a visit before the arrival, or after it was settled."""
    if visit.settled_at is not None:
        raise Refused("settled", "This visit is settled, so nothing about it can be changed.")
    if visit.state not in (VisitState.ARRIVED, VisitState.DONE):
        raise Refused("not_arrived", "Check in first: this visit has no arrival.")
