"""What several verbs of canteens share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import IO, TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.limits import meal_choices
from songhe.areas.canteens.models import Canteen
from songhe.areas.canteens.models.common import OfCanteen
from songhe.areas.canteens.queries import table
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.kit.days import day_of
from songhe.kit.fields import Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

PICTURES = "image/*,application/pdf"
AHEAD = 31
"""Days ahead that something can be told of."""
BACK = 62
"""Days back that something can still be entered."""
On = Annotated[date, Field(label=_("Day"))]
OfMeal = Annotated[str, Field(label=_("Meal"), choices=meal_choices)]
Reason = Annotated[str, Field(label=_("Reason"), size=200)]

__all__ = ["AHEAD", "PICTURES", "OfMeal", "On", "Reason", "Upload"]


def line(words: str, field: str, most: int, *, needed: bool = True) -> str:
    """Words ready to be stored; refused where they are needed and missing, or too many."""
    clean = normalise(words, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def between(on: date, *, at: datetime, back: int = BACK, ahead: int = 0, field: str = "on") -> date:
    """A day near today; refused otherwise."""
    today = day_of(at)
    if not today - timedelta(days=back) <= on <= today + timedelta(days=ahead):
        raise Refused(
            "wrong_day",
            "Choose a day from {first} to {last}.",
            field=field,
            first=today - timedelta(days=back),
            last=today + timedelta(days=ahead),
        )
    return on


def still_open(canteen: Canteen, on: date) -> None:
    """Refuse what would change a day that is closed."""
    if table.closing(canteen, on) is not None:
        raise Refused(
            "day_closed",
            "{day} is closed already. Reverse its closing first, then change it.",
            day=on,
        )


def locked(canteen_id: UUID) -> Canteen:
    """The canteen, locked: its meals, closings and rolls wait for each other in one order."""
    with elevated():  # whoever may act on a row of a canteen waits for it
        found: Canteen = Canteen.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=canteen_id)
    return found


def canteen_of(row: OfCanteen) -> Canteen:
    """The canteen of a row, also for relatives, who do not reach it by itself."""
    with elevated():  # that a canteen serves and which meals is public
        found: Canteen = Canteen.everywhere.get(pk=row.canteen_id)
    return found


def serves(canteen: Canteen, meal: str) -> str:
    """A meal that the canteen serves; refused otherwise."""
    if meal not in canteen.meals:
        raise Refused(
            "not_served",
            "{canteen} does not serve this meal. Choose another one.",
            field="meal",
            canteen=canteen,
        )
    return meal


def kept(row: Any, file: IO[bytes] | Any, *, actor: Actor, at: datetime) -> UUID:
    """A picture of a row of a canteen, sealed with a key of the row's own."""
    make_key(row.pk)
    place = Place(owner_id=row.pk, about_id=row.pk, region_id=row.region_id, holder_id=row.facility_id)
    return take_in(file, name=str(file.name or "file"), place=place, actor_id=actor.id, at=at).pk
