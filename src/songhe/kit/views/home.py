"""The page that opens first: a greeting, what is to be done, and short cuts."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from songhe.kit.clock import now
from songhe.kit.pages import HOME, PAGES, HomePanel
from songhe.kit.spec import RECORDS
from songhe.kit.views.common import need
from songhe.kit.who import who
from songhe.kit.words import long_day

SHORT_CUTS = 6


def home(request: HttpRequest) -> HttpResponse:
    """The role's own page where it has one, else the panels that the user's rights open."""
    user = who(request)
    roles = [grant.role for grant in user.grants_in_force]
    for found in PAGES.values():
        if set(found.home_for) & set(roles) and (not found.right or user.may(found.right)):
            return redirect(found.name)
    at = now()
    scope = user.scope()
    panels = [(panel, panel.rows(user, scope, at)) for panel in _panels(user, roles)]
    context = {
        "greeting": greeting(at, user.name),
        "day": long_day(timezone.localdate(at)),
        "panels": panels,
        "clear": [(panel, shown) for panel, shown in panels if not shown.count and not shown.rows],
        "waiting": sum(shown.count for _panel, shown in panels),
        "cuts": _short_cuts(user, roles),
        "grants": user.grants_in_force,
    }
    return render(request, "kit/home.html", context)


def greeting(at: datetime, name: str) -> str:
    """Words that fit the hour."""
    hour = timezone.localtime(at).hour
    if 5 <= hour < 12:
        return gettext("Good morning, {name}").format(name=name)
    if 12 <= hour < 18:
        return gettext("Good afternoon, {name}").format(name=name)
    return gettext("Good evening, {name}").format(name=name)


def _panels(user: Any, roles: list[str]) -> list[HomePanel]:
    rank = {area: index for index, area in enumerate(_areas(tuple(roles)))}
    held = [p for p in HOME if user.may(p.right) and (not p.roles or set(p.roles) & set(roles))]
    return sorted(held, key=lambda panel: (rank.get(panel.area, len(rank)), panel.order))


def _areas(roles: tuple[str, ...]) -> list[str]:
    known = _home_areas()
    return list(dict.fromkeys(area for role in roles for area in known.get(role, ())))


@lru_cache(maxsize=1)
def _home_areas() -> dict[str, tuple[str, ...]]:
    data = yaml.safe_load((settings.DATA / "nation/roles.yaml").read_text(encoding="utf-8"))
    return {code: tuple(row.get("home") or ()) for code, row in data.items()}


def _short_cuts(user: Any, roles: list[str]) -> list[tuple[Any, str]]:
    rank = {area: index for index, area in enumerate(_areas(tuple(roles)))}
    records = sorted(RECORDS.values(), key=lambda record: rank.get(record.right.partition(".")[0], len(rank)))
    found = [
        (verb, record.url_for(verb))
        for record in records
        if user.may(record.right)
        for verb in record.verbs
        if verb.primary and not verb.takes(record.model) and verb.offered(None, user)
    ]
    return found[:SHORT_CUTS]


def custom(request: HttpRequest, name: str, **values: Any) -> HttpResponse:
    """A registered page: its right, its context, its template."""
    found = PAGES[name]
    need(request, found.right)
    if found.view:
        answer: HttpResponse = found.view(request, **values)
        return answer
    context = found.context(request, **values) if found.context else {}
    if isinstance(context, HttpResponse):
        return context
    frame = {"page_title": found.title, "large_page": found.large, "offline_page": found.offline}
    return render(request, found.template, frame | dict(context))


@login_not_required
def public(request: HttpRequest, name: str, **values: Any) -> HttpResponse:
    """A registered page that is open to everybody; search engines are asked to leave it alone."""
    answer = custom(request, name, **values)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
