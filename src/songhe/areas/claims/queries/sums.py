"""Sums of a claim's lines, how its sample stands, and what still has to be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext

from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import (
    Claim,
    ClaimLine,
    Dispute,
    DisputeState,
    Found,
    SampleCheck,
    Score,
    State,
    TownPart,
    Why,
)
from songhe.core.sampling import between
from songhe.engines.access.api import Scope, elevated

SUMS = ("claimed_fen", "refused_fen", "deducted_fen", "net_fen")
WRONG = (Found.SHORTER, Found.NOT_GIVEN)


def lines_of(claim: Claim, scope: Scope) -> QuerySet[ClaimLine]:
    """The lines of a claim that a reader may see."""
    rows: QuerySet[ClaimLine] = ClaimLine.objects.within(scope).filter(claim=claim)
    return rows.order_by("on", "id")


def by_state(claim: Claim) -> dict[str, tuple[int, int, int, int, int]]:
    """How many lines of each state, with their sums."""
    rows = claim.lines.order_by().values_list("state").annotate(n=Count("id"), **{n: Sum(n) for n in SUMS})
    return {state: tuple(sums) for state, *sums in rows}


@dataclass(frozen=True, slots=True)
class Sample:
    """How a sample stands: drawn, open, wrong and not reached of each kind, and between which shares the truth lies."""

    lines: int
    drawn: int
    open: int
    wrong: int
    not_given: int
    unreached: int
    risk: int
    least: int
    most: int
    confidence_bp: int

    @property
    def is_done(self) -> bool:
        """Whether everything drawn was looked at."""
        return not self.open

    @property
    def reached(self) -> int:
        """Of how many something is known."""
        return self.drawn - self.open - self.unreached

    @property
    def text(self) -> str:
        """What it shows."""
        if self.open:
            return gettext("{done} of {drawn} checked").format(done=self.drawn - self.open, drawn=self.drawn)
        if not self.reached:
            return gettext("Nobody was reached, so the sample shows nothing.")
        return gettext(
            "{wrong} of {reached} are wrong. With {confidence} % confidence between {least} and {most} of {lines} visits are wrong "
            "({low} % to {high} %)."
        ).format(
            wrong=self.wrong, reached=self.reached, confidence=f"{self.confidence_bp / 100:g}", least=self.least,
            most=self.most, lines=self.lines, low=f"{self.least * 100 / self.lines:.1f}",
            high=f"{self.most * 100 / self.lines:.1f}",
        )  # fmt: skip


def sample_of(claim: Claim) -> Sample:
    """The sample of a claim. What was drawn by its risk speaks for itself alone; what was drawn at random, for all others.

    A check that was overturned counts as given, one without an answer says nothing.
    """
    with elevated():  # drawn visits are hidden from the organisation; their sums are not
        rows = list(SampleCheck.everywhere.filter(claim=claim).values_list("why", "found", "overturned"))
        lines = claim.lines.filter(PAYABLE_LINES).count()
    wrong = [why for why, found, over in rows if found in WRONG and not over]
    known = [why for why, found, _over in rows if found not in (Found.OPEN, Found.NO_CONTACT)]
    risky = sum(why == Why.RISK for why, _found, _over in rows)
    bp = terms().sample.interval_bp
    least, most = between(lines - risky, known.count(Why.CHANCE), wrong.count(Why.CHANCE), bp)
    return Sample(
        lines=lines,
        drawn=len(rows),
        open=sum(found == Found.OPEN for _why, found, _over in rows),
        wrong=len(wrong),
        not_given=sum(found == Found.NOT_GIVEN and not over for _why, found, over in rows),
        unreached=sum(found == Found.NO_CONTACT for _why, found, _over in rows),
        risk=risky,
        least=least + wrong.count(Why.RISK),
        most=most + wrong.count(Why.RISK) + risky - known.count(Why.RISK),
        confidence_bp=bp,
    )


def being_checked(*, but_by: UUID) -> list[UUID]:
    """The claims whose sample may be checked, but those that one filed. They are a county's; who calls may be a village's."""
    with elevated():  # keys alone
        rows = Claim.everywhere.filter(state=State.FILED).exclude(filed_by_id=but_by)
        return list(rows.values_list("pk", flat=True))


def last_score(claim: Claim) -> Score | None:
    """The score that holds."""
    found: Score | None = Score.everywhere.filter(claim=claim).order_by("-version").first()
    return found


def open_disputes(claim: Claim) -> int:
    """How many disputes wait."""
    return Dispute.everywhere.filter(claim=claim, state=DisputeState.OPEN).count()


def towns_open(claim: Claim) -> int:
    """How many towns have not accepted yet."""
    return TownPart.everywhere.filter(claim=claim, accepted_at=None).count()


def checkers(claim: Claim) -> set[UUID]:
    """Who looked at the sample."""
    with elevated():
        rows = SampleCheck.everywhere.filter(claim=claim).values_list("by_id", flat=True)
        return {found for found in rows if found}


def hands(claim: Claim) -> set[UUID]:
    """Everybody who had a hand in a claim before it is accepted."""
    with elevated():
        towns = TownPart.everywhere.filter(claim=claim).values_list("accepted_by_id", flat=True)
        found = {claim.filed_by_id, claim.sampled_by_id, claim.scored_by_id, *towns, *checkers(claim)}
    return {one for one in found if one}


def claims(scope: Scope) -> QuerySet[Claim]:
    """Claims that a reader may see, with their organisations."""
    rows: QuerySet[Claim] = Claim.objects.within(scope).select_related("organisation")
    return rows


def in_states(scope: Scope, states: Iterable[str]) -> QuerySet[Claim]:
    """Those in some states, the oldest first."""
    return claims(scope).filter(state__in=list(states)).order_by("month", "number")


def sums(scope: Scope) -> dict[str, tuple[int, int, int]]:
    """By state: how many claims, fen claimed, fen to be paid."""
    rows = Claim.objects.within(scope).order_by().values_list("state")
    found = rows.annotate(n=Count("id"), claimed=Sum("claimed_fen"), net=Sum("net_fen"))
    return {state: (n, claimed, net) for state, n, claimed, net in found}


PAYABLE_LINES = Q(claimed_fen__gt=0) | Q(claimed_minutes__gt=0)
"""Lines that are claimed: money, or minutes of the grant alone where the person pays all of the price."""
