"""What persons pay themselves: consents, the bills of a month, receipts. No fen of it touches a fund."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.models import Bill, BillLine, BillState, PayConsent, Receipt
from songhe.areas.claims.queries.billing import to_bill
from songhe.areas.contracts.api import in_yuan
from songhe.areas.finance.api import Fen
from songhe.areas.providers.api import Organisation
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import mark_settled
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.ledger.api import Account, Owner, OwnerKind, Unit, account_of, carry, post
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field


def _own(row: Any, user: Any) -> Any:
    return Organisation.objects.within(user.scope("claims.bill"))


Own = Annotated[Organisation, Field(label=_("Organisation"), among=_own)]
Whom = Annotated[Person, Field(label=_("Person"))]


@act("claims.bill")
def enter_consent(
    *,
    actor: Actor,
    at: datetime,
    organisation: Own,
    person: Whom,
    since: Annotated[date, Field(label=_("From"))],
    given_by: Annotated[str, Field(label=_("Given by"), help=_("The person, or which relative"), size=80)],
    document: Annotated[str, Field(label=_("Document"), help=_("Where the consent is kept"), size=120)],
) -> PayConsent:
    """Enter that a person agrees to pay the organisation what goes beyond the grant."""
    if since > timezone.localdate(at):
        raise Refused("in_future", "A consent counts from the day on which it was given.", field="since")
    words = {"given_by": _line(given_by, "given_by", 80), "document": _line(document, "document", 120)}
    if PayConsent.everywhere.filter(person=person, organisation=organisation, until=None).exists():
        raise Refused("consented", "This person's consent is entered already.", field="person")
    made: PayConsent = PayConsent.everywhere.create(
        person=person, organisation=organisation, region_id=person.region_id, since=since, by=actor.name[:80], at=at, **words
    )  # fmt: skip
    return made


@act("claims.bill")
def end_consent(
    consent: PayConsent, *, actor: Actor, at: datetime, until: Annotated[date, Field(label=_("Last day"))]
) -> PayConsent:
    """End a consent; what was given until then is still billed."""
    if until < consent.since:
        raise Refused("term", "The last day must not lie before the first.", field="until")
    consent.until = until
    consent.save(update_fields=["until"])
    return consent


@act("claims.bill")
def make_bills(
    *,
    actor: Actor,
    at: datetime,
    organisation: Own,
    month: Annotated[date, Field(label=_("Month"), help=_("Any day of the month"))],
) -> Bill:
    """Bill every person for what he or she pays of a month and was not billed yet; returns the last bill.

    These are orders at the person's own cost, and of claims that finance approved the person's share and what goes beyond
    the grant with consent.
    """
    period = Period.holding(month)
    if period.end > timezone.localdate(at):
        raise Refused("month_open", "This month is not over. Choose an earlier one.", field="month")
    with elevated():  # two at once would take one number
        Organisation.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
    by_person: defaultdict[UUID, list[BillLine]] = defaultdict(list)
    for line in to_bill(organisation.pk, period):
        by_person[line.person_id].append(line)
    if not by_person:
        raise Refused("nothing", "Everything owed for this month has been billed.", field="month")
    made = [
        _billed(organisation, period, lines, actor=actor, at=at) for _key, lines in sorted(by_person.items())
    ]
    add_detail(bills=len(made), fen=sum(bill.fen for bill in made))
    return made[-1]


@act("claims.bill", verb="claims.receipt")
def enter_receipt(
    bill: Bill,
    *,
    actor: Actor,
    at: datetime,
    amount: Annotated[Fen, Field(label=_("Amount (yuan)"))],
    on: Annotated[date, Field(label=_("Paid on"))],
    reference: Annotated[str, Field(label=_("Receipt number"), size=80)],
) -> Bill:
    """Enter what a person paid on a bill; one receipt number counts once."""
    if not 0 < amount <= bill.open_fen:
        raise Refused(
            "receipt_amount", "Enter more than zero and at most the {left} yuan that are open.", field="amount",
            left=in_yuan(bill.open_fen),
        )  # fmt: skip
    if on > timezone.localdate(at) or on < bill.month:
        raise Refused("receipt_day", "Enter the day on which it was paid.", field="on")
    number = _line(reference, "reference", 80)
    try:
        with transaction.atomic():
            receipt = Receipt.everywhere.create(
                bill=bill, person_id=bill.person_id, organisation_id=bill.organisation_id, region_id=bill.region_id,
                fen=amount, on=on, reference=number, by=actor.name[:80], at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("receipt_used", "This receipt number is entered already.", field="reference") from None
    owes, owed = accounts(bill.person, bill.organisation, at=at)
    moves = carry(owed.pk, owes.pk, amount, about_id=bill.pk)
    post(moves, key=f"claims.receipt:{receipt.pk}", kind="claims.receipt", at=at, actor=actor, about=bill)
    bill.paid_fen += amount
    bill.state = BillState.OPEN if bill.open_fen else BillState.PAID
    bill.save(update_fields=["paid_fen", "state"])
    return bill


def accounts(person: Person, organisation: Organisation, *, at: datetime) -> tuple[Account, Account]:
    """What a person owes on bills, and what an organisation is owed on them; what is owed stands below nothing."""
    owner = Owner(OwnerKind.PERSON, person.pk, person.region_id)
    owes = account_of(owner, "bill", unit=Unit.FEN, at=at, may_overdraw=True)
    body = Owner(OwnerKind.ORGANISATION, organisation.pk, organisation.region_id)
    return owes, account_of(body, "billed", unit=Unit.FEN, at=at, name=organisation.name)


def _billed(
    organisation: Organisation, period: Period, lines: Sequence[BillLine], *, actor: Actor, at: datetime
) -> Bill:
    fen = sum(line.fen for line in lines)
    with elevated():  # the tie to a person may have ended since the visit
        person = Person.everywhere.get(pk=lines[0].person_id)
    made = Bill(
        id=uuid7(), number=_number(organisation, period), person=person, organisation=organisation,
        region_id=lines[0].region_id, month=period.start, fen=fen, made_by=actor.name[:80], made_at=at,
    )  # fmt: skip
    owes, owed = accounts(person, organisation, at=at)
    made.journal = post(
        carry(owes.pk, owed.pk, fen, about_id=made.pk), key=f"claims.bill:{made.pk}", kind="claims.bill", at=at,
        actor=actor, about=made,
    )  # fmt: skip
    made.save(force_insert=True)
    for line in lines:
        line.bill = made
    BillLine.everywhere.bulk_create(lines)
    own = {line.visit_id: line.minutes for line in lines if line.kind == "self"}
    mark_settled(own, batch=made.number, actor=SYSTEM, at=at)  # the order's flow lets finance alone settle
    return made


def _number(organisation: Organisation, period: Period) -> str:
    head = f"ZD-{period.start:%Y%m}-{organisation.pk.hex[-8:].upper()}-"
    return f"{head}{Bill.everywhere.filter(number__startswith=head).count() + 1:04d}"


def _line(words: str, field: str, most: int) -> str:
    clean = normalise(words, field=field)
    if not clean or len(clean) > most:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    return clean
