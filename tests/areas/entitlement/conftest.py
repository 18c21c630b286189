"""People of a village of Rongcheng and what the registry knows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from tests import make
from tests.kit.people import logged_in

from songhe.areas.providers.models import Facility, Kind, Organisation
from songhe.areas.registry.api import Enrolment, Fact, Household, Member, Person
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.vault.api import make_key

MONTH = date(2026, 11, 1)
Elder = Callable[..., Person]


def signed_in(user: User) -> Client:
    """A browser of a user, in English."""
    client = logged_in(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def elder(at: datetime) -> Elder:
    """A maker of registered people."""

    def made(name: str = "张桂兰", *, region: int = 0, tags: tuple[str, ...] = (), **facts: Any) -> Person:
        region = region or make.village()
        enrolled, household = facts.pop("enrolled_on", None), facts.pop("household", None)
        facts = {"born": date(1944, 5, 6), "household_region_id": region} | facts
        person = Person(name=name, region_id=region, created_at=at, **facts)
        make_key(person.pk)
        person.save()
        for term in tags:
            Fact.everywhere.create(
                person=person,
                region_id=region,
                kind="tag",
                term=term,
                valid_from=date(2026, 1, 1),
                recorded_at=at,
                source="list",
                recorded_by_id=SYSTEM.id,
            )
        if enrolled:
            Enrolment.everywhere.create(person=person, region_id=region, since=enrolled)
        if household is not None:
            Member.everywhere.create(
                household=household, person=person, region_id=region, since=date(2020, 1, 1)
            )
        return person

    return made


@pytest.fixture
def household(at: datetime) -> Household:
    """An empty household in the village."""
    found: Household = Household.everywhere.create(region_id=make.village(), created_at=at)
    return found


def open_canteen(region: int) -> Facility:
    """A canteen that works since the spring."""
    body = Organisation.everywhere.create(region_id=region, name="暖心食堂管理处", since=date(2020, 1, 1))
    made: Facility = Facility.everywhere.create(
        organisation=body, region_id=region, name="暖心食堂", kind=Kind.CANTEEN, since=date(2026, 3, 1)
    )
    return made
