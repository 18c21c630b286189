"""The sections of a site's page, each with its verbs beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.columns import organisation
from songhe.areas.providers.models import (
    Agreement,
    Facility,
    Job,
    Kind,
    Mode,
    OfSite,
    Operation,
    Ownership,
    Permit,
    Photo,
    Price,
    Rating,
    SiteFunction,
    Staffing,
    State,
)
from songhe.areas.providers.queries import organisation_names
from songhe.areas.providers.queries.public import holidays
from songhe.areas.providers.queries.register import KEPT_NAMES, Entry, history_of, register_on
from songhe.areas.providers.rules.gaps import complete, wanted
from songhe.areas.providers.saying import capacity_words, hours_words, now_words, slot_words
from songhe.areas.providers.screens.common import scope_of
from songhe.engines.regions.tree import full_name
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.columns import Column
from songhe.kit.days import begin_of
from songhe.kit.spec import RECORDS, Panel
from songhe.kit.who import who

SOON = timedelta(days=60)
GAP_WORDS = {
    "address": _("Address"),
    "place": _("Place on the map"),
    "phone": _("Telephone"),
    "hours": _("Opening hours"),
    "area": _("Floor area"),
    "beds": _("Beds"),
    "day_places": _("Day places"),
    "diners": _("Diners per meal"),
    "ownership": _("Ownership"),
    "mode": _("Operating model"),
    "contract": _("Operation contract"),
    "licence": _("Licence or filing"),
    "fire": _("Fire safety"),
    "food": _("Food permit"),
    "clinic": _("Agreement with a clinic"),
    "staff": _("Staff"),
    "prices": _("Prices"),
    "face": _("Photo"),
    "description": _("Description"),
}
_ENUMS = {"kind": Kind, "mode": Mode, "ownership": Ownership, "state": State}


def verbs_here(row: Facility, request: HttpRequest, slugs: Sequence[str]) -> list[tuple[Any, str]]:
    """Those of some verbs that the reader may use on this site, with their pages."""
    record, user = RECORDS["facilities"], who(request)
    found = [verb for verb in record.verbs if verb.slug in slugs and verb.offered(row, user)]
    inside = {
        right: record.visible(user, right).filter(pk=row.pk).exists()
        for right in {verb.needs for verb in found}
    }
    return [(verb, record.url_for(verb, row)) for verb in found if inside[verb.needs]]


def section(part: Panel, *slugs: str) -> Panel:
    """A panel with verbs below it."""

    def query(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
        return {**part.query(row, request), "inner": part.template, "verbs": verbs_here(row, request, slugs)}

    return Panel(template="providers/section.html", query=query)


def of_site(model: type[OfSite], order: str) -> Callable[[Facility, HttpRequest], Iterable[Any]]:
    """The rows of one table of a site's file, as far as the reader reaches them."""

    def rows(row: Facility, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.within(scope_of(request)).filter(facility=row)
        return found.order_by(order, "id")

    return rows


@dataclass(frozen=True)
class Use:
    """A site's main kind or a function, with its capacity."""

    kind: str
    main: bool
    row: Any


def _uses(row: Facility, request: HttpRequest) -> Iterable[Use]:
    yield Use(str(row.get_kind_display()), True, row)
    for found in of_site(SiteFunction, "since")(row, request):
        yield Use(str(found.get_kind_display()), False, found)


USES = [
    spec.text(
        "kind", _("Function"), show=lambda use: use.kind, note=lambda use: _("main kind") if use.main else ""
    ),
    spec.number("area_m2", _("Floor area (m²)"), show=lambda use: use.row.area_m2),
    spec.text("capacity", _("Capacity"), show=lambda use: capacity_words(use.row)),
    spec.day("since", _("From"), show=lambda use: use.row.since, note=lambda use: _until(use.row)),
]


def _until(row: Any) -> str:
    return f"– {row.until:%Y-%m-%d}" if row.until else ""


def _hours(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
    opening, day = row.opening, today()
    return {
        "week": hours_words(opening),
        "now": now_words(opening, now()),
        "open": opening.open_at(localtime(now()), holidays=holidays()),
        "same_on_holidays": opening.holidays,
        "own": [(when, slot_words(slots)) for when, slots in sorted(opening.days.items()) if when >= day][
            :12
        ],
    }


def validity(last: date | None, first: date | None = None) -> tuple[str, str]:
    """How something that ends stands today: (tone, words)."""
    day = today()
    if first is not None and first > day:
        return "info", gettext("Not yet begun")
    if last is None or last > day + SOON:
        return "ok", gettext("Valid")
    return ("warn", gettext("Expiring soon")) if last >= day else ("danger", gettext("Expired"))


def valid_column(last: str, first: str = "") -> Column:
    """The state of something that ends, from its last day."""

    def stand(row: Any) -> tuple[str, str]:
        return validity(getattr(row, last), getattr(row, first) if first else None)

    return spec.state("pk", _("Validity"), show=lambda row: stand(row)[1], tone=lambda row: stand(row)[0])


def _staff(row: Facility, request: HttpRequest) -> list[Staffing]:
    latest: dict[str, Staffing] = {}
    for found in of_site(Staffing, "counted_on")(row, request):
        latest[found.job] = found
    return [latest[job] for job in Job.values if job in latest and latest[job].number]


def _ratio(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
    staff = _staff(row, request)
    carers = sum(found.number for found in staff if found.job in (Job.CARER, Job.NURSE))
    places = row.beds + (row.day_places or 0)
    inner = spec.grid(
        lambda _row, _request: staff,
        [
            spec.text("job", _("Staff position")),
            spec.number("number", _("Number of staff")),
            spec.number("certified", _("With certificate")),
            spec.day("counted_on", _("Counted on")),
        ],
        none=_("No staff numbers recorded yet."),
    )
    return {
        **inner.query(row, request),
        "total": sum(found.number for found in staff),
        "certified": sum(found.certified for found in staff),
        "ratio": f"1 : {places / carers:.1f}" if carers and places else "",
    }


def _photos(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
    rows = of_site(Photo, "added_at")(row, request)
    return {"photos": sorted(rows, key=lambda photo: not photo.face)}


def said(entry: Entry) -> str:
    """A remembered value in words."""
    value = entry.value
    if value in (None, ""):
        return "—"
    if entry.what in _ENUMS:
        return str(dict(_ENUMS[entry.what].choices).get(value, value))
    if entry.what == "region_id":
        return full_name(int(value))
    if entry.what == "organisation_id":
        return next(iter(organisation_names([UUID(str(value))]).values()), "—")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _register(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
    """What the register said on the day asked for, as known now or on another day."""
    day, known = _day(request.GET.get("as_of")), _day(request.GET.get("known"))
    known_at = begin_of(known + timedelta(days=1)) if known else None
    entries = register_on(row, day or today(), known_at=known_at)
    return {
        "as_of": day or today(),
        "known": known,
        "asked": day is not None or known is not None,
        "not_open": bool(row.since and day and day < row.since),
        "entries": [
            (KEPT_NAMES[entry.what], said(entry), entry)
            for entry in entries
            if entry.value not in (None, "", 0) or entry.since
        ],
        "changes": [
            (KEPT_NAMES.get(fact.what, fact.what), said(Entry(fact.what, fact.value)), fact) for fact in history_of(row, most=12)
        ],
    }  # fmt: skip


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _gaps(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
    does = {
        row.kind,
        *SiteFunction.everywhere.filter(facility=row, until=None).values_list("kind", flat=True),
    }
    asked = wanted(does, row.mode)
    return {
        "gaps": [GAP_WORDS[name] for name in row.gaps if name in GAP_WORDS],
        "percent": complete(len(row.gaps), len(asked)),
    }


def _same_licence(row: Facility, request: HttpRequest) -> Iterable[Facility]:
    rows = Facility.objects.within(scope_of(request)).filter(licence_no=row.licence_no or None)
    return rows.exclude(pk=row.pk).order_by("name")


uses = section(spec.grid(_uses, USES), "set_beds", "add_function", "end_function")
hours = section(Panel(template="providers/hours.html", query=_hours), "set_opening", "except_days")
prices = section(
    spec.grid(
        lambda row, request: of_site(Price, "item")(row, request).filter(until=None),  # type: ignore[attr-defined]
        [
            spec.text("item", _("Charged item")),
            spec.money("fen", _("Price (yuan)"), note=lambda row: row.get_per_display()),
            spec.day("since", _("From")),
        ],
        none=_("No price on the public list yet."),
    ),
    "set_price",
    "end_price",
)
contracts = section(
    spec.grid(
        of_site(Operation, "-since"),
        [
            spec.link("number", _("Contract number"), show=lambda row: row.number or row.get_kind_display()),
            spec.text("kind", _("Kind")),
            organisation(_("Operator"), "operator_id"),
            spec.text("owner_name", _("Commissioning party")),
            spec.day("since", _("Contract term"), note=lambda row: f"– {row.until:%Y-%m-%d}"),
            spec.money("fen_per_year", _("Annual fee (yuan)")),
            valid_column("until", "since"),
        ],
        none=_("Nobody else runs this site by contract."),
    ),
    "entrust_facility",
)
papers = section(
    spec.grid(
        of_site(Permit, "-issued_on"),
        [
            spec.text("kind", _("Licence or permit"), note=lambda row: row.number),
            spec.text("issued_by", _("Issuing office")),
            spec.day("issued_on", _("Issued on")),
            spec.day("valid_until", _("Valid until")),
            valid_column("valid_until", "issued_on"),
        ],
        none=_("No licence or permit entered yet."),
    ),
    "enter_paper",
    "license_facility",
)
staff = section(Panel(template="providers/staff.html", query=_ratio), "count_staff")
agreements = section(
    spec.grid(
        of_site(Agreement, "-since"),
        [
            spec.text("body", _("Medical institution"), note=lambda row: row.what),
            spec.day("since", _("First day")),
            spec.day("until", _("Last day")),
            valid_column("until", "since"),
        ],
        none=_("No clinic has agreed yet."),
    ),
    "add_agreement",
)
ratings = section(
    spec.grid(
        of_site(Rating, "-rated_on"),
        [
            spec.text("stars", _("Stars"), show=lambda row: "★" * row.stars),
            spec.day("rated_on", _("Rated on")),
            spec.day("valid_until", _("Valid until")),
            spec.text("source", _("Source")),
            valid_column("valid_until"),
        ],
        none=_("The site was not rated yet."),
    ),
    "rate_facility",
)
photos = section(
    Panel(template="providers/photos.html", query=_photos), "add_photo", "show_photo", "remove_photo"
)
parts = Panel(
    template="kit/grid.html",
    query=spec.grid(
        _same_licence,
        [spec.link("name", _("Site name")), spec.text("kind", _("Kind")), spec.region("region", _("Region"))],
        none=_("No other site has this licence."),
    ).query,
    when=lambda row: bool(row.licence_no),
)
register = section(Panel(template="providers/register.html", query=_register), "correct_register")
missing = Panel(template="providers/missing.html", query=_gaps)
