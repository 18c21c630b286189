"""The panel beside the time line: one visit, who could do it at what price, and why others cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from songhe.areas.roster.editing import explained
from songhe.areas.roster.models import Pinned, Roster, RosterLine
from songhe.areas.roster.planning import Draft
from songhe.areas.roster.screens.words import price, rule_said
from songhe.areas.visits.api import person_names
from songhe.core.refusal import Refused
from songhe.core.roster import Told
from songhe.kit.refusals import said

OFFERED = 12
GIVES_WAY = frozenset({"window", "shift", "break", "most", "others", "gender", "language", "day", "pinned"})
"""Rules that somebody can agree to bend; nobody becomes qualified by asking."""


def panel_of(
    request: HttpRequest, roster: Roster, draft: Draft, lines: list[RosterLine]
) -> dict[str, Any] | None:
    """The visit named in the address, with what can be done about it."""
    try:
        key = UUID(request.GET.get("line", ""))
    except ValueError:
        return None
    line = next((one for one in lines if one.pk == key), None)
    if line is None:
        return None
    start = timezone.localtime(line.starts_at) if line.starts_at else None
    order = draft.facts.orders.get(str(line.order_id))
    workers = [(one.code, draft.facts.workers[one.code].name) for one in draft.problem.workers]
    found: dict[str, Any] = {
        "line": line,
        "person": person_names([line.person_id]).get(line.person_id, "—"),
        "start": start,
        "wish": (timezone.localtime(order.wanted_from), timezone.localtime(order.wanted_until))
        if order
        else None,
        "best": [timezone.localtime(one) for one in draft.facts.wishes.get(line.order_id, ())],
        "days": _days(draft, line),
        "workers": sorted(workers, key=lambda pair: pair[1]),
        "pins": [(value, label) for value, label in Pinned.choices],
        "told": None,
    }
    if request.GET.get("why") and roster.days <= 7:
        try:
            found["told"] = _told(explained(draft, line), draft, line)
        except Refused as refusal:
            found["refusal"] = said(refusal)
    return found


def _days(draft: Draft, line: RosterLine) -> list[date]:
    """The days among which that of a visit is chosen; none where it has its own."""
    free = draft.facts.free.get(line.order_id)
    return [draft.facts.built.first + timedelta(days=day) for day in sorted(free.days)] if free else []


def _persons(draft: Draft, codes: Iterable[str]) -> dict[str, str]:
    """Names of the persons of some visits."""
    of_task, orders = draft.facts.built.halves.of_task, draft.facts.orders
    persons = {code: orders[of_task[code, 0]].person_id for code in codes}
    names = person_names(persons.values())
    return {code: names.get(key, "—") for code, key in persons.items()}


def _told(told: Told, draft: Draft, line: RosterLine) -> dict[str, Any]:
    """What the scheduler says of a visit, in words."""
    names = {code: worker.name for code, worker in draft.facts.workers.items()}
    _code, part = draft.facts.built.halves.of_order[str(line.order_id)]
    shown = [one for one in told.offers if one.part == part][:OFFERED]
    late = {code for one in shown for code, _minutes in one.late}
    persons = _persons(draft, {*late, *told.needed_by})
    offers = [
        {
            "worker": one.worker,
            "name": names.get(one.worker, "—"),
            "time": f"{one.start // 60}:{one.start % 60:02}",
            "cost": gettext("{n} minutes of work").format(n=one.cost),
            "travel": one.travel,
            "late": [(persons.get(code, "—"), minutes) for code, minutes in dict(one.late).items()],
        }
        for one in shown
    ]
    against: defaultdict[str, list[str]] = defaultdict(list)
    for one in told.reasons:
        if one.part == part:
            against[str(rule_said(one.rule))].append(names.get(one.worker, "—"))
    given_way = [
        one for one in told.reasons if one.part == part and one.cost is not None and one.rule in GIVES_WAY
    ]
    cheapest = min(given_way, key=lambda one: one.cost or 0, default=None)
    easing = ""
    if cheapest is not None and cheapest.cost is not None and not offers:
        easing = gettext("Cheapest rule to relax: {name} – {rule} It then {price}.").format(
            name=names.get(cheapest.worker, "—"), rule=rule_said(cheapest.rule), price=price(cheapest.cost)
        )
    return {
        "offers": offers,
        "against": sorted(against.items(), key=lambda pair: -len(pair[1])),
        "refused": sum(len(found) for found in against.values()),
        "together": told.together,
        "needed_by": sorted({persons.get(code, "—") for code in told.needed_by}),
        "easing": easing,
    }
