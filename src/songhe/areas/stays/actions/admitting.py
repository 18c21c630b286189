"""Admission: from a free bed, or from an accepted offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.api import Person
from songhe.areas.stays.actions.common import (
    bed_taken,
    bind,
    kept_apart,
    line,
    need_living,
    past,
    refuse_other,
    tell_moved_in,
)
from songhe.areas.stays.actions.home_beds import rest
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import (
    OPEN_OFFERS,
    Application,
    ApplicationState,
    Bed,
    BedKind,
    Occupancy,
    Offer,
    OfferState,
    Setting,
    SettingKind,
    Stay,
)
from songhe.areas.stays.queries.beds import unused
from songhe.areas.stays.queries.home_beds import home_bed_of
from songhe.areas.stays.queries.living import level_on
from songhe.areas.stays.queries.waiting import OPEN, open_offer
from songhe.areas.stays.rules import Fen, fits_level
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

NOTHING = Fen(0)
Who = Annotated[Person, Field(label=_("Person"))]
Since = Annotated[date, Field(label=_("Admitted on"))]
Number = Annotated[str, Field(label=_("Contract number"), size=40)]
Guardian = Annotated[str, Field(label=_("Guardian or contact"), size=60)]
Phone = Annotated[str, Field(label=_("Telephone of the guardian"), size=30)]
BedFee = Annotated[Fen, Field(label=_("Bed (yuan a month)"), least=0, most=10_000_000)]
CareFee = Annotated[Fen, Field(label=_("Care (yuan a month)"), least=0, most=10_000_000)]
MealsFee = Annotated[Fen, Field(label=_("Meals (yuan a month)"), least=0, most=10_000_000)]
Due = Annotated[
    date | None, Field(label=_("Planned until"), help=_("For short stays; leave empty for a permanent stay"))
]
Why = Annotated[
    str,
    Field(
        label=_("Why without an assessment"),
        help=_("Only where no ability assessment is in force and the admission cannot wait"),
        size=200,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What an admission is entered with."""

    since: date
    contract_no: str
    guardian: str
    phone: str
    bed_fee: int
    care_fee: int
    meals_fee: int
    due_on: date | None
    without_why: str


@act("stays.admit")
def admit(  # noqa: PLR0913  the form asks for each
    bed: Bed,
    *,
    actor: Actor,
    at: datetime,
    person: Who,
    since: Since,
    contract_no: Number,
    guardian: Guardian,
    phone: Phone,
    bed_fee: BedFee,
    care_fee: CareFee = NOTHING,
    meals_fee: MealsFee = NOTHING,
    due_on: Due = None,
    without_why: Why = "",
) -> Stay:
    """Admit a person to a free bed."""
    papers = Papers(
        since=since, contract_no=contract_no, guardian=guardian, phone=phone, bed_fee=bed_fee, care_fee=care_fee,
        meals_fee=meals_fee, due_on=due_on, without_why=without_why,
    )  # fmt: skip
    with elevated():  # the office may have offered the bed
        if Offer.everywhere.filter(bed=bed, state__in=OPEN_OFFERS).exists():
            raise bed_taken()
    stay = _moved_in(bed, person, papers, actor=actor, at=at)
    _settle_applications(stay)
    return stay


@act("stays.admit")
def admit_accepted(  # noqa: PLR0913  the form asks for each
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    since: Since,
    contract_no: Number,
    guardian: Guardian,
    phone: Phone,
    bed_fee: BedFee,
    care_fee: CareFee = NOTHING,
    meals_fee: MealsFee = NOTHING,
    due_on: Due = None,
    without_why: Why = "",
) -> Stay:
    """Admit somebody who accepted an offered bed to that bed."""
    if application.state != ApplicationState.ACCEPTED:
        raise Refused("not_accepted", "The offer is not accepted yet. Enter the answer first.")
    offer = open_offer(application)
    if offer is None:
        raise Refused("no_offer", "A bed is no longer held for this person. Offer one again.")
    papers = Papers(
        since=since, contract_no=contract_no, guardian=guardian, phone=phone, bed_fee=bed_fee, care_fee=care_fee,
        meals_fee=meals_fee, due_on=due_on, without_why=without_why,
    )  # fmt: skip
    with elevated():  # the bed that the offer keeps
        bed = Bed.everywhere.select_for_update(no_key=True).get(pk=offer.bed_id)
        person = Person.everywhere.get(pk=application.person_id)
        offer.state, offer.answered_at = OfferState.USED, offer.answered_at or at
        offer.save(update_fields=["state", "answered_at"])
    stay = _moved_in(bed, person, papers, actor=actor, at=at)
    application.state = ApplicationState.ADMITTED
    application.save(update_fields=["state"])
    _settle_applications(stay)
    return stay


