"""Tones, filters and addresses that the screens of canteens share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from songhe.areas.canteens.limits import meal_choices
from songhe.areas.canteens.models import Canteen
from songhe.engines.access.api import Scope
from songhe.kit.clock import now
from songhe.kit.filters import Choice
from songhe.kit.spec import choice

WAY_TONES = {"dine_in": "ok", "collect": "info", "delivered": "warn"}
CHECK_TONES = {"asked": "warn", "door": "danger", "alarm": "danger", "helped": "info", "closed": "ok"}
ROLL_TONES = {"printed": "warn", "partly": "info", "entered": "ok"}
DAY_TONES = {"closed": "ok", "reversed": "danger"}
MONTH_TONES = {"stated": "warn", "accepted": "ok", "returned": "danger"}
MOST_CHOICES = 200


def do(canteen: Canteen, verb: str, **values: object) -> str:
    """The form of a verb of a canteen, filled in as far as it is known."""
    url = reverse("canteens.verb", args=[canteen.pk, verb])
    return f"{url}?{urlencode(values)}" if values else url


@dataclass(frozen=True, kw_only=True)
class OfCanteens(Choice):
    """A filter by canteen, of those that the reader reaches."""

    def fields(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        """The canteens of the scope; where there are many, the first by name."""
        rows = Canteen.objects.within(scope).order_by("name", "id").values_list("pk", "name")[:MOST_CHOICES]
        return replace(self, options=list(rows)).plain(model, request, scope)

    def plain(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        """The field with the options it has."""
        return Choice.fields(self, model, request, scope)


def by_canteen() -> OfCanteens:
    """A filter by canteen."""
    return OfCanteens(name="canteen")


def by_meal() -> Choice:
    """A filter by meal of the day."""
    return choice("meal", options=lambda request: meal_choices())


def today_given(row: Any, user: Any) -> dict[str, Any]:
    """A form that begins with this day."""
    return {"on": timezone.localdate(now())}
