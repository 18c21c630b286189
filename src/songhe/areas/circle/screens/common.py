"""What every page of the map reads from its address, and the words all of them use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from songhe.areas.circle.book import book, say
from songhe.areas.circle.models import Run
from songhe.areas.circle.queries.figures import last_run
from songhe.areas.circle.queries.ground import streets
from songhe.areas.circle.queries.held import Held, held
from songhe.areas.circle.queries.looking import Ask, said_minutes
from songhe.areas.circle.queries.sites import known
from songhe.areas.providers.api import ServiceKind, circle, service_kinds
from songhe.engines.access.api import Scope
from songhe.engines.regions.models import Level, Region
from songhe.kit.clock import now
from songhe.kit.who import who

CIRCLE = "circle"


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader looks at: the question, the city in memory, and the last run."""

    ask: Ask
    held: Held
    run: Run | None

    @property
    def kind(self) -> ServiceKind:
        """The service."""
        return service_kinds()[self.ask.kind]

    @property
    def kind_name(self) -> str:
        """The service in words."""
        return say(self.kind.label)

    @property
    def group_name(self) -> str:
        """The group in words."""
        return say(next(group.label for group in book().groups if group.code == self.ask.group))

    def query(self, **changes: Any) -> str:
        """The address of the same look with something changed."""
        minutes = self.ask.minutes or CIRCLE
        values = {
            "kind": self.ask.kind,
            "group": self.ask.group,
            "minutes": minutes,
            "region": self.ask.region.code,
        } | changes
        return urlencode({name: value for name, value in values.items() if value not in (None, "")})

    @property
    def times(self) -> str:
        """The minutes in words."""
        urban, rural = said_minutes(self.held, self.ask.kind, self.ask.minutes)
        if urban == rural:
            return gettext("{n} min on foot").format(n=urban)
        return gettext("{urban} min on foot in the city, {rural} min in the countryside").format(
            urban=urban, rural=rural
        )


def look(request: HttpRequest, *, right: str = "circle.view", query: QueryDict | None = None) -> Look:
    """The question in an address. What cannot be is 404; what is left out has a sensible beginning."""
    asked = request.GET if query is None else query
    scope: Scope = who(request).scope(right)
    region = region_for(asked.get("region"), scope)
    found = held(timezone.localdate(now()))
    ask = Ask(
        known(asked.get("kind")),
        _group(asked.get("group")),
        minutes_of(asked.get("minutes"), found),
        region,
        scope,
    )
    return Look(ask, found, last_run(region.code))


def region_for(code: str | None, scope: Scope) -> Region:
    """The region of an address inside a scope, else the reader's own; 404 for others."""
    if code:
        if not (code.isdecimal() and len(code) == 12):
            raise Http404
        region = Region.objects.filter(code=int(code), level__gte=Level.CITY).first()
        if region is None or not scope.overlaps(region.code, region.upper):
            raise Http404
        return region
    for low, high in scope.areas:
        rows = Region.objects.filter(code__gte=low, code__lt=high, level__gte=Level.CITY, until=None)
        region = rows.order_by("level", "code").first()
        if region is not None:
            return region
    raise Http404


def _group(code: str | None) -> str:
    codes = book().codes
    return code if code in codes else codes[0]


def minutes_of(text: str | None, found: Held) -> int | None:
    """Minutes of an address among those that are looked at; None: the circle's own."""
    if text and text.isascii() and text.isdecimal() and len(text) < 4 and int(text) * 60 in found.bands:
        return int(text)
    return None


def basis(found: Held) -> dict[str, Any]:
    """On what figures stand: the walking speed, the streets, and whether they are approximate."""
    used = streets()
    speed = f"{found.ground.profile.speed:g}"
    if used is None:
        told = gettext(
            "Approximate: straight lines × {detour}, at {speed} m/s; no street network is available."
        ).format(detour=f"{book().detour:g}", speed=speed)
    else:
        told = gettext("On foot at {speed} m/s on {network}.").format(speed=speed, network=used.name)
    return {"approximate": used is None, "told": told, "attribution": used.attribution if used else ""}


def circle_name() -> str:
    """What the city calls its circle."""
    return say(circle().label)
