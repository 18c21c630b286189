"""Pairs on screen."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid import actions, columns
from songhe.areas.grid.models import Ended, Pair
from songhe.areas.grid.queries.books import person_names
from songhe.areas.grid.screens.common import ROLE_TONES, day_given, pair_state, still
from songhe.areas.registry.api import Person, search
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.finding import either
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb


def _found(rows: QuerySet[Pair], words: str, scope: Scope) -> QuerySet[Pair]:
    """Pairs of elders by their names."""
    persons = search(Person.objects.here(), words, scope)
    return either(rows, Q(person__in=persons.values("pk")), Q(helper__name__icontains=words))


def _open(row: Pair, user: Any) -> bool:
    return still(row.until)


def _held(rows: QuerySet[Pair], yes: bool) -> QuerySet[Pair]:
    return rows.filter(until=None) if yes else rows.exclude(until=None)


pairs = record(
    Pair,
    slug="helper-pairs",
    right="grid.view",
    title=_("Helpers and elders"),
    one=_("Pair"),
    columns=[
        spec.link("person", _("Elder"), note=lambda row: str(row.region)),
        columns.helper(),
        spec.state("role", tones=ROLE_TONES),
        spec.yes_no("holds_key"),
        spec.day("since", sort="since"),
        spec.day("until"),
        spec.text("why_ended"),
        pair_state(),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("role"),
        spec.flag("holds", _("In force"), narrow=_held),
        spec.flag("holds_key", _("Holds a key")),
        spec.choice("why_ended"),
    ],
    search=_found,
    order=("-since", "id"),
    join=("person", "region"),
    heading=lambda row: person_names([row.person_id]).get(row.person_id, "—"),
    subheading=lambda row: str(row.get_role_display()),
    state=pair_state(),
    aside={
        _("Pair"): [
            columns.person(), columns.helper(), spec.state("role", tones=ROLE_TONES), spec.region(), "since",
            spec.day("until", optional=True), spec.text("why_ended", optional=True), spec.yes_no("holds_key"),
            spec.day("key_since", optional=True), spec.text("by"), spec.when("at"),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.begin_pair, label=_("Pair an elder with a helper"), icon="heart-handshake", primary=True, initial=day_given),
        verb(actions.replace_helper, label=_("Hand on to another helper"), icon="arrow-right", when=_open, primary=True,
             initial=lambda row, user: {"since": today(), "holds_key": row.holds_key}),
        verb(actions.hand_key, label=_("Hand over the key"), icon="key", when=_open,
             initial=lambda row, user: {"on": today(), "holds_key": row.holds_key}),
        verb(actions.end_pair, label=_("End"), icon="x", danger=True, when=_open,
             initial=lambda row, user: {"on": today(), "why": Ended.REFUSED}),
    ],
    nav=NavItem("service", "users", 56),
    empty=_("Nobody is paired yet. Pair elders who live alone first."),
)  # fmt: skip
