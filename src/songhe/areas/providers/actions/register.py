"""The register's memory: what a site was on which day, and what was believed when; and what every change of a file does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.words import past_day, words
from songhe.areas.providers.models import (
    FILES,
    Facility,
    FireSafety,
    Kind,
    Mode,
    Operation,
    Ownership,
    Permit,
    PermitKind,
    Photo,
    Price,
    SiteFact,
    SiteFunction,
    Staffing,
    State,
)
from songhe.areas.providers.models.sites import Agreement, OfSite
from songhe.areas.providers.queries.register import KEPT, KEPT_NAMES, facts_of
from songhe.areas.providers.rules.gaps import Told, missing
from songhe.core.dated import Known, Span, amend
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.models import Attachment
from songhe.kit.fields import Field

CHOICES = {"kind": Kind, "ownership": Ownership, "mode": Mode, "state": State}
COUNTS = ("area_m2", "beds", "nursing_beds", "day_places", "diners", "places")
What = Annotated[
    str,
    Field(label=_("What is recorded"), choices=[(name, label) for name, label in KEPT_NAMES.items() if name in {"name", *CHOICES, *COUNTS}]),
]  # fmt: skip
Valid = Annotated[date | None, Field(label=_("Valid from"), help=_("Empty: from today"))]


def open_site(facility: Facility) -> None:
    """Refuse a site that is closed."""
    if facility.state == State.CLOSED:
        raise Refused("closed", "This site is closed, so nothing about it can be changed.")


def valid_day(facility: Facility, on: date | None, *, at: datetime) -> date:
    """The day from which a change holds: today unless one is given, not before the site opened."""
    day = past_day(on or timezone.localdate(at), at=at, field="since")
    if facility.since is not None and day < facility.since:
        raise Refused(
            "before_opening",
            "The site opened on {since}; nothing earlier can be entered.",
            field="since",
            since=facility.since,
        )
    return day


@contextmanager
def dated(
    facility: Facility, *, on: date | None, actor: Actor, at: datetime, note: str = ""
) -> Iterator[None]:
    """Remember what a change of a site's row changes, from a day on."""
    day = valid_day(facility, on, at=at)
    before = _values(facility)
    yield
    after = _values(facility)
    for what in KEPT:
        if before[what] != after[what]:
            believe(facility, what, before[what], after[what], Span(day), actor=actor, at=at, note=note)
    if (before["region_id"], before["organisation_id"]) != (after["region_id"], after["organisation_id"]):
        _follow(facility)
    recount([facility])


def believe(
    facility: Facility, what: str, old: Any, new: Any, span: Span, *, actor: Actor, at: datetime, note: str = ""
) -> bool:  # fmt: skip
    """Let a value hold on a span of days; ``old`` is what the column said while nothing was ever remembered."""
    rows = facts_of(facility, what)
    if not rows:
        rows = [_fact(facility, what, old, Span(), at=min(at, _entered(facility)), by="", note="")]
    change = amend([Known(row, row.value, Span(row.valid_from, row.valid_to), row.recorded_at) for row in rows],
                   value=new, span=span)  # fmt: skip
    for row in change.ended:
        row.recorded_until = at
        row.save(update_fields=["recorded_until"])
    for value, piece, _left_from in change.added:
        _fact(facility, what, value, piece, at=at, by=_by(actor), note=note)
    return not change.is_empty


@act("providers.edit")
def correct_register(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    what: What,
    value: Annotated[str, Field(label=_("Recorded value"), size=120)],
    reason: Annotated[str, Field(label=_("Reason"), size=200)],
    since: Annotated[date | None, Field(label=_("From"), help=_("Empty: ever since it opened"))] = None,
    until: Annotated[
        date | None, Field(label=_("Until"), help=_("The first day on which it was different"))
    ] = None,
) -> Facility:
    """Put right what the register says of some days; what was believed until now stays readable."""
    if since is not None and until is not None and since >= until:
        raise Refused("empty_span", "The period ends before it begins. Check both days.", field="until")
    for field, day in (("since", since), ("until", until)):
        if day is not None:
            past_day(day, at=at, field=field)
    new, span = _read(what, value), Span(since, until)
    why = words(reason, field="reason", most=200, needed=True)
    old = _values(facility)[what]
    today = timezone.localdate(at)
    if what == "state" and span.holds(today):
        raise Refused(
            "state_now",
            "Whether a site operates today is changed by suspending, resuming or closing it.",
            field="what",
        )
    if not believe(facility, what, old, new, span, actor=actor, at=at, note=why):
        raise Refused("said_already", "The register already says this for these days.", field="value")
    if span.holds(today) and new != old:
        _set(facility, what, new)
        recount([facility])
    add_detail(what=what, value=new, since=str(since or ""), until=str(until or ""), reason=why)
    return facility


