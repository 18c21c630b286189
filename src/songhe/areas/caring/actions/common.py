"""What several verbs of caring share."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.limits import need_choices, sign_choices, terms
from songhe.areas.caring.models import OPEN, Caring
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.live.api import publish
from songhe.kit.fields import Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

TOPIC = "caring"
MOST = 1000
Words = Annotated[
    str, Field(label=_("In a few words"), help=_("Kept sealed; no more than is needed"), long=True, size=MOST)
]
Needs = Annotated[list[str], Field(label=_("Needs"), choices=need_choices)]
Signs = Annotated[list[str], Field(label=_("Changes noticed"), choices=sign_choices)]
NOTHING: list[str] = []

__all__ = ["MOST", "NOTHING", "TOPIC", "Needs", "Signs", "Upload", "Words"]


def end_of(day: date) -> datetime:
    """The last moment of a day."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def line(words: str, field: str, *, needed: bool = False) -> str:
    """Words ready to be sealed; refused where they are needed and missing, or too many."""
    clean = normalise(words, lines=True, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > MOST:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=MOST
        )
    return clean


def known(codes: list[str], field: str) -> list[str]:
    """Needs or signs of the city's list, each once."""
    book = terms().needs if field == "needs" else terms().signs
    if not set(codes) <= set(book):
        raise Refused("no_such_choice", "This is not one of the choices. Choose from the list.", field=field)
    return sorted(set(codes))


def still_open(caring: Caring) -> None:
    """Refuse what would change something that is settled."""
    if caring.state not in OPEN:
        raise Refused(
            "caring_state",
            "This is now “{state}”. Open it again to see what happened.",
            state=caring.get_state_display(),
        )


def tell(caring: Caring, at: datetime) -> None:
    """Tell pages that look at it."""
    news = {"caring": str(caring.pk), "state": str(caring.state)}
    publish(TOPIC, caring.region_id, news, at=at, holder_id=caring.helper_id)
