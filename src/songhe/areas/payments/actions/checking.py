"""Verbs of the sample that is verified before money goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.payments.models import Batch, BatchState, Found, How, PayCheck, PayLine, holder_of
from songhe.areas.payments.paying import terms
from songhe.areas.payments.queries.samples import batch_of, sample_of
from songhe.core.refusal import Refused
from songhe.core.sampling import draw, size
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, four_eyes
from songhe.kit.fields import Field


def draw_sample(batch: Batch, lines: Sequence[PayLine]) -> None:
    """Draw as many payments as the city's confidence asks for, by the hash of the batch."""
    asked = terms().batches
    number = size(len(lines), asked.tolerated_bp, asked.confidence_bp)
    by_key = {str(line.number): line for line in lines}
    drawn = [by_key[key] for key in draw(batch.hash, by_key, number)]
    PayCheck.everywhere.bulk_create(
        PayCheck(batch=batch, line=line, **holder_of(line), region_id=line.region_id)
        for line in sorted(drawn, key=lambda line: line.seq)
    )
    batch.sample = number


@act("payments.verify", verb="payments.verify")
def verify(
    check: PayCheck,
    *,
    actor: Actor,
    at: datetime,
    how: Annotated[How, Field(label=_("How"))],
    found: Annotated[
        Found,
        Field(
            label=_("Result of the verification"),
            choices=[(Found.RIGHT, Found.RIGHT.label), (Found.WRONG, Found.WRONG.label)],
        ),
    ],
    note: Annotated[
        str, Field(label=_("Note"), help=_("What is wrong, if anything."), long=True, size=400)
    ] = "",
) -> PayCheck:
    """Say what came out of a call or a visit: that the person lives, and is due the benefit. Who prepared does not verify."""
    batch = batch_of(check)
    if batch.state != BatchState.APPROVED:
        raise Refused(
            "payments.check_late",
            "The sample is verified after the approval and before the bank has the list.",
        )
    four_eyes(batch.prepared_by_id, actor)
    if found == Found.WRONG and not note.strip():
        raise Refused("payments.check_note", "Say what is wrong.", field="note")
    check.found, check.how, check.note = found, how, note
    check.by_id, check.by, check.at = actor.id, actor.name[:80], at
    check.save()
    return check


@act("payments.approve", verb="payments.explain_sample")
def explain_sample(
    batch: Batch,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[
        str,
        Field(
            label=_("Explanation"),
            help=_("Why the batch may go although something was wrong."),
            long=True,
            size=400,
        ),
    ],
) -> Batch:
    """Explain a sample that is done and not clean, so that the batch may go; the payments at fault are stopped before."""
    four_eyes(batch.prepared_by_id, actor)
    found = sample_of(batch)
    if found.open or not found.wrong:
        raise Refused("payments.nothing_to_explain", "The sample is not done, or nothing in it is wrong.")
    wrong = PayCheck.everywhere.filter(batch=batch, found=Found.WRONG, line__state="ready").count()
    if wrong:
        raise Refused(
            "payments.stop_first",
            "{count} payments found wrong are still to be paid. Stop them first.",
            count=wrong,
        )
    batch.sample_said = reason
    batch.save(update_fields=["sample_said"])
    return batch
