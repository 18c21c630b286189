"""Two plans beside each other: what gets better for whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import worker_names
from songhe.areas.roster import queries
from songhe.areas.roster.models import Roster, RosterLine
from songhe.areas.roster.screens.words import figures_of, unit
from songhe.areas.visits.api import person_names
from songhe.kit.pages import page
from songhe.kit.who import who

MOST = 300


def context(request: HttpRequest, pk: UUID, other: UUID) -> Mapping[str, Any]:
    """Both plans' terms, what changes for persons, and what for workers."""
    scope = who(request).scope("roster.view")
    one, two = Roster.objects.take(pk, scope), Roster.objects.take(other, scope)
    first = {line.order_id: line for line in queries.lines_of(one)}
    second = {line.order_id: line for line in queries.lines_of(two)}
    both = [(first[key], second[key]) for key in first.keys() & second.keys()]
    changed = [(a, b) for a, b in both if (a.worker_id, a.starts_at) != (b.worker_id, b.starts_at)]
    changed.sort(key=lambda pair: (pair[0].starts_at or pair[1].starts_at or one.made_at, str(pair[0].pk)))
    return {
        "one": one,
        "two": two,
        "terms": list(_terms(one, two)),
        "persons": _persons(changed[:MOST]),
        "workers": _workers(list(first.values()), list(second.values())),
        "alone": len(first.keys() ^ second.keys()),
    }


def _terms(one: Roster, two: Roster) -> Any:
    yield (
        _("Unassigned"),
        unit(one.unassigned, "visits"),
        unit(two.unassigned, "visits"),
        _tone(one.unassigned, two.unassigned),
    )
    others = figures_of(two)
    for label, (a, kind) in figures_of(one).items():
        if label in others:
            b, _kind = others[label]
            yield label, unit(a, kind), unit(b, kind), _tone(a, b)
    a, b = one.cost or 0, two.cost or 0
    yield _("Cost"), f"{a:,}", f"{b:,}", _tone(a, b)


def _tone(a: int, b: int) -> tuple[str, Any]:
    if a == b:
        return "muted", _("Equal")
    return ("ok", _("Better")) if b < a else ("danger", _("Worse"))


def _persons(changed: list[tuple[RosterLine, RosterLine]]) -> list[dict[str, Any]]:
    names = person_names(a.person_id for a, _b in changed)
    workers = worker_names([line.worker_id for pair in changed for line in pair])
    return [
        {
            "person": names.get(a.person_id, "—"),
            "item": a.item_label,
            "before": _said(a, workers),
            "after": _said(b, workers),
            "tone": _gain(a, b),
        }
        for a, b in changed
    ]


def _said(line: RosterLine, workers: dict[UUID, str]) -> str:
    if line.worker_id is None or line.starts_at is None:
        return "—"
    return f"{timezone.localtime(line.starts_at):%m-%d %H:%M} {workers.get(line.worker_id, '—')}"


def _gain(a: RosterLine, b: RosterLine) -> tuple[str, Any]:
    """Whether a person is better off: somebody comes at all, or comes as was told."""
    if (a.worker_id is None) != (b.worker_id is None):
        return ("ok", _("Better")) if a.worker_id is None else ("danger", _("Worse"))
    if a.told_worker_id and (a.worker_id == a.told_worker_id) != (b.worker_id == b.told_worker_id):
        return ("ok", _("Better")) if b.worker_id == b.told_worker_id else ("danger", _("Worse"))
    return ("info", _("Different"))


def _workers(first: list[RosterLine], second: list[RosterLine]) -> list[dict[str, Any]]:
    """Visits and minutes of each worker in both plans, those with the largest difference first."""
    counts: defaultdict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, lines in ((0, first), (2, second)):
        visits = Counter(line.worker_id for line in lines if line.worker_id)
        for key, count in visits.items():
            counts[key][place] = count
        for line in lines:
            if line.worker_id:
                counts[line.worker_id][place + 1] += line.minutes
    names = worker_names(counts)
    rows = [
        {"worker": names.get(key, "—"), "before": found[:2], "after": found[2:], "more": found[3] - found[1]}
        for key, found in counts.items()
        if found[:2] != found[2:]
    ]
    return sorted(rows, key=lambda row: (-abs(row["more"]), row["worker"]))


page(
    "roster.compare",
    path="planner/<uuid:pk>/compare/<uuid:other>/",
    title=_("Compare two plans"),
    right="roster.view",
    template="roster/compare.html",
    context=context,
)
