"""A town's month for stories about claims: visits that were given, minutes, a fund, and who has a part in it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.claims.models import Claim, ClaimLine, SampleCheck, State, TownPart
from songhe.areas.contracts.models import Contract
from songhe.areas.finance import actions as finance
from songhe.areas.finance.models import Fund
from songhe.areas.finance.queries import grant_code
from songhe.areas.visits.models import Order, OrderState, Visit, VisitState
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.cases.api import Case
from songhe.engines.ledger.api import Owner, OwnerKind, Unit, account_of, carry, post
from songhe.engines.regions.models import Region
from songhe.kit.clock import today

PRICE = 8_000
"""Fen for one assisted bath (0103), of which a contract charges 60 minutes to the grant."""
PDF = b"%PDF-1.4 invoice"


def last_month() -> date:
    """The first day of last month."""
    return (today().replace(day=1) - timedelta(days=1)).replace(day=1)


def client(role: str, region: int = make.COUNTY, holder: Any = None) -> Client:
    """Somebody with a role, logged in."""
    return providers.client_of(user(role, region, holder))


def user(role: str, region: int = make.COUNTY, holder: Any = None) -> User:
    """Somebody with a role."""
    return make.user(role, region, holder_id=holder.pk if holder else None)


def town() -> visits.Town:
    """A town whose contracts held last month, too."""
    made = visits.town()
    since = last_month() - timedelta(days=200)
    for contract in Contract.everywhere.all():
        Contract.everywhere.filter(pk=contract.pk).update(since=since)
        contract.versions.update(since=since)  # type: ignore[attr-defined]
    return made


def given(
    where: visits.Town, day: int, minutes: int = 60, *, month: date | None = None, **values: Any
) -> Visit:
    """A visit of last month that was done without a flag: promised ahead, as orders are, and then set back."""
    flags, hour = values.pop("flags", []), values.pop("hour", 9)
    visit = visits.visit(where, start=visits.morning(day, hour), **values)
    start = timezone.make_aware(datetime.combine((month or last_month()).replace(day=day), time(hour)))
    end = start + timedelta(minutes=minutes)
    Visit.everywhere.filter(pk=visit.pk).update(
        state=VisitState.DONE, starts_at=start, ends_at=end, arrived_at=start, left_at=end, minutes=minutes, flags=flags,
        looked_at=end,
    )  # fmt: skip
    Order.everywhere.filter(pk=visit.order_id).update(
        state=OrderState.COMPLETED,
        completed_at=end,
        wanted_from=start,
        wanted_until=end,
        disposition="completed",
    )
    Case.everywhere.filter(pk=visit.order.case_id).update(state=OrderState.COMPLETED)
    visit.refresh_from_db()
    return visit


def granted(where: visits.Town, minutes: int, month: date | None = None, *, person: Any = None) -> None:
    """Minutes of home service for last month."""
    served, at = person or where.person, timezone.now()
    owner = Owner(OwnerKind.PERSON, served.pk, served.region_id)
    source = Owner(OwnerKind.REGION, where.organisation.pk, make.COUNTY)
    to = account_of(owner, grant_code(month or last_month()), unit=Unit.MINUTE, at=at)
    out = account_of(source, "granted", unit=Unit.MINUTE, at=at, may_overdraw=True)
    post(carry(out.pk, to.pk, minutes), key=f"grant {to.pk}", kind="entitlement.grant", at=at, actor=SYSTEM)


def fund(fen: int = 1_000_000, year: int | None = None) -> Fund:
    """The county's fund for the year of last month."""
    county, at = Region.objects.get(pk=make.COUNTY), timezone.now()
    made = finance.open_fund(actor=SYSTEM, at=at, region=county, year=year or last_month().year, name="资金")
    if fen:
        finance.allot(made, actor=SYSTEM, at=at, amount=finance.Fen(fen), document="财社〔2026〕1号")
    return made


