"""Contracts under which somebody else runs a site."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.files import Fen
from songhe.areas.providers.actions.keeping import SCAN, Upload, keep_file
from songhe.areas.providers.actions.register import dated, filed, open_site, recount
from songhe.areas.providers.actions.words import words
from songhe.areas.providers.models import ContractKind, Facility, Operation, Organisation, State
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

LONGEST = 50 * 366  # days
NOTHING = Fen(0)
Operator = Annotated[Organisation, Field(label=_("Operator"))]


@act("providers.licence")
def entrust_facility(  # noqa: PLR0913  the form asks for each
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[ContractKind, Field(label=_("Kind"))],
    operator: Operator,
    owner_name: Annotated[str, Field(label=_("Commissioning party"), size=120)],
    since: Annotated[date, Field(label=_("First day"))],
    until: Annotated[date, Field(label=_("Last day"))],
    number: Annotated[str, Field(label=_("Contract number"), size=60)] = "",
    fen_per_year: Annotated[
        Fen,
        Field(
            label=_("Annual fee (yuan)"),
            help=_("Paid to the operator; negative if the operator pays the owner"),
        ),
    ] = NOTHING,
    professional: Annotated[bool, Field(label=_("Professional operator"))] = False,
    file: Annotated[Upload | None, SCAN] = None,
) -> Operation:
    """Enter a signed contract; while it is in force the site is the operator's and runs in this way."""
    open_site(facility)
    if operator.state != State.ACTIVE:
        raise Refused(
            "not_active", "The organisation is not operating, so it cannot run a site.", field="operator"
        )
    if not 0 <= (until - since).days <= LONGEST:
        raise Refused(
            "wrong_day", "The last day comes after the first, at most fifty years later.", field="until"
        )
    row = Operation(
        kind=kind, operator=operator, owner_name=words(owner_name, field="owner_name", most=120, needed=True),
        number=words(number, field="number", most=60), since=since, until=until, fen_per_year=fen_per_year,
        professional=professional, entered_by=str(getattr(actor, "name", "") or "")[:80], entered_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            filed(facility, row).save(force_insert=True)
    except IntegrityError as fault:
        if "one_operation_at_a_time" not in str(fault):
            raise
        raise Refused(
            "one_operation_at_a_time",
            "Another contract is in force on some of these days. End that one first, or choose other days.",
            field="since",
        ) from None
    keep_file(file, facility, about=row.pk, actor=actor, at=at)
    if row.holds(timezone.localdate(at)):
        hand_over(row, facility, actor=actor, at=at)
    recount([facility])
    return row


@act("providers.licence")
def end_operation(
    operation: Operation,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Last day"))],
    reason: Annotated[str, Field(label=_("Reason"), size=200)],
) -> Operation:
    """End a contract before its term; the next one may begin the day after."""
    if not operation.since <= on <= operation.until:
        raise Refused(
            "wrong_day", "The contract runs from {since} to {until}; it ends on one of these days.", field="on",
            since=operation.since, until=operation.until,
        )  # fmt: skip
    operation.until, operation.ended_why = on, words(reason, field="reason", most=200, needed=True)
    operation.save()
    return operation


@act("providers.licence")
def attach_to_operation(
    operation: Operation,
    *,
    actor: Actor,
    at: datetime,
    file: Annotated[Upload, SCAN],
) -> Operation:
    """Keep a scan of the contract or of an addendum."""
    kept = keep_file(file, operation.facility, about=operation.pk, actor=actor, at=at)
    add_detail(file=str(kept))
    return operation


def hand_over(operation: Operation, facility: Facility, *, actor: Actor, at: datetime) -> None:
    """Let the register say what a contract in force says: who runs the site, and how."""
    operation.in_effect = True
    operation.save(update_fields=["in_effect"])
    first = max(operation.since, facility.since or operation.since)
    if facility.state == State.CLOSED:
        return
    with dated(facility, on=first, actor=actor, at=at, note=operation.number):
        facility.organisation_id, facility.mode = operation.operator_id, operation.kind
        try:
            with transaction.atomic():
                facility.save()
        except IntegrityError as fault:
            if "one_site_of_a_name" not in str(fault):
                raise
            raise Refused(
                "site_known",
                "The organisation has a site of this kind called “{name}” already.",
                field="operator",
                name=facility.name,
            ) from None


@act("providers.licence")
def begin_operation(operation: Operation, *, actor: Actor, at: datetime) -> Operation:
    """Let a contract whose first day has come take effect."""
    facility = Facility.everywhere.select_for_update(no_key=True).get(pk=operation.facility_id)
    hand_over(operation, facility, actor=actor, at=at)
    return operation


def turn_operations(*, at: datetime) -> int:
    """Let contracts that have begun take effect; returns how many did."""
    today = timezone.localdate(at)
    due = Operation.everywhere.filter(since__lte=today, until__gte=today, in_effect=False)
    return len([begin_operation(row, actor=SYSTEM, at=at) for row in due])
