"""What the office does with visits afterwards: missed, corrected, verified, settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.visits import rules
from songhe.areas.visits.actions.common import (
    move_order,
    order_of,
    release,
    save_order,
    tell,
    written,
)
from songhe.areas.visits.actions.orders import settle_orders
from songhe.areas.visits.actions.service import close_visit
from songhe.areas.visits.limits import limits
from songhe.areas.visits.models import (
    DOUBTFUL,
    Cause,
    Correction,
    Visit,
    VisitState,
)
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.days import begin_of, day_of
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), size=200)]
Verified = Callable[[Visit, str, Actor, datetime], None]
_VERIFIED: list[Verified] = []
ENDED = (VisitState.DONE, VisitState.IN_VAIN)
COMPARED = ("state", "arrived_at", "left_at", "flags", "photos", "corrected_by_id")


@act("visits.correct")
def mark_missed(visit: Visit, *, actor: Actor, at: datetime, reason: Reason) -> Visit:
    """Say that nobody came; the order goes back to dispatch."""
    if visit.state != VisitState.PLANNED:
        raise Refused("not_planned", "This visit is no longer planned. Look at it again.")
    if at < visit.starts_at:
        raise Refused("not_yet", "This visit has not begun yet, so it cannot have been missed.")
    why = written(reason, field="reason", most=200, needed=True)
    order = order_of(visit)
    visit.state = VisitState.MISSED
    visit.save()
    release(visit, at=at)
    order.worker = None
    move_order(order, "return", actor=actor, at=at, note=why)
    save_order(order)
    kind, on = contracts.RemarkKind.MISSED, day_of(visit.starts_at)
    contracts.note(order.contract_id, kind, why, on=on, by=actor.name, at=at, order_id=order.pk)
    tell(order, "missed", at=at)
    return visit


@act("visits.correct")
def correct_visit(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    arrived_at: Annotated[datetime, Field(label=_("Arrived"))],
    left_at: Annotated[datetime, Field(label=_("Left"))],
    cause: Annotated[Cause, Field(label=_("Cause"))],
    reason: Reason,
) -> Visit:
    """Enter the times by hand, for instance where the phone failed; both values are kept, and somebody else verifies."""
    if visit.settled_at is not None:
        raise Refused("settled", "This visit is settled, so nothing about it can be changed.")
    if visit.state not in (VisitState.PLANNED, VisitState.ARRIVED, VisitState.DONE):
        raise Refused(
            "not_correctable", "This visit was missed or called off. Dispatch the order again instead."
        )
    rules.check_moment(left_at, at, limits())
    if (
        not visit.starts_at - timedelta(hours=12)
        <= arrived_at
        < left_at
        <= visit.ends_at + timedelta(hours=12)
    ):
        raise Refused(
            "wrong_times",
            "Arrival and leaving must lie around the promised time, arrival first.",
            field="arrived_at",
        )
    why = written(reason, field="reason", most=200, needed=True)
    add_detail(reason=why, cause=cause)
    _keep(visit, arrived_at, left_at, Cause(cause), why, actor=actor, at=at)
    first = visit.state != VisitState.DONE
    visit.arrived_at, visit.left_at, visit.corrected_by_id = arrived_at, left_at, actor.id
    visit.verified_at = visit.verified_by_id = visit.looked_at = None
    flags = [flag for flag in visit.flags if flag in ("far", "no_place")]
    close_visit(visit, [*flags, "corrected"], actor=actor, at=at, move="correct" if first else None)
    return visit


@act("visits.verify")
def verify(visit: Visit, *, actor: Actor, at: datetime, reason: Reason) -> Visit:
    """Accept a flagged visit after asking; not by whoever corrected it."""
    if not to_verify(visit):
        raise Refused("nothing_to_verify", "This visit has nothing that waits to be verified.")
    four_eyes(visit.corrected_by_id, actor)
    why = written(reason, field="reason", most=200, needed=True)
    add_detail(reason=why)
    for effect in _VERIFIED:
        effect(visit, why, actor, at)
    visit.verified_at, visit.verified_by_id = at, actor.id
    visit.save()
    return visit


def when_verified(effect: Verified) -> Verified:
    """Let an area have its say as a visit is verified: ``effect(visit, reason, actor, at)``, inside the act; it may refuse."""
    _VERIFIED.append(effect)
    return effect


def _keep(
    visit: Visit, arrived: datetime, left: datetime, cause: Cause, words: str, *, actor: Actor, at: datetime
) -> None:
    Correction.everywhere.create(
        visit=visit,
        region_id=visit.region_id,
        person_id=visit.person_id,
        organisation_id=visit.organisation_id,
        worker_id=visit.worker_id,
        arrived_before=visit.arrived_at,
        left_before=visit.left_at,
        arrived_after=arrived,
        left_after=left,
        cause=cause,
        words=words,
        by_id=actor.id,
        by_name=actor.name[:80],
        at=at,
    )


def judged(visit_id: UUID, *, given: bool, actor: Actor, at: datetime, again: bool = False) -> Visit:
    """Say of a visit with a doubt that it was given, or that it was not and is never paid; called inside another's act. One
    in vain, too: its charge holds, or is taken back.

    ``again``: it was rejected, and is judged anew after a dispute.
    """
    with elevated():  # inspectors decide on visits that organisations own
        visit: Visit = Visit.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=visit_id)
        if visit.state not in ENDED or (visit.rejected_at is not None) != again:
            raise Refused("nothing_to_verify", "This visit has nothing that waits to be verified.")
        if given:
            four_eyes(visit.corrected_by_id, actor)
            visit.rejected_at = visit.rejected_by_id = None
            visit.verified_at, visit.verified_by_id = at, actor.id
            if again:
                contracts.count_again([_booked_as(visit)], at=at)
        else:
            visit.rejected_at, visit.rejected_by_id = at, actor.id
            _not_given(visit, by=actor.name, at=at)
        visit.save()
    return visit


def _not_given(visit: Visit, *, by: str, at: datetime) -> None:
    """What the visit took of a contract is free again, and the contract remembers why."""
    vain = visit.state == VisitState.IN_VAIN
    words = gettext("A check found that a visit was not provided.")
    if vain:
        words = gettext("A check found that an unsuccessful visit was never made.")
    key = _booked_as(visit)
    contract, _day = contracts.booked_under([key]).get(key, (None, None))
    contracts.release([key], at=at)
    on = day_of(visit.arrived_at or visit.starts_at)
    contracts.note(
        contract,
        contracts.RemarkKind.QUALITY,
        words,
        on=on,
        by=by,
        at=at,
        order_id=visit.order_id,
    )


def _booked_as(visit: Visit) -> UUID:
    """Under which key a visit is booked on a contract: its order's, or its own where it was in vain."""
    return visit.pk if visit.state == VisitState.IN_VAIN else visit.order_id


