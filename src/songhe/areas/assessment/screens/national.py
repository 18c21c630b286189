"""The national platform's levels beside the city's own, who of its list is not registered, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment import actions, importing
from songhe.areas.assessment.models import (
    Assessment,
    Degree,
    DifferenceState,
    Level,
    LevelDifference,
    NationalLevel,
    Unregistered,
)
from songhe.areas.assessment.queries import national, results
from songhe.areas.registry.api import Happening, Person, of_persons, timeline
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.columns import Plain, Text
from songhe.kit.links import address_of
from songhe.kit.markup import escaped
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import Figure, record, verb
from songhe.kit.who import who

RIGHT = "assessment.view"
PLATFORM = _("National platform")
LISTS = (importing.LEVELS,)
D = DifferenceState
TONES = {D.OPEN: "warn", D.STANDS: "ok", D.AGAIN: "info", D.GONE: "muted"}
_STATE = spec.state("state", tones=TONES, sort="state")


@dataclass(frozen=True, kw_only=True)
class Own(Text):
    """The city's own result in force, worked out for all rows at once."""

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """The level in words."""
        told = self.bind_plain(rows)
        return lambda row: escaped(told(row) or "—")

    def bind_plain(self, rows: Sequence[Any]) -> Callable[[Any], Plain]:
        """The same for exports."""
        found = results.in_force({row.person_id for row in rows}, today())
        return lambda row: _own(found.get(row.person_id))

    def html(self, row: Any) -> SafeString:
        """The level of one row."""
        return self.bind([row])(row)


def _own(found: Assessment | None) -> str:
    return str(found.get_level_display()) if found and found.level is not None else ""


def _valid(row: NationalLevel) -> str:
    if today() > row.valid_until:
        return gettext("Expired")
    return gettext("Valid")


def _valid_only(rows: Any, value: str) -> Any:
    holds = Q(valid_until__gte=today())
    return rows.filter(holds) if value == "valid" else rows.exclude(holds)


def _source(row: NationalLevel) -> str:
    return f"{PLATFORM} · {row.assessed_by}"


def _figures(request: HttpRequest) -> Iterable[Figure]:
    scope = who(request).scope(RIGHT)
    open_ones = national.to_decide(scope).count()
    strangers = national.strangers(scope).count()
    return [
        Figure(_("Valid today"), national.valid(today()).within(scope).count()),
        Figure(
            _("Differs from the city's level"),
            open_ones,
            url=address_of("level-differences", state="open"),
            tone="warn" if open_ones else "",
        ),
        Figure(
            _("Not in the registry"),
            strangers,
            url=address_of("national-strangers"),
            tone="warn" if strangers else "",
        ),
    ]


def _seen(row: NationalLevel | LevelDifference, request: HttpRequest) -> None:
    """A level is health data: showing it is logged."""
    record_read("assessment.read_result", row, actor=who(request), at=now(), purpose="national")


_HOLDS = spec.state(
    "holds",
    _("State"),
    show=_valid,
    tone=lambda row: "muted" if today() > row.valid_until else "ok",
)

record(
    NationalLevel,
    slug="national-levels",
    right=RIGHT,
    title=_("National levels"),
    one=_("National level"),
    rows=national.levels,
    join=("person", "region"),
    columns=[
        spec.link("person", to=spec.url_of, sort="person__name_pinyin"),
        spec.region(),
        spec.text("level", sort="level", note=lambda row: row.assessed_by),
        Own(name="own", label=_("The city's level")),
        spec.day("assessed_on", sort="assessed_on"),
        spec.day("valid_until", sort="valid_until"),
        _HOLDS,
    ],
    filters=[
        spec.choice("level"),
        spec.choice(
            "holds",
            _("State"),
            options=[("valid", _("Valid")), ("over", _("Expired"))],
            narrow=_valid_only,
        ),
        spec.region_filter(),
        spec.date_range("valid_until"),
    ],
    search=of_persons,
    order=("-assessed_on", "id"),
    nav=NavItem("people", "building-community", 44),
    heading=lambda row: str(row.get_level_display()),
    subheading=lambda row: row.person,
    state=_HOLDS,
    seen=_seen,
    figures=_figures,
    intro=_(
        "What the national platform says, beside the city's own results and never converted into them. Whoever is already assessed nationally is not assessed again for the voucher."
    ),
    empty=_("No level from the national platform yet. Import its list under Imports."),
    panels={
        PLATFORM: [
            spec.link("person"),
            spec.region(),
            spec.text("level"),
            spec.text("source", _("Source"), show=_source),
            spec.day("assessed_on"),
            spec.day("valid_until"),
            spec.when("imported_at"),
        ],
        _("The city's own results"): spec.grid(
            lambda row, request: results.of_person(row.person_id),
            [
                spec.link("number", _("Number")),
                spec.text("level", _("The city's level")),
                spec.day("assessed_on", _("Assessed on")),
                spec.day("holds_until", _("Valid until")),
                spec.text("state", _("State")),
            ],
            none=_("The city has not assessed this person."),
        ),
        _("Earlier platform data"): spec.grid(
            lambda row, request: national.of_person(row.person_id).exclude(pk=row.pk),
            [
                spec.text("level", _("National level")),
                spec.text("assessed_by", _("Assessed by")),
                spec.day("assessed_on", _("Assessed on")),
                spec.day("valid_until", _("Valid until")),
                spec.when("replaced_at", _("Replaced at")),
            ],
            none=_("Nothing else."),
        ),
    },
)

