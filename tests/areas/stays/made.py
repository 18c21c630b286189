"""Houses, beds, persons and who acts, for stories about stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers

from songhe.areas.assessment.api import Assessment, State, request
from songhe.areas.providers.api import Facility, Kind, Organisation
from songhe.areas.registry.actions.deaths import confirm_death, report_death, revoke_death
from songhe.areas.registry.api import Death, Person
from songhe.areas.stays import actions
from songhe.areas.stays.models import Application, Bed, BedKind, Centre, HomeBed, Stay
from songhe.areas.stays.rules import Fen, Minutes
from songhe.engines.access.api import SYSTEM


def now() -> datetime:
    """This moment."""
    return timezone.now()


def today(days: int = 0) -> date:
    """Today, or so many days from it."""
    return timezone.localdate() + timedelta(days=days)


@dataclass
class House:
    """A nursing home with its organisation; ``client`` logs somebody in."""

    organisation: Organisation
    facility: Facility

    def manager(self) -> Client:
        """Who runs the house."""
        return providers.client_of(make.user("facility_manager", make.COUNTY, holder_id=self.facility.pk))

    def beds(self) -> list[Bed]:
        """Its beds in order."""
        return list(Bed.everywhere.filter(facility=self.facility).order_by("label"))


def house(
    *, rooms: str = "301-302", each: int = 2, kind: BedKind = BedKind.NURSING, region: int = 0
) -> House:
    """A house in a village, with beds."""
    owner = providers.organisation(make.COUNTY if not region else region // 10**6 * 10**6)
    place = region or make.village()
    made = House(owner, providers.facility(owner, Kind.NURSING_HOME, place))
    if rooms:
        actions.enter_beds(
            actor=SYSTEM, at=now(), facility=made.facility, floor=3, rooms=rooms, each=each, kind=kind
        )
    return made


def assessed(person: Person, level: int) -> Assessment:
    """An ability level that is in force."""
    made: Assessment = request(actor=SYSTEM, at=now(), person=person, note="")
    Assessment.everywhere.filter(pk=made.pk).update(
        state=State.CONFIRMED, level=level, asked=level, judged=level, in_force_on=today(-100), holds_until=today(330),
        assessed_on=today(-130), confirmed_at=now(), first_signed_at=now(), second_signed_at=now(),
    )  # fmt: skip
    return made


def person(level: int | None = 3, **values: Any) -> Person:
    """Somebody, assessed unless told otherwise."""
    made = make.person(**values)
    if level is not None:
        assessed(made, level)
    return made


def papers(**more: Any) -> dict[str, Any]:
    """What an admission asks for."""
    return {
        "since": today(), "contract_no": "RZ-2026-001", "guardian": "王小明", "phone": "13863110009",
        "bed_fee": Fen(150_000), "care_fee": Fen(120_000), "meals_fee": Fen(60_000),
    } | more  # fmt: skip


def form(**more: Any) -> dict[str, Any]:
    """The same as a browser sends it."""
    return {
        "since": today().isoformat(), "contract_no": "RZ-2026-002", "guardian": "王小明", "phone": "13863110009",
        "bed_fee": "1500", "care_fee": "1200.50", "meals_fee": "600",
    } | more  # fmt: skip


def admitted(of: House, who: Person | None = None, *, bed: Bed | None = None, **more: Any) -> Stay:
    """Somebody who lives in the first bed."""
    return actions.admit(
        bed or of.beds()[0], actor=SYSTEM, at=now(), person=who or person(), **papers(**more)
    )


def waits(who: Person, of: House | None = None, *, kind: BedKind = BedKind.NURSING) -> Application:
    """Somebody who waits for a bed of a house, or anywhere."""
    return actions.apply_for(
        actor=SYSTEM, at=now(), person=who, kind=kind, facility=str(of.facility.pk) if of else ""
    )


def home_bed(who: Person | None = None, owner: Organisation | None = None) -> HomeBed:
    """A draft of a family care bed."""
    return actions.draft_home_bed(
        actor=SYSTEM, at=now(), person=who or person(), organisation=owner or providers.organisation(),
        contract_no="JT-2026-001", month_minutes=Minutes(1800), plan="每周三次上门助浴、康复",
    )  # fmt: skip


def centre(of: House | None = None, *, places: int = 10) -> Centre:
    """A centre that is open every day."""
    site = of or house(rooms="")
    return actions.offer_days(
        actor=SYSTEM, at=now(), facility=site.facility, places=places, open_days=[1, 2, 3, 4, 5, 6, 7],
        day_fee=Fen(3000), meal_fee=Fen(800),
    )  # fmt: skip


def dead(who: Person, *, on: date) -> Death:
    """A death that one reported and another confirmed."""
    report = report_death(
        who, actor=make.user("county_officer", make.COUNTY), at=now(), died_on=on, source=Death.Source.FAMILY
    )
    return confirm_death(report, actor=make.user("county_officer", make.COUNTY), at=now())


def lives(death: Death) -> Death:
    """It was a mistake."""
    return revoke_death(death, actor=make.user("county_officer", make.COUNTY), at=now(), reason="同名误报")
