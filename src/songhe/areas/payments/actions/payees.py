"""Verbs of payee accounts: proposed by one, confirmed by another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import HolderKind
from songhe.areas.payments.models import Holder, Payee, PayeeState
from songhe.areas.payments.paying import said, terms
from songhe.areas.payments.queries.payees import account_hash, payable_bodies, the_payable_body
from songhe.areas.payments.rules.cards import cleaned, fits
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, four_eyes
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, seal
from songhe.kit.fields import Field

OfPerson = Annotated[Person, Field(label=_("Person"))]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]


def _banks(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(code, said(bank.label)) for code, bank in terms().banks.items()]


@act("payments.payee", verb="payments.propose_payee")
def propose_payee(  # noqa: PLR0913  the form asks for each
    *,
    actor: Actor,
    at: datetime,
    person: OfPerson,
    bank: Annotated[str, Field(label=_("Bank"), choices=_banks)],
    account: Annotated[
        str,
        Field(
            label=_("Account number"), help=_("The number of the social security card's account."), size=40
        ),
    ],
    since: Annotated[date, Field(label=_("Since"))],
    whose: Annotated[Holder, Field(label=_("Whose account"))] = Holder.OWN,
    holder: Annotated[
        str, Field(label=_("Account holder"), help=_("Leave empty if it is the person."), size=60)
    ] = "",
    reason: Annotated[
        str, Field(label=_("Reason"), help=_("Why somebody else receives the money."), long=True, size=400)
    ] = "",
    until: Annotated[date | None, Field(label=_("Until"))] = None,
) -> Payee:
    """Propose an account for a person; somebody else confirms it, and only then is it used."""
    digits, name = _number(bank, account), normalise(holder)
    if whose == Holder.OWN and name and name != person.name:
        raise Refused(
            "payments.own_name",
            "The person's own account bears the person's name. Say whose it is.",
            field="holder",
        )
    if whose != Holder.OWN and not (name and reason.strip()):
        raise Refused(
            "payments.proxy_reason",
            "Somebody else's account needs its holder's name and a reason.",
            field="reason" if name else "holder",
        )
    _in_order(since, until)
    made = Payee(
        person=person, region_id=person.region_id, whose=whose, holder=name or person.name[:60], bank=bank,
        account_sealed=seal(person.pk, digits), account_hash=account_hash(digits), last_four=digits[-4:],
        reason=reason, since=since, until=until, proposed_by_id=actor.id, proposed_by=actor.name[:80],
        proposed_at=at,
    )  # fmt: skip
    return _proposed(made, field="person")


@act("payments.payee", verb="payments.propose_body_payee")
def propose_body_payee(
    *,
    actor: Actor,
    at: datetime,
    body: Annotated[
        str,
        Field(
            label=_("Facility or organisation"),
            help=_("Only those with a grant. The account bears the registered name of the organisation."),
            choices=payable_bodies,
        ),
    ],
    bank: Annotated[str, Field(label=_("Bank"), choices=_banks)],
    branch: Annotated[str, Field(label=_("Branch"), help=_("Where the account is kept."), size=80)],
    account: Annotated[
        str, Field(label=_("Account number"), help=_("Company account numbers have no check digit."), size=40)
    ],
    since: Annotated[date, Field(label=_("Since"))],
    until: Annotated[date | None, Field(label=_("Until"))] = None,
) -> Payee:
    """Propose an account of a facility's organisation, of an organisation or of a worker; somebody else confirms it."""
    found = the_payable_body(body, actor)
    digits = _number(bank, account) if found.kind == HolderKind.WORKER else _company_number(bank, account)
    _in_order(since, until)
    made = Payee(
        id=uuid7(), holder_kind=found.kind, holder_id=found.id, organisation_id=found.organisation_id,
        holder_name=found.name, region_id=found.region_id, whose=Holder.REGISTERED, holder=found.account_name,
        bank=bank, branch=normalise(branch), account_hash=account_hash(digits), last_four=digits[-4:], since=since,
        until=until, proposed_by_id=actor.id, proposed_by=actor.name[:80], proposed_at=at,
    )  # fmt: skip
    make_key(made.pk)
    made.account_sealed = seal(made.pk, digits)
    return _proposed(made, field="body")


