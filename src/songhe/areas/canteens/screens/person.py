"""Where a person eats, on the person's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.columns import canteen_names
from songhe.areas.canteens.models import Check, Diner, Meal
from songhe.areas.canteens.screens.checks import checks
from songhe.areas.canteens.screens.common import CHECK_TONES
from songhe.areas.canteens.screens.diners import diners
from songhe.areas.registry.api import Happening, Person, only_with, source, timeline
from songhe.engines.access.api import Scope, asked
from songhe.kit.clock import today
from songhe.kit.spec import panel, panel_on
from songhe.kit.who import who


@asked
def _diners(person: UUID, scope: Scope) -> QuerySet[Diner]:
    return Diner.objects.within(scope).filter(person=person).order_by("-since")


@asked
def _last_meals(person: UUID, scope: Scope) -> QuerySet[Meal]:
    return Meal.objects.within(scope).filter(person=person, voided_at=None).order_by("-on")[:1]


@only_with(source(Diner))
def _meals(person: Person, request: HttpRequest) -> Mapping[str, Any]:
    scope = who(request).scope("canteens.meals")
    rows = _diners(person.pk, scope.shared)
    diner = next((row for row in rows if row.until is None or row.until > today()), None)
    first = today().replace(day=1)
    last = next(iter(_last_meals(person.pk, scope.shared)), None)
    eaten = Meal.objects.within(scope).filter(person=person, on__gte=first, voided_at=None)
    return {
        "diner": diner,
        "url": diners.url_of(diner) if diner else "",
        "canteen": canteen_names([diner.canteen_id]).get(diner.canteen_id, "") if diner else "",
        "eaten": eaten.count() if last and last.on >= first else 0,
        "last": last,
    }


panel_on(
    "people", _("Meals at the canteen"), panel("canteens/person.html", query=_meals, right="canteens.meals")
)


@timeline("canteens.meals", Diner)
def told(person: Person, scope: Scope) -> Iterable[Happening]:
    """When the person began to eat somewhere."""
    rows = list(Diner.objects.within(scope).filter(person=person).order_by("-since")[:10])
    names = canteen_names(row.canteen_id for row in rows)
    zone = timezone.get_current_timezone()
    for row in rows:
        text = gettext("Eats at {canteen}").format(canteen=names.get(row.canteen_id, ""))
        at = datetime.combine(row.since, time(0), zone)
        yield Happening(at, text, str(row.get_way_display()), diners.url_of(row))


@timeline("canteens.check", Check)
def looked_after(person: Person, scope: Scope) -> Iterable[Happening]:
    """When somebody looked after the person."""
    for row in Check.objects.within(scope).filter(person=person).order_by("-opened_at")[:20]:
        note = str(row.get_found_display() or row.get_state_display())
        yield Happening(
            row.opened_at, gettext("Missed a meal"), note, checks.url_of(row), CHECK_TONES[row.state]
        )
