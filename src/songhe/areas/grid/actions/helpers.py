"""Verbs of helpers: taken on, trained, placed, available or not, gone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.actions.common import Days, Since, near, reach, weekdays
from songhe.areas.grid.actions.pairs import finish
from songhe.areas.grid.limits import skill_choices, terms
from songhe.areas.grid.models import Ended, Helper, HelperKind, Left, Pair
from songhe.areas.grid.queries.books import phone_hash
from songhe.areas.providers.api import Frame, Opening, Travel
from songhe.areas.registry.api import Death, Person, when_dead
from songhe.core.codes import parse_phone, parse_point
from songhe.core.refusal import Refused
from songhe.core.text import normalise_name
from songhe.engines.access.api import Actor, User
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, seal
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Name = Annotated[str, Field(label=_("Name"), size=60)]
Phone = Annotated[str, Field(label=_("Telephone"), size=30)]
Kind = Annotated[HelperKind, Field(label=_("Kind"))]
Skills = Annotated[list[str], Field(label=_("Can help with"), choices=skill_choices)]
Most = Annotated[
    int | None,
    Field(label=_("Maximum number of elders"), least=0, most=200, help=_("Empty: as usual for the kind")),
]
Where = Annotated[Region, Field(label=_("Village or community"))]
NOTHING: list[str] = []


@act("grid.edit")
def add_helper(  # noqa: PLR0913  the form asks for each
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    kind: Kind,
    region: Where,
    phone: Phone,
    since: Since,
    consented_on: Annotated[
        date, Field(label=_("Agreed on"), help=_("The day on which the helper agreed to be called"))
    ],
    skills: Skills = NOTHING,
    travels: Annotated[Travel, Field(label=_("Travel mode"))] = Travel.WALK,
    person: Annotated[
        Person | None,
        Field(label=_("Entry in the registry"), help=_("If the helper is also registered here")),
    ] = None,
) -> Helper:
    """Take a helper on; without a consent nobody is entered."""
    made = Helper(
        name=normalise_name(name, field="name"), kind=kind, region=reach(region, actor=actor, right="grid.edit"),
        since=near(since, at=at, field="since", ahead=31), skills=known(skills), travels=travels, person=person,
        consented_on=near(consented_on, at=at, field="consented_on", ahead=0),
    )  # fmt: skip
    made.owner_id = made.pk
    make_key(made.pk)
    ring(made, phone, needed=True)
    made.save(force_insert=True)
    return made


@act("grid.edit")
def edit_helper(  # noqa: PLR0913  the form asks for each
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    kind: Kind,
    skills: Skills = NOTHING,
    travels: Annotated[Travel, Field(label=_("Travel mode"))] = Travel.WALK,
    most_elders: Most = None,
    phone: Annotated[
        str, Field(label=_("Telephone"), help=_("Leave empty to keep the existing one"), size=30)
    ] = "",
) -> Helper:
    """Correct what is known of a helper."""
    here(helper, at)
    helper.name, helper.kind, helper.travels = normalise_name(name, field="name"), kind, travels
    helper.skills, helper.most_elders = known(skills), most_elders
    if phone.strip():
        ring(helper, phone)
    helper.save()
    return helper


@act("grid.edit")
def link_helper(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    username: Annotated[
        str, Field(label=_("Log-in name"), help=_("Leave empty to remove the link"), size=64)
    ] = "",
) -> Helper:
    """Link a helper to a log-in, so that the telephone page knows whose it is."""
    here(helper, at)
    user = User.objects.filter(username=username.strip()).first() if username.strip() else None
    if username.strip() and user is None:
        raise Refused("no_such_user", "There is no such log-in. Check its name.", field="username")
    if (
        user is not None
        and Helper.everywhere.filter(user_id=user.pk, until=None).exclude(pk=helper.pk).exists()
    ):
        raise Refused("linked", "This log-in belongs to another helper already.", field="username")
    helper.user_id = user.pk if user else None
    helper.save()
    return helper


@act("grid.edit")
def train(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Trained on"))],
    skills: Skills = NOTHING,
) -> Helper:
    """Enter a training and what the helper is able to do since."""
    here(helper, at)
    helper.trained_on, helper.skills = near(on, at=at, field="on", ahead=0), known(skills)
    helper.save()
    return helper


@act("grid.edit")
def agree(
    helper: Helper, *, actor: Actor, at: datetime, on: Annotated[date, Field(label=_("Agreed on"))]
) -> Helper:
    """Enter that the helper agreed to be called, on paper or by word of mouth."""
    here(helper, at)
    helper.consented_on = near(on, at=at, field="on", ahead=0)
    helper.save()
    return helper


@act("grid.edit")
def set_hours(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    days: Days,
    since: Annotated[time, Field(label=_("Begins"))],
    until: Annotated[time, Field(label=_("Ends"), help=_("00:00 is the end of the day"))],
) -> Helper:
    """Say on which weekdays and between which hours a helper can usually come."""
    here(helper, at)
    start, end = since.hour * 60 + since.minute, (until.hour * 60 + until.minute) or 1440
    if end <= start:
        raise Refused("shift", "The hours must end after they begin.", field="until")
    helper.hours = Opening(dict.fromkeys(weekdays(days), ((start, end),))).data()
    helper.save()
    return helper


@act("grid.edit")
def place_helper(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    region: Where,
    lon: Annotated[str, Field(label=_("Longitude"), size=24, help=_("Degrees, such as 122.4206"))] = "",
    lat: Annotated[str, Field(label=_("Latitude"), size=24, help=_("Degrees, such as 37.1653"))] = "",
    frame: Annotated[Frame, Field(label=_("Coordinate system used"), radio=True)] = Frame.WGS84,
) -> Helper:
    """Say where a helper lives; distances are reckoned from there."""
    here(helper, at)
    helper.region = reach(region, actor=actor, right="grid.edit")
    point = (
        parse_point(lon.strip(), lat.strip(), frame=Frame(frame).value, field="lon")  # type: ignore[arg-type]
        if lon.strip() or lat.strip()
        else None
    )
    helper.lon, helper.lat = point or (None, None)
    helper.save()
    return helper


@act("grid.help")
def say_available(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    available: Annotated[bool, Field(label=_("Ready to help"))] = False,
    hours: Annotated[
        int | None,
        Field(label=_("Duration (hours)"), least=1, most=720, help=_("Empty: until further notice")),
    ] = None,
) -> Helper:
    """Say whether one can be called now."""
    here(helper, at)
    helper.is_available = available
    helper.away_until = None if available or hours is None else at + timedelta(hours=hours)
    helper.save()
    return helper


@act("grid.edit")
def leave(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Last day"))],
    why: Annotated[Left, Field(label=_("Reason"))],
) -> Helper:
    """End somebody's help: the pairs end too, and elders who have nobody then stand among what is to be done."""
    here(helper, at)
    near(on, at=at, field="on", ahead=31, first=helper.since)
    return _gone(helper, on + timedelta(days=1), Left(why), actor=actor, at=at)


