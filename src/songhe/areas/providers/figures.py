"""What the register measures: the shares of coverage.yaml. Each is asked under the scope that is entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from songhe.areas.providers.queries.coverage import asked_sites, coverage_rules, meeting, standings
from songhe.areas.providers.rules.coverage import Rule
from songhe.engines.indicators.api import Row, Span, measured


def rows_of(rule: Rule, span: Span) -> Iterable[Row]:
    """Places, or sites by region: how many meet the rule, of how many."""
    day = span.last_day
    if rule.place != "sites":
        for here in standings(rule, span.low, span.high, day):
            yield here.region, int(here.met), 1
        return
    asked = asked_sites(rule, span.low, span.high, day)
    met = Counter(meeting(rule, asked, day).values_list("region_id", flat=True))
    for region, count in sorted(Counter(asked.values_list("region_id", flat=True)).items()):
        yield region, met.get(region, 0), count


def _register(rule: Rule) -> None:
    @measured(rule.code)
    def provider(span: Span) -> Iterable[Row]:
        return rows_of(rule, span)


for _rule in coverage_rules().rules.values():
    _register(_rule)
