"""What an installation says about its desk: norms, queues, skills, breaks and the parts of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from songhe.core.labels import Label
from songhe.core.sources import DataError, label, part, rows, text, whole

WHERE = "lines"


@dataclass(frozen=True, slots=True)
class Part:
    """One shift of the day, in local time; one that ends before it begins goes over midnight."""

    code: str
    label: Label
    begins: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything an installation says about its desk."""

    answer_seconds: int
    connected_bp: int
    other_media_seconds: int
    call_back_hours: int
    wrap_up_seconds: int
    late_seconds: int
    silent_hours: int
    queues: Mapping[str, Label]
    skills: Mapping[str, Label]
    breaks: Mapping[str, Label]
    parts: tuple[Part, ...]
    source: str
    assumed: Label | None


def build_terms(data: Mapping[str, Any]) -> Terms:
    """Terms from the data file."""
    norms = {
        name: whole(data, name, WHERE)
        for name in (
            "answer_seconds", "connected_bp", "other_media_seconds", "call_back_hours", "wrap_up_seconds", "late_seconds",
            "silent_hours",
        )
    }  # fmt: skip
    if not 0 < norms["connected_bp"] <= 10_000:
        raise DataError(f"{WHERE}: connected_bp is 1 to 10000.")
    if not norms["silent_hours"]:
        raise DataError(f"{WHERE}: silent_hours is 1 or more.")
    parts = tuple(
        Part(text(row, "code", WHERE), label(row, WHERE), _clock(row, "begins"), _clock(row, "ends"))
        for row in rows(data, "parts", WHERE)
    )
    if len({one.code for one in parts}) != len(parts):
        raise DataError(f"{WHERE}: parts of the day are given twice.")
    assumed = data.get("assumed")
    return Terms(
        **norms,
        queues=_labels(data, "queues"),
        skills=_labels(data, "skills"),
        breaks=_labels(data, "breaks"),
        parts=parts,
        source=text(data, "source", WHERE),
        assumed=label(assumed, f"{WHERE}, assumed") if assumed else None,
    )


def _labels(data: Mapping[str, Any], key: str) -> dict[str, Label]:
    return {str(code): label(row, f"{WHERE}, {key} {code}") for code, row in part(data, key, WHERE).items()}


def _clock(row: Mapping[str, Any], key: str) -> time:
    try:
        return time.fromisoformat(text(row, key, WHERE))
    except ValueError as fault:
        raise DataError(f'{WHERE}: {key} is a time like "07:30".') from fault
