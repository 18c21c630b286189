"""What arriving, leaving and coming in vain share: the phone's place, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import metres
from songhe.areas.registry.api import locate, secrets_of
from songhe.areas.visits import presence, rules
from songhe.areas.visits.limits import limits
from songhe.areas.visits.models import ArrivalBy, Visit
from songhe.core.codes import Point, parse_point
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import add_detail
from songhe.engines.vault.api import seal_json
from songhe.kit.fields import Field
from songhe.kit.moments import FRESH

Lon = Annotated[str, Field(label=_("Longitude"), size=24)]
Lat = Annotated[str, Field(label=_("Latitude"), size=24)]
Accuracy = Annotated[int | None, Field(label=_("Accuracy (m)"), least=0, most=100_000)]
Tag = Annotated[str, Field(label=_("Tag of the home, scanned or typed"), size=400)]
Code = Annotated[str, Field(label=_("Six digits that the person was told"), size=12)]
LEARN_METRES = 50


def local(stay: rules.Stay) -> rules.Stay:
    """The same stay in the city's time zone, in which refusals name hours."""
    return timezone.localtime(stay[0]), timezone.localtime(stay[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """What a phone says beside a form: when it was done, put right by its clock (``claimed``), what its wrong clock said
    (``said``), when the server heard of it, where it was. ``replayed``: it was kept on the phone for a while."""

    claimed: datetime
    received: datetime
    place: Point | None = None
    accuracy: int | None = None
    said: datetime | None = None

    @property
    def replayed(self) -> bool:
        """Whether nobody stands at the form any more."""
        return self.received - self.claimed > FRESH

    @property
    def wrong_clock(self) -> bool:
        """Whether the moment had to be put right."""
        return self.said is not None and abs(self.said - self.claimed) > timedelta(
            minutes=limits().skew_minutes
        )


def phone_of(
    at: datetime, device_at: datetime | None, phone_at: datetime | None, where: tuple[str, str, int | None]
) -> Phone:
    """A phone's report from the fields of its form; ``where``: longitude, latitude, accuracy in metres."""
    lon, lat, accuracy = where
    return Phone(
        claimed=device_at or at, received=at, place=_place_of(lon, lat), accuracy=accuracy, said=phone_at
    )


def _place_of(lon: str, lat: str) -> Point | None:
    return parse_point(lon.strip(), lat.strip(), field="lon") if lon.strip() or lat.strip() else None


def seen_of(visit: Visit, phone: Phone) -> rules.Seen:
    """What the phone reports, with how far it was from the person's place."""
    with elevated():  # where the person lives is compared, not shown
        home = secrets_of(visit.person).place
    away = metres(phone.place, home)
    bound = limits().accuracy_metres
    exact = None if phone.place is None else phone.accuracy if phone.accuracy is not None else bound
    return rules.Seen(claimed=phone.claimed, received=phone.received, metres=away, accuracy=exact)


def clock_flags(phone: Phone) -> list[str]:
    """A flag where the moment had to be put right, since the phone's clock is wrong."""
    return ["clock_skew"] if phone.wrong_clock else []


def learn_place(visit: Visit, seen: rules.Seen, place: Point | None) -> None:
    """The first exact check-in tells where a person lives whose place nobody entered."""
    if place is None or seen.metres is not None or seen.accuracy is None or seen.accuracy > LEARN_METRES:
        return
    with elevated():
        locate(visit.person, place)
    add_detail(place_learned=True)


def sealed_place(visit: Visit, phone: Phone) -> bytes:
    """A place sealed with the person's key, since it shows where the person lives."""
    if phone.place is None:
        return b""
    place = {"lon": phone.place.lon, "lat": phone.place.lat, "accuracy": phone.accuracy}
    return seal_json(visit.person_id, place)


def prove(visit: Visit, seen: rules.Seen, *, tag: str, code: str, replayed: bool) -> bool:
    """Enter by which way the arrival is proved, with its flags; returns whether it is.

    What the phone says about its place still counts where a tag was shown: whoever scans a picture of a tag somewhere
    else is far from the home.
    """
    found = presence.shown(visit, tag=tag, code=code, replayed=replayed)
    visit.arrival_tag_id = found.tag_id
    if found.by is not None:
        visit.flags = [flag for flag in visit.flags if flag != "no_place"]
        visit.arrival_by = found.by
        return "far" not in visit.flags
    if found.fault:
        visit.flags = [*visit.flags, found.fault]
    there = seen.is_there(limits())
    visit.arrival_by = ArrivalBy.PLACE if there else ArrivalBy.NONE
    return there
