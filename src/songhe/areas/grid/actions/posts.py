"""Verbs of posts and their rosters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.actions.common import Days, Since, line, near, reach, weekdays
from songhe.areas.grid.limits import level_choices, level_name, terms
from songhe.areas.grid.models import Helper, Post, Turn
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.models import Region
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Name = Annotated[str, Field(label=_("Duty post"), size=80)]
Phone = Annotated[str, Field(label=_("Office telephone"), size=30)]
Who = Annotated[Helper, Field(label=_("On duty"))]
Where = Annotated[Region, Field(label=_("Region"))]
Begins = Annotated[time, Field(label=_("Begins"))]
Ends = Annotated[time, Field(label=_("Ends"), help=_("If not after the start: on the next day"))]


@act("grid.roster")
def open_post(
    *,
    actor: Actor,
    at: datetime,
    level: Annotated[str, Field(label=_("Level of the network"), choices=level_choices)],
    region: Where,
    name: Name,
    since: Since,
    phone: Phone = "",
) -> Post:
    """Open the post of a level in a region; there is one of each."""
    found = terms().level(level)
    if found is None or not found.posts:
        raise Refused("no_such_level", "There is no such level. Choose one from the list.", field="level")
    if region.level != found.region:
        raise Refused(
            "wrong_region", "A post of level “{level}” cannot be set up in a region of this kind.", field="region",
            level=level_name(level),
        )  # fmt: skip
    if Post.everywhere.filter(region=region, level=level, until=None).exists():
        raise Refused("post_there", "There is a post of this level already.", field="region")
    made = Post(
        region=reach(region, actor=actor, right="grid.roster"), level=level, name=line(name, "name", 80),
        phone=_office(phone), since=near(since, at=at, field="since"),
    )  # fmt: skip
    made.save(force_insert=True)
    return made


@act("grid.roster")
def edit_post(post: Post, *, actor: Actor, at: datetime, name: Name, phone: Phone = "") -> Post:
    """Correct a post's name and number."""
    _open(post, at)
    post.name, post.phone = line(name, "name", 80), _office(phone)
    post.save()
    return post


@act("grid.roster")
def close_post(
    post: Post, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Last day"))]
) -> Post:
    """Close a post; its roster ends."""
    _open(post, at)
    near(on, at=at, field="on", first=post.since)
    post.until = on + timedelta(days=1)
    post.save()
    return post


@act("grid.roster")
def put_on_duty(
    post: Post,
    *,
    actor: Actor,
    at: datetime,
    helper: Who,
    days: Days,
    starts: Begins,
    ends: Ends,
    since: Since,
) -> Turn:
    """Put somebody on duty every week."""
    first, last = _hours(starts, ends)
    day = near(since, at=at, field="since")
    return _line(post, helper, first, last, actor=actor, at=at, since=day, days=weekdays(days))


@act("grid.roster")
def add_day(
    post: Post,
    *,
    actor: Actor,
    at: datetime,
    helper: Who,
    on: Annotated[date, Field(label=_("Day"))],
    starts: Begins,
    ends: Ends,
) -> Turn:
    """Put somebody on duty on one day beside the week's lines, such as a holiday."""
    first, last = _hours(starts, ends)
    day = near(on, at=at, field="on", first=day_of(at))
    return _line(post, helper, first, last, actor=actor, at=at, since=day, on=day)


@act("grid.roster")
def stand_in(
    turn: Turn,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Day"))],
    helper: Annotated[
        Helper | None,
        Field(
            label=_("Stand-in"), help=_("Empty: nobody; the gap is shown, and help is sought one level up")
        ),
    ] = None,
) -> Turn:
    """Somebody stands in for a line on one day, or nobody does."""
    near(on, at=at, field="on", first=day_of(at) - timedelta(days=1))
    if turn.on is not None or not turn.shift.begins_on(on):
        raise Refused("no_duty", "Nobody is on duty on this roster line on {day}.", field="on", day=on)
    _able(helper, on)
    made, _new = Turn.everywhere.update_or_create(
        instead_of=turn, on=on,
        defaults={"helper": helper, "by": actor.name[:80], "at": at},
        create_defaults={
            "post_id": turn.post_id, "region_id": turn.region_id, "helper": helper, "starts": turn.starts, "ends": turn.ends,
            "since": on, "by": actor.name[:80], "at": at,
        },
    )  # fmt: skip
    add_detail(on=on.isoformat(), stands_in=str(helper.pk) if helper else "")
    return made


@act("grid.roster")
def end_turn(
    turn: Turn, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Last day"))]
) -> Turn:
    """End a weekly line."""
    if turn.on is not None or turn.until is not None:
        raise Refused("turn_ended", "This roster line already has an end date.")
    near(on, at=at, field="on", first=turn.since)
    turn.until = on + timedelta(days=1)
    turn.save()
    return turn


def _line(
    post: Post, helper: Helper, starts: int, ends: int, *, actor: Actor, at: datetime, **when: object
) -> Turn:
    _open(post, at)
    _able(helper, when["since"])  # type: ignore[arg-type]
    made = Turn(
        post=post,
        helper=helper,
        region_id=post.region_id,
        starts=starts,
        ends=ends,
        by=actor.name[:80],
        at=at,
        **when,
    )
    made.save(force_insert=True)
    add_detail(turn=str(made.pk), helper=str(helper.pk))
    return made


def _able(helper: Helper | None, day: date) -> None:
    if helper is not None and not helper.helps_on(day):
        raise Refused(
            "helper_gone", "{name} does not help on {day}.", field="helper", name=helper.name, day=day
        )


def _hours(starts: time, ends: time) -> tuple[int, int]:
    first, last = starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute
    return first, last if last > first else last + 1440


def _open(post: Post, at: datetime) -> None:
    if post.until is not None and post.until <= day_of(at):
        raise Refused("post_closed", "This post was closed on {day}.", day=post.until)


def _office(phone: str) -> str:
    return parse_phone(phone, field="phone").dialled if phone.strip() else ""
