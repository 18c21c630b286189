"""The organisation's verbs: draw up, look again, file, withdraw, draw up anew what was returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.actions.common import MOST_SIGNS, move, must_be, resum, save_lines, written
from songhe.areas.claims.models import LIVE, Claim, ClaimLine, Found, SampleCheck, State, TownPart
from songhe.areas.claims.queries.drawing import Of, contracts_of, drawn_up, hash_of
from songhe.areas.contracts.api import Contract, in_yuan
from songhe.areas.finance.api import Fen
from songhe.areas.providers.api import Organisation
from songhe.areas.verification.api import look_through
from songhe.core.codes.region import COUNTY, TOWN, at_level, level_of
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import open_case
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.kit.fields import Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

MOST_INVOICE = 10**13


def _own(row: Any, user: Any) -> Any:
    return Organisation.objects.within(user.scope("claims.file"))


Own = Annotated[Organisation, Field(label=_("Organisation"), among=_own)]
Purchaser = Annotated[Region, Field(label=_("Purchaser"), help=_("A county or district"))]


@act("claims.file")
def draw_up(
    *,
    actor: Actor,
    at: datetime,
    organisation: Own,
    region: Purchaser,
    month: Annotated[date, Field(label=_("Month"), help=_("Any day of the month"))],
) -> Claim:
    """Draw up the claims of a month, one for each contract; returns the first. Lines can be looked at before they are filed."""
    period = Period.holding(month)
    if period.end > timezone.localdate(at):
        raise Refused("month_open", "This month is not over. Choose an earlier one.", field="month")
    if level_of(region.code) != COUNTY:
        raise Refused("not_county", "A purchaser is a county or district. Choose one.", field="region")
    look_through(at=at, low=region.code, high=region.upper)  # nothing is claimed that nobody compared
    made = [
        found
        for contract in contracts_of(organisation.pk, region, period)
        if (found := _made(organisation, region, period, contract, actor=actor, at=at)) is not None
    ]
    if not made:
        raise Refused(
            "nothing",
            "No visit of this month waits to be claimed, or the month was claimed already.",
            field="month",
        )
    return made[0]


@act("claims.file")
def refresh(claim: Claim, *, actor: Actor, at: datetime) -> Claim:
    """Draw the lines of a draft again: what was verified since is claimed, too."""
    must_be(claim, State.DRAFT)
    look_through(at=at, low=claim.region_id, high=claim.region.upper)
    with elevated():  # the lines lie in villages
        ClaimLine.everywhere.filter(claim=claim).delete()
    _draw(claim, at=at)
    return claim


@act("claims.file")
def enter_invoice(
    claim: Claim,
    *,
    actor: Actor,
    at: datetime,
    number: Annotated[str, Field(label=_("Invoice number"), size=40)],
    on: Annotated[date, Field(label=_("Invoice date"))],
    amount: Annotated[Fen, Field(label=_("Invoice amount (yuan)"))],
    file: Annotated[
        Upload, Field(label=_("Invoice"), help=_("A PDF or a picture"), accept="application/pdf,image/*")
    ],
    difference: Annotated[
        str,
        Field(label=_("Difference explained"), help=_("Where the invoice is not what is claimed"), size=400),
    ] = "",
) -> Claim:
    """Enter the invoice of a draft; one entered before is replaced, and its file stays with the claim."""
    must_be(claim, State.DRAFT)
    if not 0 < amount < MOST_INVOICE:
        raise Refused("invoice_amount", "The invoice amount must be above zero.", field="amount")
    if not claim.month <= on <= timezone.localdate(at):
        raise Refused(
            "invoice_day", "The invoice date must lie between the claimed month and today.", field="on"
        )
    claim.invoice_number = _number(number)
    claim.invoice_on, claim.invoice_fen = on, amount
    claim.difference = normalise(difference, lines=True, field="difference")
    _check_difference(claim)
    _keep(file, claim, actor=actor, at=at)
    _save_once(claim)
    return claim


@act("claims.file", verb="claims.file")
def file_claim(
    claim: Claim,
    *,
    actor: Actor,
    at: datetime,
    seen: Annotated[str, Field(label=_("Lines as reviewed"), hidden=True, size=64)],
) -> Claim:
    """File a claim with its invoice. The set of its lines is closed: what is verified later goes into the next claim."""
    must_be(claim, State.DRAFT)
    if not claim.visits:
        raise Refused("nothing_payable", "Nothing in this claim is payable, so there is nothing to file.")
    if not claim.invoice_number:
        raise Refused("no_invoice", "Enter the invoice first.")
    _check_difference(claim)
    if seen != claim.hash or hash_of(drawn_up(_of(claim))) != claim.hash:
        raise Refused(
            "stale",
            "The lines have changed since they were drawn up. Regenerate them, check them, then file.",
        )
    claim.filed_at, claim.filed_by_id, claim.filed_by = at, actor.id, actor.name[:80]
    move(claim, "file", actor=actor, at=at)
    claim.save()
    _close(claim)
    resum(claim)
    return claim


@act("claims.file")
def withdraw(
    claim: Claim,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=MOST_SIGNS)],
) -> Claim:
    """Take back a claim that nobody has scored; its visits can be claimed anew."""
    must_be(claim, State.DRAFT, State.FILED)
    if claim.sampled_at is not None:
        raise Refused("sampled", "The sample of this claim is drawn already, so it cannot be withdrawn.")
    claim.reason = written(reason)
    move(claim, "withdraw", actor=actor, at=at, note=claim.reason)
    claim.save()
    set_free(claim)
    return claim


@act("claims.file")
def draw_again(claim: Claim, *, actor: Actor, at: datetime) -> Claim:
    """Draw up a returned claim anew, as a claim of its own; the returned one stays as it was."""
    must_be(claim, State.RETURNED)
    period = Period.holding(claim.month)
    contract = _contract(claim)
    made = _made(claim.organisation, claim.region, period, contract, actor=actor, at=at, follows=claim)
    if made is None:
        raise Refused("claimed_already", "This month was claimed again already. Open the newer claim.")
    return made


def set_free(claim: Claim) -> None:
    """Let the visits of a claim that ended without money be claimed or settled anew."""
    with elevated():
        ClaimLine.everywhere.filter(claim=claim).update(active=False)
        TownPart.everywhere.filter(claim=claim).update(is_open=False)


def _made(
    organisation: Organisation,
    region: Region,
    period: Period,
    contract: Contract | None,
    *,
    actor: Actor,
    at: datetime,
    follows: Claim | None = None,
) -> Claim | None:
    """A draft with its lines; None where the month is claimed already or there is nothing to list."""
    rows = Claim.everywhere.filter(organisation=organisation, region=region, month=period.start)
    if rows.filter(contract=contract, state__in=LIVE).exists():
        return None
    made = Claim(
        id=uuid7(), organisation=organisation, region=region, month=period.start, contract=contract, follows=follows,
        drawn_up_at=at,
    )  # fmt: skip
    case = open_case("claim", region_id=region.pk, holder_id=organisation.pk, about=made, actor=actor, at=at)
    made.case, made.number = case, case.number
    made.save(force_insert=True)
    make_key(made.pk)
    _draw(made, at=at)
    return made


def _draw(claim: Claim, *, at: datetime) -> None:
    lines = drawn_up(_of(claim))
    for line in lines:
        line.claim = claim
    with elevated():  # visits of one organisation, in all villages of the county
        ClaimLine.everywhere.bulk_create(lines, batch_size=2_000)
    claim.hash, claim.drawn_up_at = hash_of(lines), at
    claim.save(update_fields=["hash", "drawn_up_at"])
    resum(claim)
    add_detail(lines=len(lines), hash=claim.hash)


def _of(claim: Claim) -> Of:
    return Of(claim.organisation_id, claim.region, Period.holding(claim.month), _contract(claim))


def _contract(claim: Claim) -> Contract | None:
    with elevated():  # a contract of another office may hold here
        return claim.contract


def _check_difference(claim: Claim) -> None:
    if claim.invoice_fen != claim.claimed_fen and not claim.difference:
        raise Refused(
            "invoice_differs",
            "The invoice is for {invoice} yuan, and {claimed} yuan are claimed. Explain the difference, or enter another invoice.",
            field="difference",
            invoice=in_yuan(claim.invoice_fen or 0),
            claimed=in_yuan(claim.claimed_fen),
        )
    if len(claim.difference) > MOST_SIGNS:
        raise Refused("words", "Say in 1 to {most} characters why.", field="difference", most=MOST_SIGNS)


def _number(number: str) -> str:
    clean = normalise(number, field="number")
    if not clean or len(clean) > 40:
        raise Refused("invoice_number", "Enter the number of the invoice.", field="number")
    return clean


def _save_once(claim: Claim) -> None:
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError as error:
        if "invoice_claimed_once" not in str(error):
            raise
        raise Refused(
            "invoice_used",
            "This invoice belongs to another claim already. Enter the invoice of this one.",
            field="number",
        ) from None


def _keep(file: Upload, claim: Claim, *, actor: Actor, at: datetime) -> None:
    place = Place(claim.pk, claim.pk, claim.region_id, holder_id=claim.organisation_id)
    kept = take_in(file, name=str(file.name or "invoice"), place=place, actor_id=actor.id, at=at)
    add_detail(invoice=str(kept.pk), bytes=kept.size_bytes)


def _close(claim: Claim) -> None:
    """Hold the visits that are claimed, and give each town its part."""
    towns: defaultdict[int, list[ClaimLine]] = defaultdict(list)
    with elevated():
        lines = [line for line in ClaimLine.everywhere.filter(claim=claim) if line.is_payable]
        told = _told(lines)
        for line in lines:
            line.active = True
            if line.visit_id in told:
                line.cut(told[line.visit_id])
            towns[at_level(line.region_id, TOWN)].append(line)
        save_lines(lines)
        TownPart.everywhere.bulk_create(
            TownPart(
                claim=claim, organisation_id=claim.organisation_id, region_id=town, month=claim.month,
                visits=len(found), claimed_fen=sum(line.claimed_fen for line in found),
            )
            for town, found in sorted(towns.items())
        )  # fmt: skip


def _told(lines: Iterable[ClaimLine]) -> dict[UUID, int]:
    """Minutes that persons told of visits in the sample of an earlier claim, which was returned."""
    keys = [line.visit_id for line in lines]
    rows = SampleCheck.everywhere.filter(line__visit_id__in=keys, found=Found.SHORTER, overturned=False)
    return {key: minutes for key, minutes in rows.values_list("line__visit_id", "minutes") if minutes}
