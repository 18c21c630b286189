"""The summary of a census as it is signed: counts only, nobody by name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from songhe.areas.assessment.models import Census, Outcome
from songhe.areas.assessment.queries.screening import progress, tiers
from songhe.engines.access.api import Actor, Scope


def report_of(census: Census, scope: Scope, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Each place with what was found there, and how many persons are proposed for each tier by which rule."""
    counted = tiers(census, scope)
    return {
        "census": str(census.pk),
        "region": census.region_id,
        "since": census.since.isoformat(),
        "until": census.until.isoformat(),
        "min_age": census.min_age,
        "signed_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "signed_by": actor.name,
        "places": [
            {
                "code": line.code,
                "name": line.name,
                "expected": line.expected,
                "missing": line.missing,
                "outcomes": {outcome: line.of(outcome) for outcome in Outcome.values},
            }
            for line in progress(census, scope, census.region_id)
        ],
        "tiers": [
            {
                "code": tier.code,
                "en": tier.label.en,
                "zh": tier.label.zh,
                "because": {"en": tier.because.en, "zh": tier.because.zh},
                "count": counted[tier.code],
            }
            for tier in census.questionnaire.tiers
        ],
    }