def _gone(helper: Helper, until: date, why: Left, *, actor: Actor, at: datetime) -> Helper:
    helper.until, helper.why_left = until, why
    helper.save()
    pairs = list(Pair.everywhere.filter(helper=helper, until=None).select_for_update(no_key=True))
    for pair in pairs:
        finish(pair, max(until, pair.since), Ended.HELPER_LEFT)
    add_detail(pairs=len(pairs))
    return helper


@act("grid.edit")
def leave_by_death(helper: Helper, *, actor: Actor, at: datetime) -> Helper:
    """A helper died."""
    return _gone(helper, max(day_of(at), helper.since + timedelta(days=1)), Left.DIED, actor=actor, at=at)


@act("grid.edit")
def end_by_death(pair: Pair, *, actor: Actor, at: datetime) -> Pair:
    """An elder died."""
    return finish(pair, max(day_of(at), pair.since), Ended.DIED)


@when_dead
def _end_with_life(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Nobody who died helps or is helped any more."""
    for helper in Helper.everywhere.filter(person=person, until=None):
        leave_by_death(helper, actor=actor, at=at)
    for pair in Pair.everywhere.filter(person=person, until=None):
        end_by_death(pair, actor=actor, at=at)


def here(helper: Helper, at: datetime) -> None:
    """Refuse what would change somebody who helps no more."""
    if helper.until is not None and helper.until <= day_of(at):
        raise Refused("helper_gone", "{name} stopped helping on {day}.", name=helper.name, day=helper.until)


def known(skills: list[str]) -> list[str]:
    """Skills of the city's list, each once."""
    strange = sorted(set(skills) - set(terms().skills))
    if strange:
        raise Refused(
            "no_such_skill", "There is no skill {skill} in the list.", field="skills", skill=strange[0][:20]
        )
    return sorted(set(skills))


def ring(helper: Helper, phone: str, *, needed: bool = False) -> None:
    """Seal a telephone number; a helper without one cannot be called."""
    if not phone.strip():
        if needed:
            raise Refused("empty", "This must not be empty. Fill it in.", field="phone")
        return
    number = parse_phone(phone, field="phone")
    helper.phone_sealed, helper.phone_masked = seal(helper.pk, number.dialled), number.masked
    helper.phone_hash = phone_hash(number.dialled)
