"""What a phone did without network at a visit that the office changed meanwhile: kept, shown to both, decided once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.visits import rules
from songhe.areas.visits.actions.arriving import Phone, phone_of
from songhe.areas.visits.actions.common import (
    call_off,
    order_of,
    reach,
    save_order,
    take_contract,
    tell,
    written,
)
from songhe.areas.visits.actions.door import fail
from songhe.areas.visits.actions.proving import confirm, place_at, take_vitals, tick_tasks
from songhe.areas.visits.actions.service import add_note, arrive, has_now, leave, picture_name
from songhe.areas.visits.limits import outcomes
from songhe.areas.visits.models import (
    Conflict,
    ConflictReason,
    ConflictState,
    Order,
    OrderState,
    Signing,
    Visit,
    VisitState,
    Witness,
)
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal_json, take_in, take_sound
from songhe.kit.days import day_of
from songhe.kit.fields import Field

ARRIVALS = {"check_in", "come_in_vain"}


class Holds(models.TextChoices):
    """Whose side of a conflict holds."""

    WORKER = "worker", _("What the worker did")
    OFFICE = "office", _("What the office has")


@act("visits.check_in")
def keep_conflict(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    verb: str,
    values: Mapping[str, Any],
    device_at: datetime | None,
    phone_at: datetime | None,
) -> Conflict:
    """Keep what a phone brings for a visit that was called off, given to somebody else, missed or corrected meanwhile."""
    corrected = visit.state == VisitState.DONE and visit.corrected_by_id is not None
    if visit.state not in (VisitState.CANCELLED, VisitState.MISSED) and not corrected:
        raise Refused(
            "not_now", "This is not possible in the present state of the visit. Go back and look at it again."
        )
    file = next((value for value in values.values() if isinstance(value, UploadedFile)), None)
    plain = {name: _plain(value) for name, value in values.items() if not isinstance(value, UploadedFile)}
    with elevated():  # the row belongs to the organisation, in whose name the worker does not hold rows
        made: Conflict = Conflict.everywhere.create(
            visit=visit,
            person_id=visit.person_id,
            region_id=visit.region_id,
            organisation_id=visit.organisation_id,
            worker_id=visit.worker_id,
            verb=verb,
            claimed_at=device_at or at,
            phone_at=phone_at,
            received_at=at,
            values_sealed=seal_json(visit.person_id, plain),
            attachment_id=_file(visit, verb, file, actor=actor, at=at),
            office=_office(visit),
        )
        tell(visit.order, "conflict", at=at, visit=str(visit.pk))
    add_detail(kept=str(made.pk), done=verb, claimed_at=made.claimed_at.isoformat())
    return made


@act("visits.correct")
def decide(
    conflict: Conflict,
    *,
    actor: Actor,
    at: datetime,
    holds: Annotated[Holds, Field(label=_("Which record to keep"), radio=True)],
    reason: Annotated[ConflictReason, Field(label=_("Reason"))],
    words: Annotated[str, Field(label=_("In words"), size=200)] = "",
) -> Conflict:
    """Decide a conflict, with everything else that waits about the same visit; neither side's values are lost."""
    said = written(words, field="words", most=200, needed=reason == ConflictReason.OTHER)
    visit = Visit.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=conflict.visit_id)
    waiting = list(
        Conflict.everywhere.select_for_update(no_key=True, of=("self",))
        .filter(visit=visit, state=ConflictState.OPEN)
        .order_by("claimed_at", "received_at", "id")
    )
    if conflict.pk not in {one.pk for one in waiting}:
        raise Refused("decided", "This conflict was decided already. Look at it again.")
    if holds == Holds.WORKER:
        _accept(visit, waiting, actor=actor, at=at)
    for one in waiting:
        one.state = ConflictState.ACCEPTED if holds == Holds.WORKER else ConflictState.KEPT
        one.reason, one.words, one.decided_at, one.decided_by = reason, said, at, actor.name[:80]
        one.save()
    conflict.refresh_from_db()
    add_detail(holds=str(holds), reason=str(reason), decided=[str(one.pk) for one in waiting])
    return conflict


def _accept(visit: Visit, waiting: list[Conflict], *, actor: Actor, at: datetime) -> None:
    if visit.settled_at is not None:
        raise Refused("settled", "This visit is settled, so nothing about it can be changed.")
    verbs = {one.verb for one in waiting}
    if not verbs & ARRIVALS and visit.arrived_at is None:
        raise Refused(
            "no_arrival",
            "The phone recorded no arrival. Enter the times by hand, or keep the office's record.",
            field="holds",
        )
    if verbs & ARRIVALS and visit.state != VisitState.DONE:
        order = _own_order(visit)
        if "check_in" in verbs:
            _make_room(order, visit, at=at)
    visit.corrected_by_id = actor.id
    visit.verified_at = visit.verified_by_id = visit.looked_at = None
    for one in waiting:
        APPLY[one.verb](visit, one, actor, at)
    if visit.state == VisitState.DONE and visit.arrived_at and visit.left_at:
        if visit.left_at <= visit.arrived_at:
            raise Refused(
                "wrong_times",
                "On the phone the arrival is after the departure. Enter the times by hand.",
                field="holds",
            )
        visit.minutes = rules.minutes_between(visit.arrived_at, visit.left_at)
    has_now(visit)
    visit.save()


def _own_order(visit: Visit) -> Order:
    """The order, which another organisation must not have by now: the visit would be booked on its contract."""
    order = order_of(visit)
    if order.organisation_id not in (None, visit.organisation_id):
        raise Refused(
            "handed_over",
            "Another organisation has this order now. Ask the hotline to hand it back, or keep the office's record.",
            field="holds",
        )
    return order


