"""One's own calendar addresses, the files behind them, and news of one's visits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker
from songhe.areas.roster import actions, queries
from songhe.areas.roster.calendars import calendar
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Feed, News
from songhe.areas.visits.api import Visit, VisitState, person_names
from songhe.core.refusal import Hidden, Refused
from songhe.engines.access.api import Grant, Tie, User, elevated
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, NavItem, home_panel, page
from songhe.kit.refusals import said
from songhe.kit.views.common import need
from songhe.kit.who import who
from songhe.kit.words import moment

AHEAD, BEHIND = timedelta(days=35), timedelta(days=7)
WHAT = {"new": _("New visit"), "moved": _("Visit changed"), "off": _("Visit called off")}
SHOWN = 60


def owner_of(user: User) -> tuple[Feed.Kind, UUID, int] | None:
    """Whose visits a user's addresses show: a worker's own, or those to one's relatives."""
    for grant in user.grants_in_force:
        if grant.role in ("worker", "volunteer") and grant.holder_id:
            return Feed.Kind.WORKER, grant.holder_id, grant.region_id
        if grant.role == "family":
            return Feed.Kind.FAMILY, user.pk, grant.region_id
    return None


def own(request: HttpRequest) -> HttpResponse:
    """News, addresses, and a new one, which is shown this once."""
    user, at, address, status = who(request), now(), "", 200
    found = owner_of(user)
    if request.method == "POST":
        need(request, "roster.feed")
        try:
            address = _done(request, user, found, at)
        except Hidden:
            raise
        except Refused as refusal:
            messages.error(request, said(refusal))
            status = 422
        if not address and status == 200:
            return redirect("roster.news")
    scope = user.scope("roster.feed")
    told = list(queries.news_of(scope)[:SHOWN])
    names = person_names(row.person_id for row in told)
    feeds = Feed.objects.within(scope).filter(owner_id__in=scope.holders, revoked_at=None)
    context = {
        "page_title": _("News and calendar"),
        "news": [(row, WHAT[row.what], names.get(row.person_id, "—")) for row in told],
        "feeds": list(feeds.order_by("-made_at")),
        "address": address,
        "may": found is not None,
    }
    return render(request, "roster/news.html", context, status=status)


def _done(request: HttpRequest, user: User, found: tuple[Feed.Kind, UUID, int] | None, at: datetime) -> str:
    """What the form asks for; the new address, if it asks for one."""
    what = request.POST.get("what", "")
    if what == "seen":
        actions.put_away(actor=user, at=at)
    elif what == "revoke":
        try:
            key = UUID(request.POST.get("feed", ""))
        except ValueError:
            raise Http404 from None
        actions.revoke_feed(Feed.objects.take(key, user.scope("roster.feed")), actor=user, at=at)
    elif what == "make" and found is not None:
        kind, owner, region = found
        token = actions.fresh_token()
        actions.make_feed(actor=user, at=at, kind=kind, owner_id=owner, region_id=region, token=token)
        return request.build_absolute_uri(reverse("roster.ics", args=[token]))
    return ""


def ics(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind an address, for whoever knows it; nothing behind one that was revoked."""
    at = now()
    with elevated():  # the token is the right: it was made by those whose visits it shows
        feed = Feed.everywhere.filter(digest=actions.digest_of(token), revoked_at=None).first()
        if feed is None:
            raise Http404
        body = calendar(_visits(feed, at), ground().feed_name, at=at)
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = 'inline; filename="visits.ics"'
    return answer


def _visits(feed: Feed, at: datetime) -> list[Visit]:
    """Visits of the worker while employed, or to those who are the owner's relatives today; none once access ended."""
    rows = Visit.everywhere.filter(starts_at__gte=at - BEHIND, starts_at__lt=at + AHEAD)
    rows = rows.filter(state__in=[VisitState.PLANNED, VisitState.ARRIVED, VisitState.DONE]).order_by(
        "starts_at", "id"
    )
    if not _has_access(feed.owner_id, timezone.localdate(at)):
        return []
    if feed.kind == Feed.Kind.WORKER:
        worker = Worker.everywhere.filter(pk=feed.owner_id).first()
        here = worker is not None and worker.employed(timezone.localdate(at))
        return list(rows.filter(worker_id=feed.owner_id)[:500]) if here else []
    kin = Tie.persons_of([feed.owner_id]).filter(kind=Tie.Kind.KIN)
    return list(rows.filter(person_id__in=kin)[:500])


def _has_access(owner: UUID, day: date) -> bool:
    """Whether somebody may still log in as the worker or the relative whose address it is."""
    rows = Grant.objects.filter(Q(holder_id=owner) | Q(user_id=owner), user__is_active=True, revoked_at=None)
    return rows.filter(Q(until=None) | Q(until__gt=day), since__lte=day).exists()


def _news(user: Any, scope: Any, at: datetime) -> HomeList:
    rows = queries.news_of(user.scope("roster.feed"))
    found = list(rows[:6])
    names = person_names(row.person_id for row in found)
    lines = [
        (f"{WHAT[row.what]} · {names.get(row.person_id, '—')}", reverse("roster.news"), when_of(row))
        for row in found
    ]
    return HomeList(rows.count(), lines, reverse("roster.news"), "info" if found else "")


def when_of(row: News) -> str:
    """When a visit of the news is, and by whom."""
    parts = [moment(row.starts_at) if row.starts_at else "", row.worker_name]
    return " · ".join(filter(None, parts)) or gettext("Time not set")


home_panel(
    title=_("News of visits"),
    right="roster.feed",
    rows=_news,
    icon="bell",
    order=5,
    none=_("Nothing new."),
)
page(
    "roster.news",
    path="my-visits/news/",
    title=_("News and calendar"),
    right="roster.feed",
    view=own,
    nav=NavItem("today", "bell", 30),
)
page("roster.ics", path="calendar/<str:token>.ics", title=_("Calendar"), public=True, view=ics)
