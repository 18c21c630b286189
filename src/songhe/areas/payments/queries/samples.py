"""How the verification of a batch stands, in numbers and in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext

from songhe.areas.payments.models import Batch, BatchState, Found, PayCheck, PayLine
from songhe.areas.payments.paying import terms
from songhe.core.sampling import at_most_bp
from songhe.engines.access.api import elevated


@dataclass(frozen=True, slots=True)
class Sample:
    """``lines`` is how many payments the sample speaks for."""

    lines: int
    drawn: int
    open: int
    wrong: int
    said: str
    confidence_bp: int

    @property
    def is_done(self) -> bool:
        """Whether the batch may go: everything verified, and right or explained."""
        return not self.open and (not self.wrong or bool(self.said))

    @property
    def text(self) -> str:
        """What it shows."""
        if self.open:
            return gettext("{done} of {drawn} verified").format(done=self.drawn - self.open, drawn=self.drawn)
        if self.wrong:
            return gettext("{wrong} of {drawn} are wrong").format(wrong=self.wrong, drawn=self.drawn)
        if not self.drawn:
            return ""
        share = at_most_bp(self.lines, self.drawn, self.confidence_bp)
        return gettext("With {confidence} % confidence at most {share} % are wrong").format(
            confidence=f"{self.confidence_bp / 100:g}", share=f"{share / 100:g}"
        )


def being_verified(*, but_by: UUID) -> list[UUID]:
    """The batches whose sample is open, but those that one prepared. They are a county's; who visits may be a village's."""
    rows = Batch.everywhere.filter(state=BatchState.APPROVED).exclude(prepared_by_id=but_by)
    with elevated():  # keys alone
        return list(rows.values_list("pk", flat=True))


def batch_of(check: PayCheck) -> Batch:
    """The batch of a drawn payment, for who sees the payment."""
    with elevated():  # its state and number, no other payment of it
        found: Batch = Batch.everywhere.get(pk=check.batch_id)
    return found


def sample_of(batch: Batch) -> Sample:
    """How the sample of a batch stands."""
    sums = PayCheck.everywhere.filter(batch=batch).aggregate(
        n=Count("id"), open=Count("id", filter=Q(found="")), wrong=Count("id", filter=Q(found=Found.WRONG))
    )
    lines = PayLine.everywhere.filter(batch=batch, state__in=["ready", "paid", "failed"]).count()
    confidence = terms().batches.confidence_bp
    return Sample(lines, sums["n"], sums["open"], sums["wrong"], batch.sample_said, confidence)
