"""Last month's claims of the county shown, each further on its way than the one before; the last organisation does not claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from songhe.areas.claims import actions
from songhe.areas.claims.models import Claim, ClaimLine, Found, How, SampleCheck, TownPart
from songhe.areas.finance.rules import Fen
from songhe.areas.providers.api import Organisation
from songhe.areas.visits.api import PaidBy, Visit, month_span
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Scope, entered
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.kit.pdf import Paper
from songhe.site.demo.history import City

SAID = "老人说那天服务员只待了一会儿,没有按约定做完。"


@dataclass(frozen=True)
class Colleague:
    """Somebody without a log-in who acts for an organisation or a town."""

    name: str
    id: UUID = field(default_factory=uuid7)

    def may(self, right: str) -> bool:
        """Everything that is asked here."""
        return True

    def scope(self, right: str | None = None) -> Scope:
        """Everywhere."""
        return Scope.EVERYTHING


def claim(city: City) -> None:
    """Claims in different states, and bills of what persons paid themselves."""
    month = (localtime(city.at).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    wanted = _organisations(city, month)
    steps: list[Callable[[City, Claim], None]] = [_sampled, _scored, _accepted]
    paper = _paper(city)
    with entered(Scope.EVERYTHING):
        for organisation, step in zip(wanted[:-1], steps, strict=False):
            filed = _filed(city, organisation, month, paper)
            if filed is not None:
                step(city, filed)
        for organisation in wanted:
            _bill(city, organisation, month)


def _organisations(city: City, month: date) -> list[Organisation]:
    """Those with visits of the month that a grant pays for, the one of the front page first."""
    keys = city.providers.of_kind("home", city.shown)
    rows = Visit.everywhere.filter(organisation_id__in=keys, order__paid_by=PaidBy.ENTITLEMENT, state="done")
    rows = rows.filter(arrived_at__gte=month_span(month)[0], arrived_at__lt=month_span(month)[1])
    busy = set(rows.values_list("organisation_id", flat=True))
    found = Organisation.everywhere.in_bulk(busy)
    return [found[key] for key in keys if key in found]


def _who(city: City, organisation: Organisation) -> Actor:
    first = city.providers.of_kind("home", city.shown)[0]
    return city.users["manager"] if organisation.pk == first else Colleague(f"{organisation.name[:20]}经办人")


def _filed(city: City, organisation: Organisation, month: date, paper: bytes) -> Claim | None:
    by, region = _who(city, organisation), Region.objects.get(code=city.shown)
    try:
        made = actions.draw_up(actor=by, at=city.at, organisation=organisation, region=region, month=month)
    except Refused as refusal:
        if refusal.code != "nothing":
            raise
        return None
    if not made.visits:
        return None
    actions.enter_invoice(
        made, actor=by, at=city.at, number=f"2637{made.number[3:]}", on=localtime(city.at).date(),
        amount=Fen(made.claimed_fen), file=SimpleUploadedFile("发票.pdf", paper, "application/pdf"),
    )  # fmt: skip
    actions.file_claim(made, actor=by, at=city.at, seen=made.hash)
    return made


def _sampled(city: City, made: Claim) -> None:
    """The sample is drawn, and a half of it checked; none of it shows anything wrong so far."""
    actions.draw_sample(made, actor=city.users["county"], at=city.at)
    checks = list(SampleCheck.everywhere.filter(claim=made).order_by("id"))
    for check in checks[: len(checks) // 2]:
        _checked(city, check, Found.GIVEN)


def _checked(city: City, check: SampleCheck, found: Found) -> None:
    line = ClaimLine.everywhere.get(pk=check.line_id)
    shorter = found == Found.SHORTER
    actions.enter_check(
        check, actor=city.users["inspector"], at=city.at, how=How.CALLED, found=found,
        minutes=max(1, line.minutes // 2) if shorter else None, words=SAID if shorter else "",
    )  # fmt: skip


def _scored(city: City, made: Claim) -> None:
    """Everything is checked, one visit was shorter, and the organisation disputes that."""
    actions.draw_sample(made, actor=city.users["county"], at=city.at)
    checks = list(SampleCheck.everywhere.filter(claim=made).order_by("id"))
    long = next((check for check in checks if check.line.minutes > 1), None)
    for check in checks:
        _checked(city, check, Found.SHORTER if check == long else Found.GIVEN)
    for part in TownPart.everywhere.filter(claim=made).select_related("region"):
        actions.accept_town(part, actor=Colleague(f"{part.region.name}经办人"), at=city.at)
    actions.state_score(made, actor=city.users["county"], at=city.at)
    if long is not None:
        line, words = ClaimLine.everywhere.get(pk=long.line_id), "服务员按时签到签退,有定位和照片为证。"
        actions.dispute(line, actor=_who(city, made.organisation), at=city.at, words=words)


def _accepted(city: City, made: Claim) -> None:
    """Checked, scored, agreed with, and accepted for the county; finance is to approve."""
    actions.draw_sample(made, actor=city.users["county"], at=city.at)
    for check in SampleCheck.everywhere.filter(claim=made).order_by("id"):
        _checked(city, check, Found.GIVEN)
    for part in TownPart.everywhere.filter(claim=made).select_related("region"):
        actions.accept_town(part, actor=Colleague(f"{part.region.name}经办人"), at=city.at)
    actions.state_score(made, actor=city.users["county"], at=city.at)
    actions.agree(made, actor=_who(city, made.organisation), at=city.at)
    actions.accept(made, actor=city.users["county-2"], at=city.at)


def _bill(city: City, organisation: Organisation, month: date) -> None:
    try:
        actions.make_bills(actor=_who(city, organisation), at=city.at, organisation=organisation, month=month)
    except Refused as refusal:
        if refusal.code != "nothing":
            raise


def _paper(city: City) -> bytes:
    """A page that stands in for an invoice."""
    paper = Paper(title="电子发票(演示样张)", issuer="演示", number="样张", at=city.at)
    paper.note("本页仅作演示，不是真实发票。")
    return paper.finished()
