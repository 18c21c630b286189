"""The waiting list: applying, offering a bed, the answer, and withdrawing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import Person, by_id_number
from songhe.areas.stays.actions.common import (
    Reason,
    bed_taken,
    bind,
    kept_apart,
    line,
    need_living,
    unbind,
    within,
)
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import (
    Application,
    ApplicationState,
    Bed,
    BedKind,
    Offer,
    OfferState,
)
from songhe.areas.stays.queries.beds import unused
from songhe.areas.stays.queries.living import living_in
from songhe.areas.stays.queries.waiting import OPEN, facilities_with_beds, line_for, open_offer, turns
from songhe.areas.stays.words import why_now
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, Scope, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

LIVED_IN = [(kind.value, kind.label) for kind in BedKind if kind != BedKind.DAY]
Who = Annotated[Person, Field(label=_("Person"))]
Site = Annotated[Facility, Field(label=_("Facility"))]
Wanted = Annotated[str, Field(label=_("Bed type"), choices=LIVED_IN, radio=True)]
Note = Annotated[str, Field(label=_("Note"), size=200)]


def _sites(row: Any, user: Any) -> list[tuple[str, str]]:
    scope = user.scope("stays.apply")
    found = facilities_with_beds((*scope.areas, *scope.bounds))
    return [("", gettext("Anywhere in the county")), *found]


@act("stays.apply")
def apply_for(
    *,
    actor: Actor,
    at: datetime,
    person: Who,
    kind: Wanted,
    facility: Annotated[str, Field(label=_("Facility"), choices=_sites)] = "",
    note: Note = "",
) -> Application:
    """Put a person on the waiting list of a facility, or of the county the person lives in."""
    return _applied(person, kind, _site(facility), note, actor=actor, at=at)


@act("stays.admit")
def apply_by_number(
    *,
    actor: Actor,
    at: datetime,
    facility: Site,
    id_number: Annotated[str, Field(label=_("Identity number"), size=24)],
    kind: Wanted,
    note: Note = "",
) -> Application:
    """Put somebody who came to the house on its waiting list, found by the identity number they show."""
    within(facility, actor, "stays.admit")
    with elevated():  # whoever shows the number is found wherever they live; nothing else is told
        person = by_id_number(id_number, Scope.EVERYTHING)
    if person is None:
        raise Refused(
            "not_registered",
            "Nobody with this identity number is registered. Ask the community where the person lives to register them.",
            field="id_number",
        )
    return _applied(person, kind, facility, note, actor=actor, at=at)


def _applied(
    person: Person, kind: str, facility: Facility | None, note: str, *, actor: Actor, at: datetime
) -> Application:
    need_living(person)
    day = timezone.localdate(at)
    lives = living_in([person.pk], day).get(person.pk)
    if lives is not None and facility is not None and lives.facility_id == facility.pk:
        raise Refused("lives_there", "This person lives in this facility already.", field="person")
    turn = turns([person.pk], day)[person.pk]
    region = facility.region_id if facility else person.region_id // 10**6 * 10**6
    with elevated():  # the same wish, whoever entered it
        rows = Application.everywhere.filter(person=person, kind=kind, state__in=OPEN)
        if rows.filter(facility=facility, region=region).exists():
            raise Refused(
                "waits_already", "This person is already waiting for such a bed there.", field="person"
            )
        made: Application = Application.everywhere.create(
            person=person, facility=facility, organisation_id=facility.organisation_id if facility else None,
            region_id=region, home_id=person.region_id, anywhere=facility is None, kind=kind, applied_on=day,
            rank=turn.rank, groups=list(turn.groups), note=line(note, "note", needed=False),
            entered_by=actor.name[:80], entered_at=at,
        )  # fmt: skip
    if facility is not None:
        bind(person, facility, since=day)
    return made


def _site(key: str) -> Facility | None:
    if not key:
        return None
    try:
        wanted = UUID(key)
    except ValueError:
        wanted = UUID(int=0)
    with elevated():  # facilities are public
        found: Facility | None = Facility.everywhere.filter(pk=wanted, state="active").first()
    if found is None:
        raise Refused("no_facility", "There is no such facility. Choose one from the list.", field="facility")
    return found


def in_turn(row: Any, user: Any) -> list[tuple[str, str]]:
    """Who may be offered a bed, in turn, each with why they come where they come."""
    if row is None:
        return []
    return [(str(one.pk), text) for one, text in why_now(line_for(row, user.scope("stays.offer")))]


@act("stays.offer")
def offer(
    bed: Bed,
    *,
    actor: Actor,
    at: datetime,
    application: Annotated[str, Field(label=_("Offered to"), choices=in_turn)],
    out_of_turn: Annotated[
        str, Field(label=_("Why out of turn"), help=_("Only where it is not the first of the list"), size=200)
    ] = "",
) -> Bed:
    """Offer a free bed to somebody who waits; the bed is kept until the day of the answer."""
    line_up = line_for(bed, actor.scope("stays.offer"))
    found = next((one for one in line_up if str(one.pk) == application), None)
    if found is None:
        raise Refused(
            "not_in_line",
            "This person is no longer waiting for such a bed. Reload the page.",
            field="application",
        )
    why = line(out_of_turn, "out_of_turn", needed=False)
    if found.pk != line_up[0].pk and not why:
        raise Refused(
            "out_of_turn", "By the waiting-list rules somebody else comes first. Say why this person is offered the bed.",
            field="out_of_turn", rule="waiting",
        )  # fmt: skip
    return _offered(bed, found, why, actor=actor, at=at)


def _offered(bed: Bed, found: Application, why: str, *, actor: Actor, at: datetime) -> Bed:
    day = timezone.localdate(at)
    answer_by = day + timedelta(days=terms().answer_days)
    with elevated():  # the application may be the region's, and the person anybody's
        if not unused(Bed.everywhere.filter(pk=bed.pk), day).exists():
            raise bed_taken()
        held = Application.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)
        if held.state != ApplicationState.WAITING:
            raise Refused("offered_already", "This person was offered a bed already. Reload the page.")
        with kept_apart(person=held.person, since=day):
            made = Offer.everywhere.create(
                application=held, person_id=held.person_id, bed=bed, facility_id=bed.facility_id,
                organisation_id=bed.organisation_id, region_id=bed.region_id, offered_by=actor.name[:80],
                offered_at=at, answer_by=answer_by, reason=why,
            )  # fmt: skip
        held.state = ApplicationState.OFFERED
        held.facility_id, held.organisation_id, held.region_id = (
            bed.facility_id,
            bed.organisation_id,
            bed.region_id,
        )
        held.save(update_fields=["state", "facility", "organisation_id", "region"])
        bind(held.person, bed.facility, since=day)
    add_detail(offer=str(made.pk), application=str(held.pk), answer_by=answer_by.isoformat(), out_of_turn=why)
    return bed


@act("stays.apply")
def accept(application: Application, *, actor: Actor, at: datetime) -> Application:
    """Accept the offered bed for the person; it is kept until the admission."""
    made = _to_answer(application)
    if made.answer_by < timezone.localdate(at):
        raise Refused("too_late", "The offer expired on {day}. Ask for another one.", day=made.answer_by)
    _answer(made, OfferState.ACCEPTED, "", actor=actor, at=at)
    application.state = ApplicationState.ACCEPTED
    application.save(update_fields=["state"])
    return application


@act("stays.apply")
def decline(application: Application, *, actor: Actor, at: datetime, reason: Reason) -> Application:
    """Decline the offered bed; the person goes on waiting."""
    made = open_offer(application)
    if made is None:
        raise Refused("no_offer", "A bed is no longer held for this person. Offer one again.")
    _answer(made, OfferState.DECLINED, line(reason, "reason"), actor=actor, at=at)
    application.declined += 1
    _wait_on(application, at=at)
    return application


@act("stays.apply")
def withdraw(application: Application, *, actor: Actor, at: datetime, reason: Reason) -> Application:
    """Take a person off the waiting list."""
    if application.state not in OPEN:
        raise Refused("not_waiting", "This person is no longer on the waiting list. Reload the page.")
    made = open_offer(application)
    if made is not None:
        _answer(made, OfferState.WITHDRAWN, line(reason, "reason"), actor=actor, at=at)
    application.state, application.reason = ApplicationState.WITHDRAWN, line(reason, "reason")
    application.save(update_fields=["state", "reason"])
    if application.facility_id is not None:
        unbind(application.person_id, application.facility_id, until=timezone.localdate(at))
    return application


@act("stays.offer")
def expire(application: Application, *, actor: Actor, at: datetime) -> Application:
    """The day of the answer has passed: the bed is free again and the person goes on waiting."""
    made = open_offer(application)
    if made is None or made.state != OfferState.OPEN or made.answer_by >= timezone.localdate(at):
        raise Refused("not_run_out", "This offer has not expired. Reload the page.")
    _answer(made, OfferState.EXPIRED, "", actor=actor, at=at)
    _wait_on(application, at=at)
    return application


def run_out(*, at: datetime) -> int:
    """Let offers run out whose day has passed; run by a periodic job."""
    with elevated():  # of all facilities
        rows = Offer.everywhere.filter(state=OfferState.OPEN, answer_by__lt=timezone.localdate(at))
        found = [one.application for one in rows.select_related("application").order_by("answer_by", "id")]
        for application in found:
            expire(application, actor=SYSTEM, at=at)
    return len(found)


def rank_again(*, at: datetime) -> int:
    """Find the turns of all who wait again, as tags, levels and ages change; run every night. Returns how many changed."""
    changed = 0
    with elevated():  # one order for everybody
        rows = list(Application.everywhere.filter(state__in=OPEN))
        found = turns((row.person_id for row in rows), timezone.localdate(at))
        for row in rows:
            turn = found[row.person_id]
            if (row.rank, tuple(row.groups)) != (turn.rank, turn.groups):
                Application.everywhere.filter(pk=row.pk).update(rank=turn.rank, groups=list(turn.groups))
                changed += 1
    return changed


def _to_answer(application: Application) -> Offer:
    made = open_offer(application)
    if made is None or made.state != OfferState.OPEN:
        raise Refused("no_open_offer", "No offer waits for an answer. Reload the page.")
    return made


def _answer(made: Offer, state: OfferState, reason: str, *, actor: Actor, at: datetime) -> None:
    with elevated():  # whoever may answer for the person answers the facility's offer
        made.state, made.answered_by, made.answered_at = state, actor.name[:80], at
        made.reason = reason or made.reason
        made.save(update_fields=["state", "answered_by", "answered_at", "reason"])
    add_detail(offer=str(made.pk), bed=str(made.bed), answer=str(state))


def _wait_on(application: Application, *, at: datetime) -> None:
    """Back on the list; who waits in a region leaves the facility again."""
    was = application.facility_id
    application.state = ApplicationState.WAITING
    if application.anywhere:
        application.facility, application.organisation_id = None, None
        application.region_id = application.home_id // 10**6 * 10**6
    with elevated():  # the row leaves the facility's own
        application.save()
        if application.anywhere and was is not None:
            unbind(application.person_id, was, until=timezone.localdate(at))