def _set(facility: Facility, what: str, value: Any) -> None:
    setattr(facility, what, value)
    try:
        with transaction.atomic():
            facility.save()
    except IntegrityError:
        raise Refused(
            "does_not_fit",
            "This conflicts with other details of the site in the register, such as its beds or its name. Correct those first.",
            field="value",
        ) from None


def _read(what: str, text: str) -> Any:
    if what in CHOICES:
        wanted = text.strip().lower()
        for value, label in CHOICES[what].choices:
            if wanted in (value, str(label).lower()):
                return value
        names = ", ".join(str(label) for _value, label in CHOICES[what].choices)
        raise Refused("no_such_value", "Write one of: {names}.", field="value", names=names)
    if what in COUNTS:
        if not text.strip().isdecimal() or int(text) > 2_000_000:
            raise Refused("no_number", "Write a whole number.", field="value")
        return int(text)
    return words(text, field="value", most=120, needed=True)


def _values(facility: Facility) -> dict[str, Any]:
    return {
        what: str(value) if isinstance(value := getattr(facility, what), UUID) else value for what in KEPT
    }


def _fact(
    facility: Facility, what: str, value: Any, span: Span, *, at: datetime, by: str, note: str
) -> SiteFact:
    return SiteFact.everywhere.create(
        facility=facility, region_id=facility.region_id, organisation_id=facility.organisation_id, what=what,
        value=value, valid_from=span.start, valid_to=span.end, recorded_at=at, recorded_by=by, note=note,
    )  # fmt: skip


def _entered(facility: Facility) -> datetime:
    """When the site was entered, as its key says."""
    return datetime.fromtimestamp((facility.pk.int >> 80) / 1000, UTC)


def _by(actor: Actor) -> str:
    return str(getattr(actor, "name", "") or "")[:80]


def _follow(facility: Facility) -> None:
    """Carry the rows of a file to where their site is now and to who runs it."""
    for model in FILES:
        model.everywhere.filter(facility=facility).update(
            region_id=facility.region_id, organisation_id=facility.organisation_id
        )
    Attachment.everywhere.filter(owner_id=facility.pk).update(
        region_id=facility.region_id, holder_id=facility.organisation_id
    )


def filed(facility: Facility, row: OfSite) -> OfSite:
    """A new row of a site's file, placed where the site is."""
    row.facility, row.region_id, row.organisation_id = facility, facility.region_id, facility.organisation_id
    return row


def recount(sites: Iterable[Facility]) -> int:
    """Work out what is missing in the files of some sites; returns how many changed."""
    sites = list(sites)
    keys = [site.pk for site in sites]
    functions: dict[UUID, list[SiteFunction]] = {}
    for row in SiteFunction.everywhere.filter(facility_id__in=keys, until=None):
        functions.setdefault(row.facility_id, []).append(row)
    held = {
        name: set(rows.filter(facility_id__in=keys).values_list("facility_id", flat=True))
        for name, rows in _rows_behind().items()
    }
    changed = []
    for site in sites:
        has = {name for name, owners in held.items() if site.pk in owners}
        gaps = missing(told(site, functions.get(site.pk, []), has))
        if gaps != site.gaps:
            site.gaps = gaps
            changed.append(site)
    Facility.everywhere.bulk_update(changed, ["gaps"], batch_size=2000)
    return len(changed)


def _rows_behind() -> dict[str, Any]:
    permits = Permit.everywhere
    return {
        "contract": Operation.everywhere,
        "licence": permits.filter(kind__in=[PermitKind.LICENCE, PermitKind.RECORD]),
        "fire": permits.filter(kind=PermitKind.FIRE),
        "food": permits.filter(kind=PermitKind.FOOD),
        "clinic": Agreement.everywhere,
        "staff": Staffing.everywhere,
        "prices": Price.everywhere.filter(until=None),
        "face": Photo.everywhere.filter(face=True),
    }


def told(site: Facility, functions: Iterable[SiteFunction], has: set[str]) -> Told:
    """What a file holds, read from its row and from the names of the tables that have rows of it."""
    functions = list(functions)
    own = {
        "address": site.address,
        "place": site.lon is not None,
        "phone": site.public_phone or site.phone,
        "hours": site.opening.known,
        "area": site.area_m2,
        "beds": site.beds or any(row.beds for row in functions),
        "day_places": site.day_places or any(row.day_places for row in functions),
        "diners": site.diners or any(row.diners for row in functions),
        "ownership": site.ownership,
        "mode": site.mode,
        "licence": site.licence_no,
        "fire": site.fire_safety in (FireSafety.PASSED, FireSafety.FILED),
        "description": site.description,
    }
    does = frozenset({site.kind, *(row.kind for row in functions)})
    return Told(does, site.mode, frozenset({name for name, there in own.items() if there} | has))
