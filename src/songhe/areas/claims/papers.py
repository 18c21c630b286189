"""Papers of claims: the claim with its lines, deductions and score for the organisation, and a person's month for the family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext

from songhe.areas.claims.limits import part_name
from songhe.areas.claims.models import Claim, ClaimLine, Score
from songhe.areas.claims.queries.billing import Month
from songhe.areas.claims.queries.fines import taken
from songhe.areas.providers.api import item_name
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import Visit, VisitState
from songhe.engines.regions.tree import full_name
from songhe.kit.pdf import Column, Paper
from songhe.kit.words import spent, yuan


def claim_statement(
    claim: Claim, lines: Iterable[ClaimLine], score: Score | None, names: Mapping[str, str], *, at: datetime
) -> bytes:
    """The statement of a claim. ``names``: masked, by person id."""
    paper = Paper(
        title=gettext("Claim for purchased home service, {month}").format(month=f"{claim.month:%Y-%m}"),
        issuer=full_name(claim.region_id),
        number=claim.number,
        at=at,
    )
    paper.facts(
        [
            (gettext("Organisation"), claim.organisation.name),
            (gettext("State"), str(claim.get_state_display())),
            (gettext("Claimed"), yuan(claim.claimed_fen)),
            (gettext("Refused amount"), yuan(claim.refused_fen)),
            (gettext("Deducted"), yuan(claim.deducted_fen)),
            (gettext("Net amount payable"), yuan(claim.net_fen)),
            (gettext("Invoice number"), claim.invoice_number or "—"),
            (gettext("Score"), _score(score)),
        ]
    )
    if score is not None:
        paper.table_of(
            [Column(gettext("Part"), 40), Column(gettext("Weight"), 15, number=True), Column(gettext("Earned"), 30, number=True)],
            [[part_name(one["code"]), str(one["weight"]), _earned(one["earned_bp"])] for one in score.parts],
        )  # fmt: skip
    for title, sign in ((gettext("Deducted"), 1), (gettext("Deductions refunded"), -1)):
        if shown := [[number, on, yuan(sign * fen)] for number, on, fen in taken(score) if sign * fen > 0]:
            paper.table_of([Column(gettext("Complaint"), 40), Column(gettext("Decided or withdrawn on"), 30), Column(title, 25, number=True)], shown)  # fmt: skip
    paper.table_of(
        [
            Column(gettext("Date of service"), 18), Column(gettext("Person"), 12), Column(gettext("Service"), 30),
            Column(gettext("Minutes"), 11, number=True), Column(gettext("Claimed"), 16, number=True),
            Column(gettext("Refused amount"), 16, number=True), Column(gettext("Deducted"), 14, number=True),
            Column(gettext("Net amount payable"), 16, number=True), Column(gettext("Remark"), 22),
        ],
        [*(_row(line, names) for line in lines), *_returned(claim)],
        totals=[
            gettext("Total"), "", "", "", yuan(claim.claimed_fen), yuan(claim.refused_fen), yuan(claim.deducted_fen),
            yuan(claim.net_fen), "",
        ],
        size=8,
    )  # fmt: skip
    paper.seals(
        [gettext("Organisation (seal)"), gettext("Accepted by the towns"), gettext("Accepted by the county")]
    )
    return paper.finished()


def person_statement(
    person: Person, name: str, month: date, found: Month, *, issuer: int, at: datetime
) -> bytes:
    """A person's month: visits, minutes, what the fund paid, and what is owed."""
    paper = Paper(
        title=gettext("Home service in {month}").format(month=f"{month:%Y-%m}"),
        issuer=full_name(issuer),
        number=f"{month:%Y%m}-{person.pk.hex[-8:].upper()}",
        at=at,
    )
    paper.facts(
        [
            (gettext("Person"), name),
            (gettext("Number of visits"), f"{len(found.visits):,}"),
            (gettext("Minutes used of the grant"), spent(found.used)),
            (gettext("Minutes left of the grant"), spent(found.left)),
            (gettext("Paid by the fund (yuan)"), yuan(found.fund_fen)),
            (gettext("Billed to the person (yuan)"), yuan(found.billed_fen)),
            (gettext("Still owed (yuan)"), yuan(found.open_fen)),
        ]
    )
    paper.table_of(
        [
            Column(gettext("Arrived"), 24), Column(gettext("Service"), 32), Column(gettext("Organisation"), 34),
            Column(gettext("Minutes"), 11, number=True), Column(gettext("Paid by the fund"), 18, number=True),
            Column(gettext("Paid by the person"), 18, number=True),
        ],
        [
            [
                f"{timezone.localtime(one.visit.arrived_at):%m-%d %H:%M}" if one.visit.arrived_at else "", _served(one.visit),
                one.visit.organisation.name, str(one.visit.settled_minutes), yuan(one.fund_fen), yuan(one.own_fen),
            ]
            for one in found.visits
        ],
    )  # fmt: skip
    paper.seals([gettext("Organisation (seal)"), gettext("Person or family")])
    return paper.finished()


def _served(visit: Visit) -> str:
    vain = visit.state == VisitState.IN_VAIN
    return f"{visit.item_label} · {visit.get_state_display()}" if vain else visit.item_label


def _row(line: ClaimLine, names: Mapping[str, str]) -> list[str]:
    return [
        f"{line.on:%Y-%m-%d}", names.get(str(line.person_id), "—"), item_name(line.item), f"{line.minutes:,}",
        yuan(line.claimed_fen), yuan(line.refused_fen), yuan(line.deducted_fen), yuan(line.net_fen),
        str(line.get_state_display()),
    ]  # fmt: skip


def _returned(claim: Claim) -> list[list[str]]:
    """What was deducted too much before, as a line of its own."""
    if not claim.returned_fen:
        return []
    return [["", "", gettext("Deductions refunded"), "", "", "", "", yuan(claim.returned_fen), ""]]


def _score(score: Score | None) -> str:
    if score is None:
        return "—"
    return gettext("{score} of 100, {deduct} % deducted").format(
        score=score, deduct=f"{score.deduct_bp / 100:g}"
    )


def _earned(bp: int | None) -> str:
    return gettext("too few to count") if bp is None else f"{bp / 100:.0f} %"
