"""Signatures and evidence of an assessment, and who may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from songhe.areas.assessment.models import Assessment, Evidence, Signature
from songhe.engines.access.api import Scope, elevated


def may_read(row: Assessment, user: Any) -> bool:
    """Answers and papers are for the two assessors and for those who review in this region."""
    if row.is_assessor(user.pk):
        return True
    return bool(user.may("assessment.review")) and user.scope("assessment.review").holds(row.region_id)


def signature_of(row: Assessment) -> Signature | None:
    """The signature of whoever gave the information, if it stands for the answers as they are."""
    if row.answers is None:
        return None
    found: Signature | None = (
        Signature.everywhere.filter(assessment_id=row.pk, digest=bytes(row.answers.digest))
        .order_by("-at")
        .first()
    )
    return found


def evidence_of(row: Assessment, scope: Scope) -> list[Evidence]:
    """The papers behind an assessment."""
    return list(Evidence.objects.within(scope).filter(assessment=row).order_by("at", "id"))


def may_open(about_id: UUID, user: Any) -> bool:
    """Whether a user may open a file that is about an assessment; files about anything else are not asked here."""
    with elevated():  # whether the file belongs to an assessment must not depend on who asks
        row = Assessment.everywhere.filter(pk=about_id).first()
    return row is None or may_read(row, user)
