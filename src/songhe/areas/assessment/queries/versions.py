"""Versions of a form that came second, and where they differ from the one that is kept."""

from __future__ import annotations

from collections.abc import Mapping

from songhe.areas.assessment.models import Assessment, Version
from songhe.core.scoring import Answer, Form
from songhe.engines.vault.api import reveal_json


def plain(version: Version) -> dict[str, Answer]:
    """The open answers of a version. Showing them is a read that the caller logs."""
    said = reveal_json(version.person_id, version.answers_sealed) or {}
    return {code: tuple(given) if isinstance(given, list) else given for code, given in said.items()}


def waiting(row: Assessment) -> list[Version]:
    """Versions that nobody has decided about."""
    rows = Version.everywhere.filter(assessment=row, state=Version.State.WAITING)
    return list(rows.order_by("at", "id"))


def differing(form: Form, one: Mapping[str, Answer], other: Mapping[str, Answer]) -> list[str]:
    """The questions that two versions answer otherwise, in the order of the form."""
    codes = [field.code for field in form.fields] + [item.code for item in form.items]
    return [code for code in codes if one.get(code) != other.get(code)]
