"""Signature and evidence on the page of an assessment, and who may open their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from songhe.areas.assessment.models import Assessment
from songhe.areas.assessment.queries.papers import evidence_of, may_open, may_read, signature_of
from songhe.engines.vault.models import Attachment
from songhe.kit.pages import file_guard
from songhe.kit.who import who


@file_guard
def _opens(file: Attachment, user: Any) -> bool:
    return may_open(file.about_id, user)


def papers(row: Assessment, request: HttpRequest) -> Mapping[str, Any]:
    """The signature for everybody who sees the assessment; its picture and the evidence for those who read answers."""
    user = who(request)
    opens = may_read(row, user)
    return {
        "signature": signature_of(row),
        "opens": opens,
        "evidence": evidence_of(row, user.scope("assessment.view")) if opens else [],
    }