def looked_at(
    compared: Mapping[UUID, Visit], risks: Mapping[UUID, int], *, passing: int, at: datetime
) -> None:
    """Keep that visits were compared with others, and the risk of those, and of any beside them, of which something new was
    found.

    A risk below ``passing`` verifies a visit by itself. Any other flags it, and what was verified before is to be verified
    again; what is settled stays settled. One that changed since it was read waits to be compared as it is now.
    """
    with elevated():
        rows = Visit.everywhere.select_for_update(no_key=True, of=("self",))
        changed = list(rows.filter(pk__in={*compared, *risks}).order_by("pk"))
        for visit in changed:
            read, risk = compared.get(visit.pk), risks.get(visit.pk)
            same = read is None or all(getattr(visit, name) == getattr(read, name) for name in COMPARED)
            if read is not None and same:
                visit.looked_at = at
            if risk is not None and visit.settled_at is None and (same or risk >= passing):
                _weighed(visit, risk, passing, at)
        Visit.everywhere.bulk_update(
            changed, ["flags", "looked_at", "verified_at", "verified_by_id"], batch_size=2_000
        )


def _weighed(visit: Visit, risk: int, passing: int, at: datetime) -> None:
    if risk < passing:
        visit.verified_at, visit.verified_by_id = at, SYSTEM.id
    else:
        visit.flags = list(dict.fromkeys([*visit.flags, DOUBTFUL]))
        visit.verified_at = visit.verified_by_id = None


def look_again(person_id: UUID, since: date) -> int:
    """Have a person's visits from a day on compared anew, since something was learned; returns how many."""
    with elevated():
        rows = Visit.everywhere.filter(person_id=person_id, arrived_at__gte=begin_of(since))
        return rows.filter(state__in=ENDED).update(looked_at=None)


def to_verify(visit: Visit) -> bool:
    """Whether flags keep a visit from being settled."""
    vain = visit.state == VisitState.IN_VAIN and visit.charge_percent > 0
    flagged = bool(visit.flags) and visit.verified_at is None and visit.rejected_at is None
    return flagged and (vain or visit.state == VisitState.DONE)


def mark_settled(minutes: Mapping[UUID, int], *, batch: str, actor: Actor, at: datetime) -> int:
    """Mark visits as settled in a batch, each with its minutes, and move their orders; returns how many were marked.

    Finance calls it inside its own act, which logs the batch. Visits already settled in the same batch are left;
    one settled in another batch, not countable, or of other minutes by now is refused.
    """
    with elevated():  # finance reaches the visits it was handed; organisations own the rows
        rows = Visit.everywhere.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(minutes))
        fresh = [row for row in rows.select_related("order").order_by("pk") if row.settled_in != batch]
        for visit in fresh:
            if visit.settled_at or not visit.counts or visit.settled_minutes != minutes[visit.pk]:
                raise Refused(
                    "not_settleable",
                    "The visit of {day} for order {order} was settled, corrected or questioned since this was prepared. Return it with a reason, and prepare it again.",
                    day=day_of(visit.arrived_at or visit.starts_at).isoformat(),
                    order=visit.order.number,
                )
        done = Visit.everywhere.filter(pk__in=[visit.pk for visit in fresh])
        done.update(settled_at=at, settled_in=batch)
    settle_orders([row.order_id for row in fresh if row.state == VisitState.DONE], actor=actor, at=at)
    return len(fresh)


def miss_overdue(*, actor: Actor, at: datetime, most: int = 500) -> int:
    """Mark every visit missed to which nobody came; returns how many. Run by a periodic job."""
    late = at - timedelta(minutes=limits().missed_minutes)
    with elevated():
        due = list(
            Visit.everywhere.filter(state=VisitState.PLANNED, ends_at__lt=late).order_by("ends_at")[:most]
        )
        for visit in due:
            mark_missed(visit, actor=actor, at=at, reason=gettext("Nobody checked in."))
    return len(due)
