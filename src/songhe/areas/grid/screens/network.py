"""The network of a place: each level with who is on duty now, the points on the map, and who lives alone without anybody."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.limits import level_name, terms
from songhe.areas.grid.models import Helper, Pair
from songhe.areas.grid.queries import books, rosters
from songhe.areas.grid.screens.helpers import helpers
from songhe.areas.grid.screens.posts import posts
from songhe.areas.providers.api import Facility, Kind
from songhe.areas.registry.api import middles
from songhe.engines.access.api import Scope
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today
from songhe.kit.map.drawing import draw
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import Figure
from songhe.kit.who import who

MOST = 120
"""Lines of one level that a page shows; the list has the others."""


def _level_rows(scope: Scope, code: str) -> dict[str, Any]:
    found = list(
        rosters.posts_on(scope, today())
        .filter(level=code)
        .select_related("region")
        .order_by("region_id", "id")[:MOST]
    )
    there = rosters.on_duty(found, now())
    told = rosters.gaps_of(found, today(), terms().roster_days)
    names = books.helper_names(line.helper_id for lines in there.values() for line in lines)
    return {
        "name": level_name(code),
        "expected": _expected(code),
        "rows": [
            (row, posts.url_of(row), [names.get(line.helper_id, "") for line in there.get(row.pk, []) if line.helper_id], len(told.get(row.pk, [])))
            for row in found
        ],
        "more": len(found) == MOST,
    }  # fmt: skip


def _expected(code: str) -> bool:
    """Whether somebody has to be on duty at a level at this hour."""
    level, local = terms().level(code), timezone.localtime(now())
    return level is not None and level.since <= local.hour * 60 + local.minute < level.until


def _points(scope: Scope) -> list[Mark]:
    rows = Facility.objects.within(scope).filter(
        kind__in=(Kind.MUTUAL_POINT, Kind.HAPPINESS_HOME, Kind.MUTUAL_HELP), state="active"
    )
    return [
        Mark(label=row.name, point=row.point, tone="ok" if row.kind == Kind.MUTUAL_POINT else "info", word=str(row.get_kind_display()),
             to=row)
        for row in rows.order_by("name", "id")[:400]
    ]  # fmt: skip


def _villages(scope: Scope) -> list[Mark]:
    """How many helpers each village has, at the middle of its homes."""
    if not scope.areas:
        return []
    rows = (
        books.helping(Helper.objects.within(scope), today())
        .values_list("region_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    counts = dict(rows)
    where = middles(scope, *scope.hull)
    names = dict(Region.objects.filter(code__in=list(where)).values_list("code", "name"))
    return [
        Mark(label=names.get(code, str(code)), point=point, tone="muted" if counts.get(code) else "warn",
             word=_("Village with helpers") if counts.get(code) else _("Village without a helper"), size=counts.get(code, 0),
             to=f"{helpers.url()}?region={code}")
        for code, point in list(where.items())[:400]
    ]  # fmt: skip


def context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows."""
    user, day = who(request), today()
    scope = user.scope("grid.view")
    pairs = Pair.objects.within(scope).filter(books.holding(day))
    paired, without = pairs.values("person_id").distinct().count(), books.without_helper(scope, day).count()
    return {
        "levels": [_level_rows(scope, one.code) for one in terms().levels if one.posts],
        "neighbours": [str(level_name(one.code)) for one in terms().levels if not one.posts],
        "figures": [
            Figure(_("Helpers"), books.helping(Helper.objects.within(scope), day).count(), "", f"{helpers.url()}?here=1"),
            Figure(_("Elders with a helper"), paired),
            Figure(_("Keys held"), pairs.filter(holds_key=True).count()),
            Figure(_("Living alone without a helper"), without, "", "", "warn" if without else ""),
        ],
        "paired": paired,
        "map": draw(Map(title=_("Mutual-aid points and helpers"), shapes=(*_points(scope), *_villages(scope)), empty=_("No point is registered yet."))),
        "assumed": terms().assumed,
        "posts_url": posts.url(),
        "helpers_url": helpers.url(),
    }  # fmt: skip


network = page(
    "grid.network",
    path="network/",
    title=_("Neighbour network"),
    right="grid.view",
    template="grid/network.html",
    context=context,
    nav=NavItem("service", "sitemap", 54),
)
