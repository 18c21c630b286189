"""Registering persons, mending what is known of them, showing what is sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import writing
from songhe.areas.registry.models import Kind, Person, Sex, Source, State
from songhe.areas.registry.queries.secrets import Secrets, secrets_of
from songhe.core.codes import Point, ResidentId, parse_id, parse_point
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise_name, pinyin
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, record_read
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key
from songhe.kit.fields import Field

LivesIn = Annotated[Region, Field(label=_("Lives in"))]
RegisteredIn = Annotated[Region | None, Field(label=_("Registered in"))]
Name = Annotated[str, Field(label=_("Name"), size=60)]
IdNumber = Annotated[
    str, Field(label=_("Identity number"), size=30, help=_("18 characters, or 15 on an old card."))
]
Phone = Annotated[
    str, Field(label=_("Telephone"), size=40, help=_("Landlines with their area code: 0631-5231234."))
]
Address = Annotated[str, Field(label=_("Address"), size=200)]
Reason = Annotated[str, Field(label=_("Reason"), size=200)]
WhereFrom = Annotated[str, Field(label=_("Source details"), size=200)]


@act("registry.create")
def register(  # noqa: PLR0913  the form asks for each
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    region: LivesIn,
    id_number: IdNumber = "",
    sex: Annotated[
        Sex | None, Field(label=_("Gender"), help=_("Read from the identity number where there is one."))
    ] = None,
    born: Annotated[
        date | None, Field(label=_("Born"), help=_("Read from the identity number where there is one."))
    ] = None,
    phone: Phone = "",
    address: Address = "",
    household_region: RegisteredIn = None,
    source: Annotated[Source, Field(label=_("Source"))] = Source.WORKER,
) -> Person:
    """Register a person. Without an identity number the person stays provisional until it is known.

    Raises Refused where the number is wrong, belongs to somebody, or contradicts sex or birthday.
    """
    if not actor.scope().holds(region.code):
        raise Forbidden(
            "outside_scope",
            "This is outside your area. Hand it to the colleague who is responsible there.",
            field="region",
        )
    found = (
        parse_id(id_number, today=timezone.localdate(at), field="id_number") if id_number.strip() else None
    )
    _agrees(found, sex, born)
    person = Person(
        name=normalise_name(name, field="name"),
        sex=found.sex if found else (sex or Sex.UNKNOWN),
        born=found.born if found else _past(born, at),
        region_id=region.code,
        household_region_id=household_region.code if household_region else None,
        is_provisional=found is None,
        created_at=at,
        first_source=source,
        first_by_id=actor.id,
    )
    if found:
        writing.refuse_taken(found.number, person.id, actor)
    make_key(person.id)
    person.name_pinyin = pinyin(person.name)[:240]
    writing.put_id_number(person, found.number if found else "")
    writing.put_phone(person, writing.plain_phone(phone))
    writing.put_address(person, writing.plain_address(address))
    writing.save_with_number(person, found.number if found else "", actor, force_insert=True)
    writing.retoken(person)
    return person


@act("registry.edit")
def correct(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    sex: Annotated[Sex, Field(label=_("Gender"))],
    born: Annotated[date | None, Field(label=_("Born"))] = None,
    household_region: RegisteredIn = None,
    where_from: WhereFrom = "",
) -> Person:
    """Mend name, sex, birthday or registration; sex and birthday of a known number cannot contradict it."""
    _living_row(person)
    secrets = secrets_of(person)
    _agrees(ResidentId(secrets.id_number) if secrets.id_number else None, sex, born)
    before = writing.columns_of(person)
    person.name = normalise_name(name, field="name")
    person.name_pinyin = pinyin(person.name)[:240]
    person.sex, person.born = sex, _past(born, at)
    person.household_region_id = household_region.code if household_region else None
    person.save(update_fields=["name", "name_pinyin", "sex", "born", "household_region"])
    writing.note_columns(person, before, writing.Said(actor=actor, at=at, note=where_from))
    writing.retoken(person)
    return person


@act("registry.edit")
def identify(
    person: Person, *, actor: Actor, at: datetime, id_number: IdNumber, where_from: WhereFrom = ""
) -> Person:
    """Enter or correct the identity number; a provisional person becomes a full one."""
    _living_row(person)
    found = parse_id(id_number, today=timezone.localdate(at), field="id_number")
    writing.refuse_taken(found.number, person.id, actor)
    before, old = writing.columns_of(person), secrets_of(person).id_number
    writing.put_id_number(person, found.number)
    person.sex, person.born, person.is_provisional = found.sex, found.born, False
    columns = ["id_number_sealed", "id_number_hash", "sex", "born", "is_provisional"]
    writing.save_with_number(person, found.number, actor, update_fields=columns)
    said = writing.Said(actor=actor, at=at, note=where_from)
    writing.note_change(person, Kind.ID_NUMBER, said, old=old, new=found.number)
    writing.note_columns(person, before, said)
    return person


@act("registry.edit")
def reach(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    phone: Phone = "",
    address: Address = "",
    longitude: Annotated[str, Field(label=_("Longitude"), size=20)] = "",
    latitude: Annotated[
        str, Field(label=_("Latitude"), size=20, help=_("Of the home, in degrees (WGS-84)."))
    ] = "",
) -> Person:
    """Change telephone, address or the place of the home; what is left empty stays as it is."""
    _living_row(person)
    old = secrets_of(person)
    said, today = writing.Said(actor=actor, at=at), timezone.localdate(at)
    if phone.strip():
        number = writing.plain_phone(phone)
        writing.put_phone(person, number)
        writing.note_change(person, Kind.PHONE, said, old=old.phone, new=number, since=today)
    if address.strip():
        text = writing.plain_address(address)
        writing.put_address(person, text)
        writing.note_change(person, Kind.ADDRESS, said, old=old.address, new=text, since=today)
    if longitude.strip() or latitude.strip():
        writing.put_place(person, parse_point(longitude.strip(), latitude.strip(), field="longitude"))
    person.save(
        update_fields=["phone_sealed", "phone_hash", "address_sealed", "address_hash", "place_sealed"]
    )
    return person


def locate(person: Person, place: Point) -> None:
    """Set the place of the home inside another area's act (a visit's first check-in, an import)."""
    writing.put_place(person, place)
    person.save(update_fields=["place_sealed"])


def reveal(person: Person, *, actor: Actor, at: datetime, purpose: str) -> Secrets:
    """Show identity number, telephone and address in the clear; logged as a sensitive read with its purpose."""
    if len(purpose.strip()) < 2:
        raise Refused(
            "purpose_missing", "Say what the data is needed for. The purpose is logged.", field="purpose"
        )
    record_read("registry.reveal", person, actor=actor, at=at, purpose=purpose.strip())
    return secrets_of(person)


def _living_row(person: Person) -> None:
    if person.state not in (State.ALIVE, State.DEAD):
        raise Refused(
            "person_gone",
            "This entry was merged or erased and cannot be changed. Open the one that was kept.",
        )


def _agrees(found: ResidentId | None, sex: str | None, born: date | None) -> None:
    if found is None:
        return
    if sex and sex not in (found.sex, Sex.UNKNOWN):
        raise Refused(
            "sex_differs",
            "The identity number says otherwise. Correct the gender or the number.",
            field="sex",
        )
    if born and born != found.born:
        raise Refused(
            "born_differs",
            "The identity number says {born}. Correct the date of birth or the number.",
            field="born",
            born=found.born.isoformat(),
        )


def _past(born: date | None, at: datetime) -> date | None:
    if born and not date(1850, 1, 1) <= born <= timezone.localdate(at):
        raise Refused(
            "born_when", "The date of birth is in the future or too long ago. Check it.", field="born"
        )
    return born
