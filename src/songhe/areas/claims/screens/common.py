"""Tones and columns that the screens of claims share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.models import State
from songhe.areas.providers.api import Named, item_name
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import person_names
from songhe.kit import spec
from songhe.kit.columns import Column

TONES = {
    State.DRAFT: "muted", State.FILED: "info", State.SCORED: "warn", State.ACCEPTED: "info", State.APPROVED: "ok",
    State.PAID: "ok", State.RETURNED: "danger", State.WITHDRAWN: "muted",
}  # fmt: skip
LINE_TONES = {
    "payable": "ok", "part": "ok", "shorter": "warn", "unverified": "warn", "changed": "warn", "rejected": "danger",
    "not_given": "danger", "refused": "danger",
}  # fmt: skip


def state_of_line() -> Column:
    """What became of a line."""
    return spec.state("state", _("State"), tones=LINE_TONES)


def service() -> Column:
    """The service by name."""
    return spec.text("item", _("Service"), show=lambda row: item_name(row.item))


def person(name: str = "person_id") -> Named:
    """A person by name, linked where the reader reaches the person's page."""
    return Named(name=name, label=_("Person"), model=Person, names=person_names)


def money_columns() -> list[Column]:
    """Claimed, refused, deducted, to be paid."""
    return [
        spec.money("claimed_fen", _("Claimed")),
        spec.money("refused_fen", _("Refused amount")),
        spec.money("deducted_fen", _("Deducted")),
        spec.money("net_fen", _("Net amount payable")),
    ]


def in_states(*states: State) -> Any:
    """A condition for verbs."""
    return lambda row, user: row.state in states
