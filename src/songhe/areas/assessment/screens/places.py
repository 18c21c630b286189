"""The table of places of a census, with a bar for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from songhe.areas.assessment.models import Census, Outcome
from songhe.areas.assessment.queries.screening import Line
from songhe.kit.charts import progress as bar

OUTCOMES = tuple(Outcome)


def drawn(census: Census, lines: list[Line]) -> Mapping[str, Any]:
    """The table of places, with a bar for each and the sums below."""
    return {
        "outcomes": [outcome.label for outcome in OUTCOMES],
        "lines": [
            (
                line,
                reverse("assessment.census_place", args=[census.pk, line.code]),
                bar(line.done, line.expected, title=line.name, width=140),
                [(line.of(outcome), outcome.label) for outcome in OUTCOMES],
            )
            for line in lines
        ],
        "expected": sum(line.expected for line in lines),
        "missing": sum(line.missing for line in lines),
        "sums": [sum(line.of(outcome) for line in lines) for outcome in OUTCOMES],
    }
