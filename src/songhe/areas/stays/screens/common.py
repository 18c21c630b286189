"""Columns, tones and conditions that the screens of stays share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility, Named
from songhe.areas.registry.api import Person
from songhe.areas.stays.models import ApplicationState, Bed, HomeBedState, OfferState, StayState
from songhe.areas.stays.queries import beds as houses
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.columns import Column, Plain, State
from songhe.kit.words import Label

STAY_TONES = {StayState.LIVING: "ok", StayState.AWAY: "warn", StayState.ENDED: "muted"}
APPLICATION_TONES = {
    ApplicationState.WAITING: "info", ApplicationState.OFFERED: "warn", ApplicationState.ACCEPTED: "ok",
    ApplicationState.ADMITTED: "muted", ApplicationState.WITHDRAWN: "muted",
}  # fmt: skip
OFFER_TONES = {
    OfferState.OPEN: "warn", OfferState.ACCEPTED: "ok", OfferState.USED: "muted", OfferState.DECLINED: "muted",
    OfferState.EXPIRED: "danger", OfferState.WITHDRAWN: "muted",
}  # fmt: skip
HOME_BED_TONES = {
    HomeBedState.DRAFT: "warn", HomeBedState.ACCEPTED: "info", HomeBedState.ACTIVE: "ok", HomeBedState.RESTING: "warn",
    HomeBedState.ENDED: "muted",
}  # fmt: skip
BED_TONES = {
    houses.FREE: "ok", houses.TAKEN: "muted", houses.AWAY: "warn", houses.HELD: "info", houses.CLOSED: "danger",
}  # fmt: skip
BED_WORDS: dict[str, Label] = {
    houses.FREE: _("Free"), houses.TAKEN: _("Occupied now"), houses.AWAY: _("Held during leave"), houses.HELD: _("Reserved"),
    houses.CLOSED: _("Out of service"),
}  # fmt: skip


def person(name: str = "person_id", label: Label = "") -> Named:
    """A person by name, linked where the reader reaches the person's page."""
    return Named(name=name, label=label or _("Person"), model=Person, names=houses.names_of)


def facility(name: str = "facility_id", label: Label = "") -> Named:
    """A facility by name, linked where the reader reaches its page."""
    return Named(name=name, label=label or _("Facility"), model=Facility, names=houses.facility_names)


def heading(row: Any) -> str:
    """The person's name."""
    return houses.names_of([row.person_id]).get(row.person_id, "")


def is_in(*states: str) -> Callable[[Any, Any], bool]:
    """Whether a row is in one of some states."""
    return lambda row, user: row.state in states


@dataclass(frozen=True, kw_only=True)
class BedNow(Column):
    """Whether each bed is free today, found for all rows at once."""

    def bind(self, rows: Sequence[Bed]) -> Callable[[Bed], SafeString]:
        found = houses.states_of(rows, today())
        return lambda row: drawn(found[row.pk])

    def bind_plain(self, rows: Sequence[Bed]) -> Callable[[Bed], Plain]:
        found = houses.states_of(rows, today())
        return lambda row: str(BED_WORDS[found[row.pk]])

    def html(self, row: Bed) -> SafeString:
        return self.bind([row])(row)

    def plain(self, row: Bed) -> Plain:
        return self.bind_plain([row])(row)


def drawn(state: str) -> SafeString:
    """The state of a bed as a badge."""
    return State(name="state", show=lambda _row: BED_WORDS[state], tone=lambda _row: BED_TONES[state]).html(
        None
    )


def house(row: Any) -> str:
    """The name of a row's facility, which is public, also where the reader does not reach the facility."""
    return houses.facility_names([row.facility_id]).get(row.facility_id, "")


def facility_url(row: Any) -> str:
    """The page of a row's facility, where the reader may open it."""
    return spec.url_of(row.facility) or ""
