"""What several verbs of the hotline do in the same way."""

from __future__ import annotations

from songhe.areas.hotline.models import Call
from songhe.core.codes import Phone, parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.regions.models import Level, Region
from songhe.engines.vault.api import keyed_hash

NUMBER = "call_number"


def words_of(text: str, *, field: str, needed: bool = False, most: int = 2000) -> str:
    """Words as they are kept; refused where they are missing or too many."""
    clean = normalise(text, lines=True, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def phone_of(number: str) -> Phone | None:
    """A number as somebody typed it or the exchange told it; None where it is hidden."""
    return parse_phone(number, field="number") if number.strip() else None


def number_hash(phone: Phone) -> bytes:
    """By what calls and nuisance marks of a number are found."""
    return keyed_hash(NUMBER, phone.number)


def still_open(call: Call) -> None:
    """Refuse what only a call that is not closed allows."""
    if not call.is_open:
        raise Refused("call_ended", "This call is closed. Take a new one.")


def region_of(actor: Actor) -> int:
    """Where a call counts whose caller is not known: the first region in which the agent answers."""
    areas = actor.scope("hotline.answer").areas
    known = Region.objects.filter(code__in=[low for low, _high in areas]).order_by("code").first()
    if known is None:
        known = Region.objects.exclude(level=Level.NATION).order_by("level", "code").first()
    assert known is not None
    return int(known.pk)