record(
    Unregistered,
    slug="national-strangers",
    right="assessment.review",
    title=_("Not in the registry"),
    one=_("Person of the national list"),
    join=("region", "person"),
    columns=[
        spec.link("id_number_masked", to=spec.url_of),
        spec.region(),
        spec.text("level", sort="level"),
        spec.text("assessed_by"),
        spec.day("assessed_on", sort="assessed_on"),
        spec.day("valid_until"),
        spec.link("person"),
    ],
    filters=[
        spec.choice(
            "registered",
            _("Now registered"),
            options=[("no", _("No")), ("yes", _("Yes"))],
            narrow=lambda rows, value: rows.filter(person__isnull=value == "no"),
        ),
        spec.choice("level"),
        spec.region_filter(),
    ],
    order=("-imported_at", "id"),
    nav=NavItem("people", "user", 45),
    empty=_("Everybody of the national list is in the registry."),
    intro=_(
        "People on the national list whose identity number is not registered here. Register them, then look again; each later import and the daily comparison search automatically."
    ),
    panels={
        PLATFORM: [
            spec.text("id_number_masked"),
            spec.region(),
            spec.text("level"),
            spec.text("assessed_by"),
            spec.day("assessed_on"),
            spec.day("valid_until"),
            spec.when("imported_at"),
            spec.link("person"),
            spec.when("found_at"),
        ]
    },
    aside={_("Processing history"): spec.history()},
    verbs=[
        verb(
            actions.look_again,
            label=_("Look again"),
            primary=True,
            when=lambda row, user: row.person_id is None,
        )
    ],
)


def _open(row: LevelDifference, user: Any) -> bool:
    return bool(row.state == D.OPEN)


record(
    LevelDifference,
    slug="level-differences",
    right="assessment.review",
    title=_("Different levels"),
    one=_("Different levels"),
    join=("person", "region", "assessment", "national"),
    columns=[
        spec.link("person", to=spec.url_of),
        spec.region(),
        spec.text("own", sort="own"),
        spec.text("other", sort="other"),
        spec.when("found_at", sort="found_at"),
        _STATE,
    ],
    filters=[
        spec.choice("state"),
        spec.choice("own"),
        spec.choice("other"),
        spec.region_filter(),
    ],
    search=of_persons,
    order=("state", "-found_at", "id"),
    nav=NavItem("people", "adjustments-horizontal", 46),
    heading=str,
    subheading=lambda row: row.person,
    state=_STATE,
    seen=_seen,
    empty=_("No national level differs from the city's own result."),
    panels={
        _("The city's own result"): [
            spec.link("person"),
            spec.region(),
            spec.text("own"),
            spec.link("assessment"),
            spec.day("assessment.assessed_on", _("Assessed on")),
            spec.day("assessment.holds_until", _("Valid until")),
        ],
        PLATFORM: [
            spec.text("other"),
            spec.text("national.assessed_by", _("Assessed by")),
            spec.day("national.assessed_on", _("Assessed on")),
            spec.day("national.valid_until", _("Valid until")),
        ],
        _("Decision taken"): [
            spec.when("decided_at"),
            spec.text("decided_by"),
            spec.text("note", wide=True),
        ],
    },
    aside={_("Processing history"): spec.history()},
    verbs=[
        verb(
            actions.let_stand,
            label=_("Let both stand"),
            primary=True,
            when=_open,
            ask=_("The city's benefits follow the city's own level, the voucher the national one."),
        ),
        verb(
            actions.assess_again,
            label=_("Assess again"),
            when=_open,
            ask=_("A new assessment by the city will be requested. The national level stays as it is."),
        ),
    ],
)


@timeline(RIGHT, NationalLevel)
def _happened(person: Person, scope: Scope) -> Iterable[Happening]:
    """What the national platform said, on the person's own page."""
    rows = NationalLevel.objects.within(scope).filter(person=person, replaced_at=None)
    for row in rows.order_by("-imported_at")[:12]:
        days = f"{row.assessed_on} – {row.valid_until}"
        yield Happening(
            row.imported_at,
            f"{PLATFORM}: {row.get_level_display()}",
            f"{row.assessed_by} · {days}",
            reverse("national-levels.detail", args=[row.pk]),
            "info" if today() <= row.valid_until else "muted",
        )


def _lines(found: list[LevelDifference]) -> list[tuple[str, str, str]]:
    return [
        (
            str(row.person),
            address_of("level-differences", row.pk),
            f"{Level(row.own).label} / {Degree(row.other).label}",
        )
        for row in found
    ]


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = national.to_decide(user.scope("assessment.review"))
    return waiting(rows, _lines, url=f"{reverse('level-differences.list')}?state=open")


home_panel(
    title=_("National levels that differ"),
    right="assessment.review",
    rows=_to_decide,
    order=35,
    none=_("No national level differs from the city's own result."),
)
