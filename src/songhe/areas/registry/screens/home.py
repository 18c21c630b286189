"""What waits for somebody in the registry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.models import Death, Move, Suspect
from songhe.areas.registry.queries.people import arriving, deaths_to_confirm, open_suspects
from songhe.areas.registry.screens.changes import evidence
from songhe.engines.regions.tree import name_of
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.spec import url_of

Lines = list[tuple[str, str | None, str]]


def _pairs(found: list[Suspect]) -> Lines:
    return [(f"{row.first.name} = {row.second.name}", url_of(row), evidence(row)) for row in found]


def _reports(found: list[Death]) -> Lines:
    return [(row.person.name, url_of(row), f"{row.died_on} · {row.get_source_display()}") for row in found]


def _moves(found: list[Move]) -> Lines:
    return [
        (row.person_name, url_of(row), f"{name_of(row.region_id)} → {name_of(row.to_region_id)}")
        for row in found
    ]


def _suspects(user: Any, _scope: Any, _at: datetime) -> HomeList:
    rows = open_suspects(user.scope("registry.merge"))
    return waiting(rows, _pairs, url="/suspects/?state=open", tone="warn")


def _deaths(user: Any, _scope: Any, _at: datetime) -> HomeList:
    rows = deaths_to_confirm(user.scope("registry.death"), user)
    return waiting(rows, _reports, url="/deaths/?state=reported", tone="danger")


def _arriving(user: Any, _scope: Any, _at: datetime) -> HomeList:
    rows = arriving(user.scope("registry.move"), user)
    return waiting(rows, _moves, url="/transfers/?state=proposed", tone="info")


home_panel(
    title=_("Deaths to confirm"), right="registry.death", rows=_deaths, area="registry", icon="flag", order=10,
    none=_("No reports to confirm."),
)  # fmt: skip
home_panel(
    title=_("Transfers to accept"), right="registry.move", rows=_arriving, area="registry", icon="send", order=20,
    none=_("No incoming transfers."),
)  # fmt: skip
home_panel(
    title=_("Duplicates to decide"), right="registry.merge", rows=_suspects, area="registry", icon="git-merge", order=30,
    none=_("No suspected duplicates."),
)  # fmt: skip
