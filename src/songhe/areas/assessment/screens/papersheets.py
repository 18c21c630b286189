"""The report of a census as a paper."""

from __future__ import annotations

from django.utils.translation import gettext

from songhe.areas.assessment.models import Census, Outcome
from songhe.engines.regions.tree import full_name
from songhe.kit.pdf import Column, Paper
from songhe.kit.words import is_chinese


def census_report(census: Census) -> bytes:
    """What was signed, with its hash; drawn from the kept report alone, so that it never changes."""
    assert census.locked_at is not None
    report = census.report
    paper = Paper(
        title=census.title,
        issuer=full_name(census.region_id),
        number=f"{census.since:%Y%m%d}-{census.report_hash[:8]}",
        at=census.locked_at,
    )
    expected = sum(place["expected"] for place in report["places"])
    missing = sum(place["missing"] for place in report["places"])
    paper.facts(
        [
            (gettext("From"), report["since"]),
            (gettext("Until"), report["until"]),
            (gettext("From the age of"), str(report["min_age"])),
            (gettext("To be asked"), f"{expected:,}"),
            (gettext("Still missing"), f"{missing:,}"),
            (gettext("Signed by"), report["signed_by"]),
        ]
    )
    heads = [
        Column(gettext("Town, village or community"), 30),
        Column(gettext("To be asked"), 14, number=True),
    ]
    heads += [Column(str(outcome.label), 14, number=True) for outcome in Outcome]
    heads.append(Column(gettext("Still missing"), 14, number=True))
    paper.table_of(heads, [_row(place) for place in report["places"]])
    language = "zh" if is_chinese() else "en"
    paper.table_of(
        [
            Column(gettext("Tier proposed"), 40),
            Column(gettext("Basis"), 70),
            Column(gettext("Persons"), 16, number=True),
        ],
        [[tier[language], tier["because"][language], f"{tier['count']:,}"] for tier in report["tiers"]],
    )
    paper.note(gettext("Hash of the report (SHA-256): {hash}").format(hash=census.report_hash))
    paper.seals([gettext("Signed by"), gettext("Checked by"), gettext("Office (seal)")])
    return paper.finished()


def _row(place: dict[str, object]) -> list[str]:
    outcomes = place["outcomes"]
    assert isinstance(outcomes, dict)
    return [
        str(place["name"]),
        f"{place['expected']:,}",
        *(f"{outcomes[outcome]:,}" for outcome in Outcome.values),
        f"{place['missing']:,}",
    ]
