"""Drafting: the terms of a contract, or of its amendment, before somebody else approves them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import queries
from songhe.areas.contracts.actions.common import check_terms, need, not_before_last, opened
from songhe.areas.contracts.models import Area, Contract, Service, State, Unit, Version
from songhe.areas.contracts.rules import Fen
from songhe.areas.providers.api import Organisation, catalogue, item_choices, item_name
from songhe.areas.providers.api import State as OrganisationState
from songhe.areas.registry.api import term, terms
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import open_case
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Level, Region
from songhe.kit.fields import Field

MOST_HOURS = 10_000_000
MOST_SIGNS = {"lot": 80, "title": 160, "document": 80}
MOST_PRICE = 10_000_000
"""Fen for one unit: a hundred thousand yuan, beyond which somebody mistyped."""
Ceiling = Annotated[Fen, Field(label=_("Ceiling (yuan)"), least=1)]
Hours = Annotated[
    int | None,
    Field(
        label=_("Ceiling in hours"),
        help=_("Left empty: only the amount is limited"),
        least=1,
        most=MOST_HOURS,
    ),
]
First = Annotated[date, Field(label=_("First day"))]
Last = Annotated[date, Field(label=_("Last day"))]
Priced = Annotated[str, Field(label=_("Service"), choices=lambda row, user: item_choices())]


To = Annotated[Organisation, Field(label=_("Organisation"))]
Purchaser = Annotated[Region, Field(label=_("Purchaser"), help=_("A county, or the city"))]
Place = Annotated[Region, Field(label=_("Region"), help=_("A county, town or village of the purchaser"))]


def _tags(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(code, term.label) for code, term in terms().items()]


@act("contracts.draft")
def draft(
    *,
    actor: Actor,
    at: datetime,
    organisation: To,
    lot: Annotated[str, Field(label=_("Lot"), help=_("Such as “Lot 2: Huancui east”"), size=80)],
    region: Purchaser,
    since: First,
    until: Last,
    ceiling: Ceiling,
) -> Contract:
    """Draft a contract; its regions and services are added next, then somebody else approves it."""
    if region.level not in (Level.CITY, Level.COUNTY):
        raise Refused("not_purchaser", "A purchaser is a county, a district or the city.", field="region")
    if organisation.state != OrganisationState.ACTIVE:
        raise Refused(
            "not_active",
            "This organisation does not operate at present. Choose another one.",
            field="organisation",
        )
    check_terms(since, until, ceiling, None)
    made = Contract(
        id=uuid7(), region=region, organisation=organisation, lot=_line(lot, "lot"), since=since, until=until,
        ceiling_fen=ceiling, prepared_by_id=actor.id, prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    case = open_case(
        "contract", region_id=region.pk, holder_id=organisation.pk, about=made, actor=actor, at=at
    )
    made.case, made.number = case, case.number
    made.save(force_insert=True)
    Version.everywhere.create(
        contract=made, region=region, organisation_id=organisation.pk, number=1, since=since, until=until,
        ceiling_fen=ceiling, prepared_by_id=actor.id, prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    return made


@act("contracts.draft")
def set_terms(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    since: First,
    until: Last,
    ceiling: Ceiling,
    ceiling_hours: Hours = None,
) -> Contract:
    """Change term and ceiling of a draft, or of an amendment that is not approved yet."""
    version = opened(contract)
    minutes = None if ceiling_hours is None else ceiling_hours * 60
    if version.number > 1 and not contract.since <= since <= until:
        raise Refused("term", "An amendment must take effect within the term.", field="since")
    if version.number > 1:
        not_before_last(contract, since)
    check_terms(since, until, ceiling, minutes)
    version.since, version.until, version.ceiling_fen, version.ceiling_minutes = (
        since,
        until,
        ceiling,
        minutes,
    )
    _touched(version, actor, at)
    if version.number == 1:
        contract.since, contract.until = since, until
        contract.ceiling_fen, contract.ceiling_minutes = ceiling, minutes
        contract.save()
    add_detail(version=version.number, ceiling=ceiling, until=until.isoformat())
    return contract


@act("contracts.draft")
def describe(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    title: Annotated[str, Field(label=_("Contract name"), size=160)] = "",
    document: Annotated[str, Field(label=_("Number on paper"), size=80)] = "",
    served_tags: Annotated[
        list[str],
        Field(
            label=_("Who may be served"),
            help=_("One of these is enough; none means everybody"),
            choices=_tags,
        ),
    ] = [],  # noqa: B006  never changed
    least_age: Annotated[int, Field(label=_("From age"), least=0, most=120)] = 0,
) -> Contract:
    """Give a draft its name and number on paper, and say who may be served."""
    need(contract, State.DRAFT)
    contract.title = _line(title, "title", needed=False)
    contract.document = _line(document, "document", needed=False)
    contract.served_tags, contract.least_age = [term(tag).code for tag in served_tags], least_age
    contract.save()
    _touched(opened(contract), actor, at)
    return contract


@act("contracts.draft")
def add_service(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    item: Priced,
    unit: Annotated[Unit, Field(label=_("Per"))],
    price: Annotated[Fen, Field(label=_("Unit price (yuan)"), least=1)],
    charged: Annotated[
        int,
        Field(
            label=_("Minutes charged"),
            help=_("Minutes of a person's grant charged per unit"),
            least=0,
            most=1440,
        ),
    ],
) -> Contract:
    """Add a service with its price to a draft; the price of one that is there is replaced."""
    version = opened(contract)
    found = catalogue().item(item)
    if price <= 0:
        raise Refused("no_price", "The price must be above zero.", field="price")
    if price > MOST_PRICE:
        raise Refused("price_high", "This price is above 100,000 yuan per unit. Check it.", field="price")
    if unit == Unit.MINUTE and charged > 60:
        raise Refused("charged", "One minute can charge at most 60 minutes of a grant.", field="charged")
    Service.everywhere.filter(version=version, item=found.code).delete()
    Service.everywhere.create(
        version=version, region_id=contract.region_id, organisation_id=contract.organisation_id, item=found.code,
        unit=unit, fen=price, charged=charged,
    )  # fmt: skip
    _touched(version, actor, at)
    add_detail(version=version.number, item=item, unit=str(unit), fen=price, charged=charged)
    return contract


def _held(row: Any, _user: Any) -> list[tuple[str, str]]:
    version = queries.open_version(row) if row is not None else None
    return [(one.item, item_name(one.item)) for one in queries.services_of(version)]


@act("contracts.draft")
def drop_service(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    item: Annotated[str, Field(label=_("Service"), choices=_held)],
) -> Contract:
    """Take a service out of a draft."""
    version = opened(contract)
    gone, _by = Service.everywhere.filter(version=version, item=item).delete()
    if not gone:
        raise Refused("not_there", "The draft does not include this. Reload the page.", field="item")
    _touched(version, actor, at)
    add_detail(version=version.number, dropped=item)
    return contract


@act("contracts.draft")
def add_place(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    place: Place,
) -> Contract:
    """Add a region in which the organisation serves; a whole town or county takes in what lies in it."""
    need(contract, State.DRAFT)
    home = contract.region
    if not home.code <= place.code < home.upper:
        raise Refused("elsewhere", "This lies outside the purchaser's own area.", field="place")
    held = Area.everywhere.filter(contract=contract)
    if held.filter(region__lte=place.code, upper__gte=place.upper).exists():
        raise Refused("place_there", "The contract has this region already.", field="place")
    held.filter(region__gte=place.code, upper__lte=place.upper).delete()
    Area.everywhere.create(
        contract=contract, organisation_id=contract.organisation_id, region=place, upper=place.upper
    )
    _touched(opened(contract), actor, at)
    add_detail(place=place.code)
    return contract


@act("contracts.draft")
def drop_place(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    place: Annotated[
        int,
        Field(
            label=_("Region"),
            choices=lambda row, user: (
                [(one.region_id, str(one.region)) for one in queries.places_of(row)] if row else []
            ),
        ),
    ],
) -> Contract:
    """Take a region out of a draft."""
    need(contract, State.DRAFT)
    with elevated():
        gone, _by = Area.everywhere.filter(contract=contract, region_id=place).delete()
    if not gone:
        raise Refused("not_there", "The draft does not include this. Reload the page.", field="place")
    _touched(opened(contract), actor, at)
    add_detail(dropped=place)
    return contract


def _touched(version: Version, actor: Actor, at: datetime) -> None:
    """Whoever changed a draft last is the one who may not approve it."""
    version.prepared_by_id, version.prepared_by, version.prepared_at = actor.id, actor.name[:80], at
    version.save()


def _line(text: str, field: str, *, needed: bool = True) -> str:
    clean = normalise(text, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > MOST_SIGNS[field]:
        most = MOST_SIGNS[field]
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean
