"""What arriving, leaving and coming in vain share: the phone's place, and what it is worth."""

from __future__ import annotations

from datetime import datetime
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

Lon = Annotated[str, Field(label=_("Longitude"), size=24)]
Lat = Annotated[str, Field(label=_("Latitude"), size=24)]
Accuracy = Annotated[int | None, Field(label=_("Exact to (m)"), least=0, most=100_000)]
Tag = Annotated[str, Field(label=_("Tag of the home, scanned or typed"), size=400)]
Code = Annotated[str, Field(label=_("Six digits that the person was told"), size=12)]
LEARN_METRES = 50


def local(stay: rules.Stay) -> rules.Stay:
    """The same stay in the city's time zone, in which refusals name hours."""
    return timezone.localtime(stay[0]), timezone.localtime(stay[1])


def place_of(lon: str, lat: str) -> Point | None:
    """The phone's place, if it sent one."""
    return parse_point(lon.strip(), lat.strip(), field="lon") if lon.strip() or lat.strip() else None


def seen_of(
    visit: Visit, claimed: datetime, received: datetime, place: Point | None, accuracy: int | None
) -> rules.Seen:
    """What the phone reports, with how far it was from the person's place."""
    with elevated():  # where the person lives is compared, not shown
        home = secrets_of(visit.person).place
    away = metres(place, home)
    exact = None if place is None else (accuracy if accuracy is not None else limits().accuracy_metres)
    return rules.Seen(claimed=claimed, received=received, metres=away, accuracy=exact)


def learn_place(visit: Visit, seen: rules.Seen, place: Point | None) -> None:
    """The first exact check-in tells where a person lives whose place nobody entered."""
    if place is None or seen.metres is not None or seen.accuracy is None or seen.accuracy > LEARN_METRES:
        return
    with elevated():
        locate(visit.person, place)
    add_detail(place_learned=True)


def sealed_place(visit: Visit, place: Point | None, accuracy: int | None) -> bytes:
    """A place sealed with the person's key, since it shows where the person lives."""
    if place is None:
        return b""
    return seal_json(visit.person_id, {"lon": place.lon, "lat": place.lat, "accuracy": accuracy})


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
