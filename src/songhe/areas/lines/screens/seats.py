"""Seats as records, for whoever leads the desk."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.lines import actions
from songhe.areas.lines.models import Seat
from songhe.areas.lines.screens.words import SEAT_TONES
from songhe.kit import spec
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb

_STATE = spec.state("state", tones=SEAT_TONES, label_of=lambda row: row.state_name)


def _mine(*states: str) -> Any:
    return lambda row, user: row.enabled and row.agent_id == user.pk and row.state in states


seats = record(
    Seat,
    slug="seats",
    right="lines.view",
    title=_("Desk seats"),
    one=_("Seat"),
    columns=[
        spec.link("extension", show=lambda row: row.extension, sort="extension", note=lambda row: row.agent_name),
        spec.text("skills", show=lambda row: row.skill_names),
        _STATE,
        spec.when("since"),
        spec.yes_no("enabled"),
    ],
    filters=[spec.choice("state"), spec.flag("enabled", _("Enabled"))],
    search=("agent_name", "extension"),
    hint=_("Agent, extension"),
    order=("extension", "id"),
    state=_STATE,
    heading=lambda row: row.agent_name,
    subheading=lambda row: row.extension,
    panels={
        _("Seat"): [
            spec.text("exchange", show=lambda row: str(row.exchange)), "extension", spec.text("agent_name"),
            spec.text("skills", show=lambda row: row.skill_names), _STATE, spec.when("since"), spec.yes_no("enabled"),
        ]
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.open_seat, label=_("Open a seat"), icon="plus", primary=True,
             ask=_("An agent who has a seat gets another extension or other skills.")),
        verb(actions.go_ready, label=_("Ready"), icon="check", primary=True, when=_mine("off", "wrapping", "break")),
        verb(actions.take_break, label=_("Break"), when=_mine("ready", "wrapping", "break")),
        verb(actions.log_off, label=_("Log off"), when=_mine("ready", "wrapping", "break")),
        verb(actions.close_seat, label=_("Close the seat"), danger=True, when=lambda row, user: row.enabled),
    ],
    nav=NavItem("service", "users", 57),
    empty=_("No seat yet. Open one for each agent, with the extension that the exchange knows."),
)  # fmt: skip
