"""Reasons for suspending, resuming and stopping a grant, as ``data/nation/grant_reasons.yaml`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.sources import label, read
from songhe.kit.words import is_chinese

GRANTED, DECEASED, OTHER = "granted", "deceased", "other"
LIFE, APPEAL = "life_certification", "appeal"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. ``last_month``: whether the month of a stop is still paid. ``said``: to the person, in plain words."""

    code: str
    label: Label
    verbs: frozenset[str]
    last_month: bool
    said: Label

    def __str__(self) -> str:
        return self.label.zh if is_chinese() else self.label.en


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, Reason]:
    """All reasons in the order of the file."""
    path = settings.DATA / "nation/grant_reasons.yaml"
    data = read(path.read_text(encoding="utf-8"), name=path.name).data
    return {
        code: Reason(
            code,
            label(row, f"{path.name}, {code}"),
            frozenset(row["for"]),
            bool(row["last_month"]),
            label(row.get("said", row), f"{path.name}, {code}"),
        )
        for code, row in data.items()
    }


def reason(code: str, verb: str = "") -> Reason:
    """One reason, for one verb where one is named; refused where the file does not offer it."""
    found = reasons().get(code)
    if found is None or (verb and verb not in found.verbs):
        raise Refused(
            "entitlement.no_such_reason",
            "This reason is not offered here. Choose one from the list.",
            field="why",
        )
    return found


def reason_text(code: str) -> str:
    """A reason in the language of the page; the code where the file no longer knows it."""
    found = reasons().get(code)
    return str(found) if found else code


def reason_said(code: str) -> str:
    """A reason as a letter tells it."""
    found = reasons().get(code)
    return code if found is None else found.said.zh if is_chinese() else found.said.en


def choices_for(verb: str) -> Callable[[Any, Any], list[tuple[str, str]]]:
    """The reasons that a verb's form offers."""

    def offered(_row: Any, _user: Any) -> list[tuple[str, str]]:
        return [(code, str(found)) for code, found in reasons().items() if verb in found.verbs]

    return offered
