"""Rosters: names of posts, who is on duty, where gaps are, which villages have a full roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.grid.limits import terms
from songhe.areas.grid.models import Post, Turn
from songhe.areas.grid.queries.above import turns_of
from songhe.areas.grid.rules import Gap, gaps, standing
from songhe.engines.access.api import Scope, elevated


def post_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of posts; public."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    with elevated():
        return dict(Post.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def posts_on(scope: Scope, day: date) -> QuerySet[Post]:
    """The posts of a scope on a day."""
    rows: QuerySet[Post] = Post.objects.within(scope).filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    return rows


def on_duty(posts: Iterable[Post], at: datetime) -> dict[UUID, list[Turn]]:
    """The lines under way now, by post, in one question."""
    local = timezone.localtime(at)
    lines = turns_of((row.pk for row in posts), local.date() - timedelta(days=1), local.date())
    out = {}
    for key, rows in lines.items():
        by_key = {row.pk: row for row in rows}
        out[key] = [by_key[one.key] for one in standing([row.shift for row in rows], local)]
    return out


def gaps_of(posts: Iterable[Post], first: date, days: int) -> dict[UUID, list[Gap]]:
    """Where rosters have gaps in some days, by post, in one question; posts without a gap are left out."""
    found = {row.pk: row for row in posts}
    lines = turns_of(found, first - timedelta(days=1), first + timedelta(days=days))
    return {key: told for key, row in found.items() if (told := _gaps(row, lines.get(key, []), first, days))}


def _gaps(post: Post, lines: Iterable[Turn], first: date, days: int) -> list[Gap]:
    level = terms().level(post.level)
    if level is None or not level.posts:
        return []
    shifts = [
        row.shift
        for row in lines
        if row.helper is None or row.helper.until is None or row.helper.until > first
    ]
    return list(gaps(shifts, first, days, since=level.since, until=level.until))