def _moved_in(bed: Bed, person: Person, papers: Papers, *, actor: Actor, at: datetime) -> Stay:
    """The stay itself, with its bed and the one setting; what ran at home rests."""
    need_living(person)
    since = past(papers.since, at, "since", days=terms().back_days, least=bed.since)
    if bed.kind == BedKind.DAY:
        raise Refused(
            "day_bed", "Nobody can be admitted to a day bed. Choose a bed of another kind.", field="bed"
        )
    if papers.due_on is not None and papers.due_on <= since:
        raise Refused("order", "The last day must not lie before the first.", field="due_on")
    level = level_on(person.pk, since)
    why = line(papers.without_why, "without_why", needed=False)
    fits_level(level, bed.kind, terms(), why=why).or_refuse()
    stay = _drawn(bed, person, papers, actor=actor, at=at)
    stay.level, stay.without_why = level, "" if level is not None else why
    with elevated():  # other settings of the person, and rows that the person's own region holds
        if not unused(Bed.everywhere.filter(pk=bed.pk), since).exists():
            raise bed_taken()
        home_bed = home_bed_of(person.pk)
        if home_bed is not None:
            rest(home_bed, since)
        refuse_other(person, since)
        with kept_apart(person=person, since=since):
            stay.save(force_insert=True)
            _settle(stay, bed)
    bind(person, stay.facility, since=timezone.localdate(at))
    add_detail(bed=str(bed), since=since.isoformat(), level=level)
    tell_moved_in(person.pk, since, actor=actor, at=at)
    return stay


def _drawn(bed: Bed, person: Person, papers: Papers, *, actor: Actor, at: datetime) -> Stay:
    called = parse_phone(papers.phone, field="phone")
    return Stay(
        id=uuid7(), person=person, facility=bed.facility, organisation_id=bed.organisation_id, region_id=bed.region_id,
        home_id=person.region_id, contract_no=line(papers.contract_no, "contract_no", most=40), since=papers.since,
        due_on=papers.due_on, guardian=line(papers.guardian, "guardian", most=60),
        guardian_phone_sealed=seal(person.pk, called.dialled), guardian_phone_masked=called.masked,
        bed_fen=papers.bed_fee, care_fen=papers.care_fee, meals_fen=papers.meals_fee, admitted_by=actor.name[:80],
        admitted_at=at,
    )  # fmt: skip


def _settle(stay: Stay, bed: Bed) -> None:
    own = {
        "person_id": stay.person_id, "facility_id": stay.facility_id, "organisation_id": stay.organisation_id,
        "region_id": stay.region_id, "since": stay.since,
    }  # fmt: skip
    Setting.everywhere.create(kind=SettingKind.STAY, source_id=stay.pk, **own)
    Occupancy.everywhere.create(stay=stay, bed=bed, **own)


def _settle_applications(stay: Stay) -> None:
    """Who has a bed waits nowhere else; beds kept for the person elsewhere are free again."""
    with elevated():  # applications to other facilities
        rows = Application.everywhere.filter(person_id=stay.person_id, state__in=OPEN)
        keys = list(rows.values_list("pk", flat=True))
        Offer.everywhere.filter(application__in=keys, state__in=OPEN_OFFERS).update(
            state=OfferState.WITHDRAWN
        )
        rows.filter(facility_id=stay.facility_id).update(state=ApplicationState.ADMITTED)
        Application.everywhere.filter(pk__in=keys, state__in=OPEN).update(state=ApplicationState.WITHDRAWN)
