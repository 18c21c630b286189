"""What the desk measures, from the events of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from songhe.areas.lines.limits import terms
from songhe.areas.lines.models import Exchange, Session
from songhe.areas.lines.queries.numbers import legs_of
from songhe.areas.lines.rules import Desk, tally
from songhe.engines.indicators.api import Row, Span, measured

Counts = Callable[[Desk], tuple[int, int]]


@measured("lines_received")
def received(span: Span) -> Iterable[Row]:
    """Calls that came in."""
    return [(region, part, None) for region, part, _all in _rows(span, lambda desk: (desk.received, 0))]


@measured("lines_answered_quick")
def answered_quick(span: Span) -> Iterable[Row]:
    """Calls answered within the norm among those whose fate is known."""
    return _rows(span, lambda desk: (desk.quick, desk.answered + desk.lost))


@measured("lines_connected_worst_day")
def connected(span: Span) -> Iterable[Row]:
    """Connected calls in that window of 24 hours of the period in which their share is smallest."""
    return _rows(span, lambda desk: (desk.worst.good, desk.worst.of) if desk.worst else (0, 0))


@measured("lines_text_quick")
def text_quick(span: Span) -> Iterable[Row]:
    """Written messages answered within the norm."""
    return _rows(span, lambda desk: (desk.texts_quick, desk.texts - desk.texts_waiting))


@measured("lines_called_back")
def called_back(span: Span) -> Iterable[Row]:
    """Lost calls that were called back."""
    return _rows(span, lambda desk: (desk.called_back, desk.lost))


def _rows(span: Span, counts: Counts) -> list[tuple[int, int, int]]:
    since, until = span.begins, span.ends
    codes = Exchange.everywhere.filter(**span.within)
    out = []
    for region in sorted(set(codes.values_list("region_id", flat=True))):
        after = until + timedelta(hours=terms().call_back_hours)
        rows = Session.everywhere.filter(region_id=region, began_at__lt=after, last_at__gte=since)
        desk = tally(legs_of(rows), (), since, until, terms=terms(), now=until)
        out.append((region, *counts(desk)))
    return out