def _make_room(order: Order, visit: Visit, *, at: datetime) -> None:
    """Take the office's own plan for the order away, and book it where it was given up; refused where somebody else is there
    or was."""
    with elevated():
        others = Visit.everywhere.filter(order=order).exclude(pk=visit.pk)
        if others.filter(state__in=[VisitState.ARRIVED, VisitState.DONE]).exists():
            raise Refused(
                "served",
                "Somebody else served this order meanwhile. Keep the office's record, or correct the other visit first.",
                field="holds",
            )
    call_off(order, at=at)
    if order.organisation_id is None or order.state in (OrderState.REFUSED, OrderState.CANCELLED):
        take_contract(order, visit.organisation_id, at=at)
    if visit.state == VisitState.MISSED:
        contracts.take_back(contracts.RemarkKind.MISSED, order.pk, on=day_of(visit.starts_at))
    visit.state = VisitState.PLANNED
    order.worker, order.organisation_id = visit.worker, visit.organisation_id
    save_order(order)
    reach(order, visit.worker, at=at)


def _said_yes(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    visit.accepted_at = visit.accepted_at or one.claimed_at
    _stamped(visit, accepted_at=one.claimed_at)


def _set_out(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    _stamped(visit, departed_at=one.claimed_at)


def _stamped(visit: Visit, **moments: datetime) -> None:
    """Enter moments of the order, where it is this visit's again."""
    if visit.state == VisitState.PLANNED:
        order = order_of(visit)
        for name, moment in moments.items():
            setattr(order, name, moment)
        save_order(order)


def _arrived(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    if visit.state == VisitState.DONE:  # entered by hand meanwhile
        visit.arrived_at, visit.arrival_received_at = one.claimed_at, one.received_at
        return
    values = one.values
    shown = (str(values.get("tag") or ""), str(values.get("code") or ""))
    arrive(visit, _phone(one), actor=actor, at=at, shown=shown, move="resume")


def _left(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    first = visit.state != VisitState.DONE
    if not first:
        visit.state, visit.left_at = VisitState.ARRIVED, None
    leave(visit, _phone(one), actor=actor, at=at, move="correct" if first else None)


def _vain(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    values = one.values
    rule = outcomes().get(str(values.get("outcome")))
    if rule is None or visit.arrived_at is not None:
        raise Refused(
            "no_such_outcome", "This outcome no longer fits. Keep the office's record.", field="holds"
        )
    waited, note, tag = int(values.get("waited") or 0), str(values.get("note") or ""), values.get("tag")
    fail(visit, rule, _phone(one), waited=waited, note=note, tag=str(tag or ""))


def _noted(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    add_note(visit, actor=actor, at=at, note=str(one.values.get("note") or ""))


def _ticked(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    tick_tasks(visit, actor=actor, at=at, tasks=one.values.get("tasks"))


def _measured(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    values = {name: str(value) for name, value in one.values.items() if value}
    take_vitals(visit, actor=actor, at=at, device_at=one.claimed_at, **values)


def _confirmed(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    values = one.values
    how = Signing(values["how"])
    if how == Signing.THUMBPRINT:
        visit.confirmed_by, visit.confirmed_at = how, one.claimed_at
        visit.confirm_sealed = seal_json(visit.person_id, {"picture": str(one.attachment_id)})
        return
    confirm(
        visit,
        actor=actor,
        at=at,
        device_at=one.claimed_at,
        how=how,
        path=str(values.get("path") or ""),
        witness=str(values.get("witness") or ""),
        relation=Witness(values["relation"]) if values.get("relation") else None,
    )


def _photographed(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    visit.photos += 1


def _spoken(visit: Visit, one: Conflict, actor: Actor, at: datetime) -> None:
    visit.voices += 1


APPLY: Mapping[str, Callable[[Visit, Conflict, Actor, datetime], None]] = {
    "accept": _said_yes,
    "depart": _set_out,
    "check_in": _arrived,
    "check_out": _left,
    "come_in_vain": _vain,
    "add_note": _noted,
    "tick_tasks": _ticked,
    "take_vitals": _measured,
    "confirm": _confirmed,
    "add_photo": _photographed,
    "add_voice": _spoken,
}
"""What accepting each thing done on a phone changes at the visit."""


def _phone(one: Conflict) -> Phone:
    values = one.values
    where = (str(values.get("lon") or ""), str(values.get("lat") or ""), values.get("accuracy"))
    return phone_of(one.received_at, one.claimed_at, one.phone_at, where)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, int) else str(value)


def _file(
    visit: Visit, verb: str, file: UploadedFile[Any] | None, *, actor: Actor, at: datetime
) -> UUID | None:
    if file is None:
        return None
    keep = take_sound if verb == "add_voice" else take_in
    name = str(Signing.THUMBPRINT) if verb == "confirm" else picture_name(file)
    return keep(file, name=name, place=place_at(visit), actor_id=actor.id, at=at).pk


def _office(visit: Visit) -> dict[str, Any]:
    """How the office's visit stood when the phone spoke: its state and times, and who was sent instead."""
    other = (
        Visit.everywhere.filter(order_id=visit.order_id).exclude(pk=visit.pk).order_by("-starts_at").first()
    )
    times = {"arrived_at": visit.arrived_at, "left_at": visit.left_at}
    told = {name: moment.isoformat() for name, moment in times.items() if moment}
    if other is not None:
        told |= {
            "other": str(other.pk),
            "other_state": other.state,
            "other_worker": str(other.worker_id),
            "other_starts_at": other.starts_at.isoformat(),
        }
    return {"state": visit.state, **told}