def drawn_up(
    where: visits.Town, manager: Client | None = None, *, status: int = 302, month: date | None = None
) -> Claim:
    """Drawn up through the form."""
    by = manager or client("organisation_manager", holder=where.organisation)
    answer = by.post(
        "/claims/do/draw_up/",
        {
            "organisation": str(where.organisation.pk),
            "region": make.COUNTY,
            "month": (month or last_month()).isoformat(),
        },
    )
    assert answer.status_code == status, answer.context["form"].errors
    return Claim.everywhere.filter(organisation=where.organisation).latest("drawn_up_at")


def invoice(claim: Claim, **values: Any) -> dict[str, Any]:
    """The form of an invoice for what is claimed."""
    return {
        "number": f"发票{claim.number}", "on": today().isoformat(), "amount": f"{claim.claimed_fen / 100:.2f}",
        "file": SimpleUploadedFile("发票.pdf", PDF, "application/pdf"), "difference": "",
    } | values  # fmt: skip


def filed(where: visits.Town, manager: Client | None = None, *, month: date | None = None) -> Claim:
    """Drawn up, invoiced and filed through the forms."""
    by = manager or client("organisation_manager", holder=where.organisation)
    claim = drawn_up(where, by, month=month)
    answer = by.post(f"/claims/{claim.pk}/enter_invoice/", invoice(claim))
    assert answer.status_code == 302, answer.context["form"].errors
    answer = by.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash})
    assert answer.status_code == 302, answer.context["form"].errors
    claim.refresh_from_db()
    assert claim.state == State.FILED
    return claim


def sampled(claim: Claim, officer: Client, found: str = "given", **more: Any) -> None:
    """Drawn by the officer; every visit checked by a village worker with the same result."""
    assert officer.post(f"/claims/{claim.pk}/draw_sample/").status_code == 302
    for check in SampleCheck.everywhere.filter(claim=claim):
        caller = client("village_officer", check.region_id)
        form = {"how": "called", "found": found} | more
        answer = caller.post(f"/claim-samples/{check.pk}/check/", form)
        assert answer.status_code == 302, answer.context["form"].errors


def accepted_by_towns(claim: Claim) -> None:
    """Every town accepts its lines."""
    for part in TownPart.everywhere.filter(claim=claim):
        answer = client("town_officer", part.region_id).post(f"/town-acceptances/{part.pk}/accept/")
        assert answer.status_code == 302, answer.context["form"].errors


def scored(
    where: visits.Town,
    *,
    manager: Client | None = None,
    found: str = "given",
    month: date | None = None,
    **more: Any,
) -> Claim:
    """Everything up to the score."""
    claim, officer = filed(where, manager, month=month), client("county_officer")
    sampled(claim, officer, found, **more)
    accepted_by_towns(claim)
    answer = officer.post(f"/claims/{claim.pk}/score/")
    assert answer.status_code == 302, answer.context["form"].errors
    claim.refresh_from_db()
    return claim


def accepted(where: visits.Town, **more: Any) -> Claim:
    """Everything up to the acceptance by the county."""
    manager = client("organisation_manager", holder=where.organisation)
    claim = scored(where, manager=manager, **more)
    assert manager.post(f"/claims/{claim.pk}/agree/").status_code == 302
    answer = client("county_officer").post(f"/claims/{claim.pk}/accept/")
    assert answer.status_code == 302, answer.context["form"].errors
    claim.refresh_from_db()
    return claim


def lines(claim: Claim) -> list[ClaimLine]:
    """The lines in their order."""
    return list(ClaimLine.everywhere.filter(claim=claim).order_by("on", "id"))


def adds_up(claim: Claim) -> bool:
    """Whether claimed = paid + deducted + refused, for each line and, with what is given back, for the claim."""
    found = lines(claim)
    claim.refresh_from_db()
    parts = ("claimed_fen", "net_fen", "deducted_fen", "refused_fen")
    sums = {name: sum(getattr(line, name) for line in found) for name in parts}
    sums["net_fen"] += claim.returned_fen
    each = all(line.claimed_fen == line.net_fen + line.deducted_fen + line.refused_fen for line in found)
    return each and all(getattr(claim, name) == sums[name] for name in parts)


def now_in(month: date) -> datetime:
    """A moment in a month."""
    return timezone.make_aware(datetime.combine(month.replace(day=3), time(9)))
