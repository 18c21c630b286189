"""The people of one application: family, village, town, county; and the way through their screens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in

from songhe.areas.entitlement import actions
from songhe.areas.entitlement.models import Application, Grant, Paper
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM, Tie, User, tie
from songhe.kit.clock import today

BENEFIT = "home_service_minutes"


class Offices:
    """Rongcheng's offices, each with a browser."""

    def __init__(self, at: datetime) -> None:
        actions.load_policies(actor=SYSTEM, at=at)
        self.users = {
            "village": make.user("village_officer", make.village(), name="村干部"),
            "town": make.user("town_officer", make.COUNTY, name="镇干部"),
            "county": make.user("county_officer", make.COUNTY, name="县干部"),
        }
        self.village, self.town, self.county = (signed_in(user) for user in self.users.values())

    def family_of(self, person: Person) -> tuple[User, Client]:
        """A relative's log-in."""
        user = make.user("family", make.CITY)
        make.Grant.objects.filter(user=user).update(holder_id=user.pk)
        tie(person.pk, user.pk, Tie.Kind.KIN, region_id=person.region_id, since=date(2026, 1, 1))
        return user, signed_in(user)

    def filed(self, person: Person, by: Client | None = None, **values: Any) -> Application:
        """An application for hours of home service, filed on screen."""
        sent = {"person": str(person.pk), "benefit": BENEFIT} | values
        reply = (by or self.village).post("/applications/do/apply/", sent)
        assert reply.status_code == 302, reply.content.decode()
        return Application.everywhere.get(person=person, rule=sent["benefit"])

    def ticked(self, row: Application) -> None:
        """Every document seen by the village."""
        for paper in Paper.everywhere.filter(application=row):
            sent = {"paper": str(paper.pk), "shown": "seen"}
            assert self.village.post(f"/applications/{row.pk}/see_paper/", sent).status_code == 302

    def go(self, row: Application, who: Client, verb: str, **values: Any) -> Application:
        """One verb on screen."""
        reply = who.post(f"/applications/{row.pk}/{verb}/", values)
        assert reply.status_code == 302, reply.content.decode()
        row.refresh_from_db()
        return row

    def verified(self, person: Person) -> Application:
        """An application up to the county's desk."""
        row = self.filed(person)
        self.ticked(row)
        self.go(row, self.village, "accept")
        return self.go(row, self.town, "verify", visited_on=today().isoformat(), found="独居,行动不便")

    def noticed(self, person: Person) -> Application:
        """An application whose decision stands on notice."""
        return self.go(
            self.verified(person), self.county, "approve_application", from_month=today().isoformat()
        )

    def granted(self, person: Person, at: datetime) -> Grant:
        """A grant in force, through every desk and the notice."""
        row = self.noticed(person)
        actions.put_into_force(row, actor=SYSTEM, at=at)
        return Grant.everywhere.get(application=row)
