"""Family care beds: drafted with plan, retrofit and devices, accepted by somebody else, in service, resting, ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Organisation
from songhe.areas.providers.api import State as OrganisationState
from songhe.areas.registry.api import Person
from songhe.areas.stays.actions.common import Reason, kept_apart, line, need_living, past, refuse_other
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import HomeBed, HomeBedState, ItemKind, Provided, Setting, SettingKind
from songhe.areas.stays.queries.home_beds import address_of, home_bed_of, provided_to
from songhe.areas.stays.queries.living import level_on, settings_of
from songhe.areas.stays.rules import Minutes
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

MOST_MINUTES = 44_640
Who = Annotated[Person, Field(label=_("Person"))]
Whose = Annotated[Organisation, Field(label=_("Responsible organisation"))]
Number = Annotated[str, Field(label=_("Contract number"), size=40)]
Hours = Annotated[Minutes, Field(label=_("Agreed service a month"), least=1, most=MOST_MINUTES)]
PlanText = Annotated[
    str, Field(label=_("Plan at home"), help=_("What is done, how often and by whom"), long=True, size=1000)
]
Address = Annotated[
    str, Field(label=_("Address"), help=_("Leave empty to use the address in the registry"), size=200)
]


@act("stays.home_bed")
def draft_home_bed(
    *,
    actor: Actor,
    at: datetime,
    person: Who,
    organisation: Whose,
    contract_no: Number,
    month_minutes: Hours,
    plan: PlanText = "",
    address: Address = "",
) -> HomeBed:
    """Draft a family care bed: who answers for it, at which address, and how much service is agreed."""
    need_living(person)
    if organisation.state != OrganisationState.ACTIVE:
        raise Refused(
            "not_active",
            "This organisation does not operate at present. Choose another one.",
            field="organisation",
        )
    if home_bed_of(person.pk) is not None:
        raise Refused(
            "home_bed_twice", "This person has a family care bed already. End that one first.", field="person"
        )
    level = level_on(person.pk, timezone.localdate(at))
    made: HomeBed = HomeBed.everywhere.create(
        person=person, organisation=organisation, region_id=person.region_id, level=level,
        contract_no=line(contract_no, "contract_no", most=40), month_minutes=_minutes(month_minutes),
        address_sealed=_sealed(person.pk, line(address, "address", needed=False) or address_of(person)),
        plan_sealed=_plan(person.pk, plan), drafted_by_id=actor.id, drafted_by=actor.name[:80], drafted_at=at,
    )  # fmt: skip
    return made


@act("stays.home_bed")
def describe_home_bed(
    bed: HomeBed, *, actor: Actor, at: datetime, month_minutes: Hours, plan: PlanText, address: Address = ""
) -> HomeBed:
    """Change plan, hours and address of a draft; whoever changed it last does not accept it."""
    _need(bed, HomeBedState.DRAFT)
    bed.month_minutes, bed.plan_sealed = _minutes(month_minutes), _plan(bed.person_id, plan)
    if clean := line(address, "address", needed=False):
        bed.address_sealed = _sealed(bed.person_id, clean)
    _touched(bed, actor, at)
    bed.save()
    return bed


@act("stays.home_bed")
def provide(
    bed: HomeBed,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[ItemKind, Field(label=_("Kind"), radio=True)],
    name: Annotated[
        str, Field(label=_("Item provided"), help=_("Such as a grab rail, a call button"), size=80)
    ],
    count: Annotated[int, Field(label=_("Quantity"), least=1, most=99)] = 1,
    on: Annotated[date | None, Field(label=_("Installed on"))] = None,
) -> HomeBed:
    """Enter a change to the home or a device."""
    _need(bed, HomeBedState.DRAFT, HomeBedState.ACCEPTED, HomeBedState.ACTIVE)
    if not 1 <= count <= 99:
        raise Refused("provided_count", "Enter 1 to 99 pieces.", field="count")
    if on is not None:
        past(on, at, "on", days=3650)
    Provided.everywhere.create(
        home_bed=bed, organisation_id=bed.organisation_id, person_id=bed.person_id, region_id=bed.region_id, kind=kind,
        name=line(name, "name", most=80), count=count, on=on,
    )  # fmt: skip
    if bed.state == HomeBedState.DRAFT:
        _touched(bed, actor, at)
        bed.save()
    return bed


def _listed(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in provided_to(row)] if row is not None else []


@act("stays.home_bed")
def drop_provided(
    bed: HomeBed,
    *,
    actor: Actor,
    at: datetime,
    item: Annotated[str, Field(label=_("Item provided"), choices=_listed)],
) -> HomeBed:
    """Take something off the list of a draft that was entered by mistake."""
    _need(bed, HomeBedState.DRAFT)
    found = next((one for one in provided_to(bed) if str(one.pk) == item), None)
    if found is None:
        raise Refused("not_there", "The draft does not include this. Reload the page.", field="item")
    found.delete()
    _touched(bed, actor, at)
    bed.save()
    return bed


@act("stays.accept")
def accept_home_bed(bed: HomeBed, *, actor: Actor, at: datetime) -> HomeBed:
    """Accept what somebody else drafted: assessed, planned, and equipped as listed."""
    _need(bed, HomeBedState.DRAFT)
    four_eyes(bed.drafted_by_id, actor)
    level = level_on(bed.person_id, timezone.localdate(at))
    if level is None:
        raise Refused(
            "home_bed_not_assessed",
            "No ability assessment of this person is in force. Ask for one; a family care bed needs it.",
            rule="admission",
        )
    if not bed.plan or not bed.address:
        raise Refused(
            "home_bed_no_plan",
            "The plan at home and the address are missing. Ask the organisation to enter them.",
        )
    bed.level, bed.state = level, HomeBedState.ACCEPTED
    bed.accepted_by_id, bed.accepted_by, bed.accepted_at = actor.id, actor.name[:80], at
    bed.save()
    return bed


@act("stays.home_bed")
def begin_home_bed(
    bed: HomeBed, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Begins on"))]
) -> HomeBed:
    """Begin the service at home; not while the person lives in an institution."""
    _need(bed, HomeBedState.ACCEPTED)
    past(on, at, "on", days=terms().back_days)
    need_living(bed.person)
    bed.since = on
    _serve(bed, on)
    return bed


@act("stays.home_bed")
def resume_home_bed(
    bed: HomeBed, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Resumes on"))]
) -> HomeBed:
    """Go on after a rest, where it does not by itself: the person came home from a hospital or another home."""
    _need(bed, HomeBedState.RESTING)
    past(on, at, "on", days=terms().back_days, least=bed.since)
    need_living(bed.person)
    _serve(bed, on)
    return bed


@act("stays.home_bed")
def end_home_bed(
    bed: HomeBed,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Ended on"))],
    reason: Reason,
) -> HomeBed:
    """End a family care bed."""
    _need(bed, HomeBedState.DRAFT, HomeBedState.ACCEPTED, HomeBedState.ACTIVE, HomeBedState.RESTING)
    past(on, at, "on", days=terms().back_days, least=bed.since)
    stop(bed, on, line(reason, "reason"))
    return bed


def stop(bed: HomeBed, on: date, reason: str) -> None:
    """Everything that ends with a family care bed, inside an act."""
    _close(bed, on)
    bed.state, bed.until, bed.reason = HomeBedState.ENDED, on, reason
    bed.save()


def rest(bed: HomeBed, on: date) -> None:
    """Let a family care bed rest from the day on which the person is admitted to an institution."""
    if bed.state == HomeBedState.ACTIVE:
        _close(bed, on)
        bed.state = HomeBedState.RESTING
        bed.save(update_fields=["state"])
        add_detail(home_bed=str(bed.pk), rests_from=on.isoformat())


def resume_after(person_id: UUID, on: date, *, at: datetime) -> None:
    """Let it go on from the day on which the person came home from an institution."""
    with elevated():  # the bed may be another organisation's
        bed = home_bed_of(person_id)
        if bed is not None and bed.state == HomeBedState.RESTING and not settings_of(person_id, on):
            _serve(bed, on)
            add_detail(home_bed=str(bed.pk), resumes_from=on.isoformat())


def _serve(bed: HomeBed, on: date) -> None:
    with elevated():  # what stands in the way may be another organisation's
        refuse_other(bed.person, on)
        with kept_apart(person=bed.person, since=on):
            Setting.everywhere.create(
                person_id=bed.person_id, kind=SettingKind.HOME_BED, organisation_id=bed.organisation_id,
                region_id=bed.region_id, since=on, source_id=bed.pk,
            )  # fmt: skip
    bed.state = HomeBedState.ACTIVE
    bed.save()


def _close(bed: HomeBed, on: date) -> None:
    with elevated():  # the span is the bed's own
        for setting in Setting.everywhere.filter(source_id=bed.pk, until=None):
            setting.until = max(on, setting.since)
            setting.save(update_fields=["until"])


def _need(bed: HomeBed, *states: HomeBedState) -> None:
    if bed.state not in states:
        raise Refused(
            "home_bed_state",
            "This is not possible while the family care bed is “{state}”. Reload the page and choose again.",
            state=bed.get_state_display(),
        )


def _touched(bed: HomeBed, actor: Actor, at: datetime) -> None:
    bed.drafted_by_id, bed.drafted_by, bed.drafted_at = actor.id, actor.name[:80], at


def _minutes(value: int) -> int:
    if not 1 <= value <= MOST_MINUTES:
        raise Refused(
            "month_minutes",
            "Agree on at least one minute and at most the hours in a month.",
            field="month_minutes",
        )
    return value


def _plan(person_id: UUID, text: str) -> bytes:
    clean = normalise(text, lines=True, field="plan")
    if len(clean) > 1000:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field="plan", most=1000
        )
    return _sealed(person_id, clean)


def _sealed(person_id: UUID, text: str) -> bytes:
    return seal(person_id, text) if text else b""