@act("payments.payee", verb="payments.confirm_payee")
def confirm_payee(payee: Payee, *, actor: Actor, at: datetime) -> Payee:
    """Confirm what somebody else proposed; an account used before ends."""
    _need(payee, PayeeState.PROPOSED)
    four_eyes(payee.proposed_by_id, actor)
    whose = {"person_id": payee.person_id} if payee.person_id else {"holder_id": payee.holder_id}
    before = Payee.everywhere.filter(**whose, state=PayeeState.ACTIVE)
    before.update(state=PayeeState.ENDED, until=payee.since)
    return _decide(payee, PayeeState.ACTIVE, actor=actor, at=at)


@act("payments.payee", verb="payments.refuse_payee")
def refuse_payee(payee: Payee, *, actor: Actor, at: datetime, reason: Reason) -> Payee:
    """Refuse a proposal, or take one's own back."""
    _need(payee, PayeeState.PROPOSED)
    payee.reason = reason
    return _decide(payee, PayeeState.REFUSED, actor=actor, at=at)


@act("payments.payee", verb="payments.end_payee")
def end_payee(
    payee: Payee,
    *,
    actor: Actor,
    at: datetime,
    until: Annotated[date, Field(label=_("Account ends on"))],
    reason: Reason,
) -> Payee:
    """Use an account no more, so that nothing is paid until there is another; this needs nobody else."""
    _need(payee, PayeeState.ACTIVE)
    payee.until, payee.reason, payee.state = until, reason, PayeeState.ENDED
    payee.save(update_fields=["until", "reason", "state"])
    return payee


def _in_order(since: date, until: date | None) -> None:
    if until is not None and until <= since:
        raise Refused(
            "payments.until_early", "The last day lies before the first. Correct it.", field="until"
        )


def _proposed(made: Payee, *, field: str) -> Payee:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "payments.payee_waits",
            "An account of the same holder is awaiting confirmation. Confirm or refuse it first.",
            field=field,
        ) from error
    return made


def _company_number(bank: str, account: str) -> str:
    """A company's number has no check digit and no fixed length; a second person compares it with the bank's proof."""
    if bank not in terms().banks:
        raise Refused("payments.no_bank", "There is no such bank. Choose one from the list.", field="bank")
    digits, least, most = cleaned(account), *terms().company_digits
    if not least <= len(digits) <= most:
        raise Refused(
            "payments.bad_company_account",
            "The account number of a company has {least} to {most} digits. Read it again from the bank's proof.",
            field="account",
            least=least,
            most=most,
        )
    return digits


def _number(bank: str, account: str) -> str:
    found = terms().banks.get(bank)
    if found is None:
        raise Refused("payments.no_bank", "There is no such bank. Choose one from the list.", field="bank")
    digits = cleaned(account)
    if not fits(digits, found.lengths, checked=found.luhn):
        raise Refused(
            "payments.bad_account",
            "This is not an account number of that bank: it has {lengths} digits, and the last one is a check digit. Read it again from the card.",
            field="account",
            lengths="/".join(map(str, found.lengths)),
        )
    return digits


def _need(payee: Payee, state: PayeeState) -> None:
    if payee.state != state:
        raise Refused(
            "payments.payee_state",
            "This is not possible while the account is “{state}”. Reload the page and choose again.",
            state=payee.get_state_display(),
        )


def _decide(payee: Payee, state: PayeeState, *, actor: Actor, at: datetime) -> Payee:
    payee.state, payee.decided_by_id, payee.decided_by, payee.decided_at = (
        state,
        actor.id,
        actor.name[:80],
        at,
    )
    payee.save(update_fields=["state", "decided_by_id", "decided_by", "decided_at", "reason"])
    return payee
