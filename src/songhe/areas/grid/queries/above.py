"""The levels above a village, with who is on duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.grid.limits import level_name, terms
from songhe.areas.grid.models import Helper, Post, Turn
from songhe.areas.grid.queries.books import helpers_of
from songhe.areas.grid.rules import Level, State, standing
from songhe.areas.registry.api import Person
from songhe.core.codes.region import at_level, level_of
from songhe.engines.access.api import Grant, asked, elevated, roles
from songhe.engines.regions.models import Region

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who answers now."""

    helper_id: UUID
    name: str
    user_id: UUID | None
    phone_masked: str
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One level above: its post, and who is on duty. ``gap``: somebody should be and nobody is. ``reached``: the first level
    at which somebody answers; whoever escalates goes there at once."""

    level: str
    region_id: int
    post_id: UUID | None
    post: str
    phone: str
    on_duty: tuple[OnDuty, ...]
    gap: bool
    reached: bool = False

    @property
    def label(self) -> str:
        """The level in the language of the page."""
        return level_name(self.level)


def ladder(whom: Person | Region | int, at: datetime, *, paired: bool = True) -> list[Step]:
    """The levels above a region, the lowest first; for a person, the paired helpers come before them where the city has
    such a level. Two questions (three for a person; ``paired``: whether they may have helpers of their own).

    Who is on duty is told to whoever asks about one region or person: help is fetched from beyond one's own area.
    """
    region = (
        whom.region_id if isinstance(whom, Person) else whom.pk if isinstance(whom, Region) else int(whom)
    )
    local, height = timezone.localtime(at), level_of(region)
    levels = [one for one in terms().levels if one.region <= height]
    places = {at_level(region, one.region) for one in levels if one.posts}
    with elevated():  # names and office numbers of posts are public; helpers' own numbers stay masked
        posts = {(row.region_id, row.level): row for row in _posts(tuple(sorted(places)), local.date())}
        turns = turns_of((row.pk for row in posts.values()), local.date() - timedelta(days=1), local.date())
        near = (
            _paired(whom, local)
            if paired and isinstance(whom, Person) and any(not one.posts for one in levels)
            else ()
        )
    out: list[Step] = []
    for level in levels:
        if level.posts:
            place = at_level(region, level.region)
            out.append(_step(level, place, posts.get((place, level.code)), turns, local))
        elif isinstance(whom, Person):
            out.append(Step(level.code, region, None, "", "", near, gap=not near))
    first = next((place for place, one in enumerate(out) if one.on_duty), None)
    return [_marked(one, place == first) for place, one in enumerate(out)]


def answering(step: Step) -> dict[UUID, UUID]:
    """Who logs in as those on duty, and for which helper: a helper's own user, else whoever holds the role in the helper's name."""
    found = {one.user_id: one.helper_id for one in step.on_duty if one.user_id}
    others = [one.helper_id for one in step.on_duty if not one.user_id]
    rows = _grants(others, "grid.help").values_list("user_id", "holder_id")[:MOST_TOLD] if others else ()
    return dict([*found.items(), *rows][:MOST_TOLD])


def users_of(holders: Collection[UUID], right: str) -> list[UUID]:
    """Who holds a right in the name of some helpers, workers or organisations."""
    if not holders:
        return []
    return list(_grants(holders, right).values_list("user_id", flat=True).distinct()[:MOST_TOLD])


def _grants(holders: Collection[UUID], right: str) -> QuerySet[Grant]:
    able = [code for code, role in roles().items() if right in role.rights]
    rows = Grant.objects.filter(holder_id__in=holders, role__in=able, revoked_at=None, until=None)
    return rows.order_by("user_id")


def turns_of(posts: Iterable[UUID], first: date, last: date) -> dict[UUID, list[Turn]]:
    """Lines of rosters that may hold on some days, by post, with their helpers."""
    known = list(posts)
    if not known:
        return {}
    rows = Turn.everywhere.filter(post_id__in=known).filter(
        Q(on__range=(first, last)) | Q(on=None, since__lte=last) & (Q(until=None) | Q(until__gt=first))
    )
    out: dict[UUID, list[Turn]] = defaultdict(list)
    for row in rows.select_related("helper").order_by("starts", "id"):
        out[row.post_id].append(row)
    return out


@asked
def _posts(places: tuple[int, ...], day: date) -> QuerySet[Post]:
    rows = Post.everywhere.filter(region_id__in=places, since__lte=day)
    return rows.filter(Q(until=None) | Q(until__gt=day)).order_by("-since")


def _paired(person: Person, local: datetime) -> tuple[OnDuty, ...]:
    found = [row.helper for row in helpers_of(person, local.date())]
    return tuple(_answers(one) for one in found if one.state_at(local) == State.FREE)


def _step(
    level: Level, place: int, post: Post | None, turns: dict[UUID, list[Turn]], local: datetime
) -> Step:
    minute = local.hour * 60 + local.minute
    expected = level.since <= minute < level.until
    if post is None:
        return Step(level.code, place, None, "", "", (), gap=expected)
    rows = {row.pk: row for row in turns.get(post.pk, [])}
    held = [rows[one.key] for one in standing([row.shift for row in rows.values()], local)]
    there = tuple(
        _answers(row.helper, stands_in=row.instead_of_id is not None)
        for row in held
        if row.helper is not None
        and row.helper.helps_on(local.date())
        and row.helper.state_at(local) != State.AWAY
    )
    return Step(level.code, place, post.pk, post.name, post.phone, there, gap=expected and not there)


def _answers(helper: Helper, *, stands_in: bool = False) -> OnDuty:
    return OnDuty(helper.pk, helper.name, helper.user_id, helper.phone_masked, stands_in)


def _marked(one: Step, reached: bool) -> Step:
    return Step(one.level, one.region_id, one.post_id, one.post, one.phone, one.on_duty, one.gap, reached)
