"""A small demo city comes up whole: everybody can log in, every list has rows, the books add up."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db.models import Sum

from songhe.areas.assessment.models import Assessment
from songhe.areas.entitlement.models import Application, Entitlement
from songhe.areas.finance.models import Settlement
from songhe.areas.hotline.models import Call, Complaint
from songhe.areas.providers.api import Facility, Worker
from songhe.areas.registry.models import Enrolment, Fact, Household, Person, PersonToken
from songhe.areas.registry.queries.search import search
from songhe.areas.registry.queries.secrets import secrets_of
from songhe.areas.visits.models import Order, Visit
from songhe.engines.access.api import Grant, Scope, User, roles
from songhe.engines.acts.models import Act
from songhe.engines.ledger.api import faults
from songhe.site import demo

PEOPLE = 300


@pytest.fixture
def built(db: None) -> list[str]:
    """A city of 300 people; gives what its progress said."""
    told: list[str] = []
    assert demo.build(people=PEOPLE, seed=1, progress=lambda done, total, note: told.append(note))
    return told


@pytest.mark.long
def test_the_city_is_whole_and_made_once(built: list[str]) -> None:
    assert "People" in built
    assert Person.everywhere.count() == PEOPLE
    assert Enrolment.everywhere.count() == round(PEOPLE * 210_000 / 1_630_000)
    for model in (
        Fact,
        Household,
        Worker,
        Application,
        Assessment,
        Entitlement,
        Order,
        Visit,
        Settlement,
        Call,
        Complaint,
    ):
        assert model.everywhere.exists(), model.__name__
    beds = Facility.everywhere.filter(kind__in=["nursing_home", "township_home"]).aggregate(n=Sum("beds"))
    assert beds["n"] == 38_366
    assert PersonToken.objects.count() > 3 * PEOPLE
    _everybody_can_log_in()
    _people_are_sealed_and_found()
    _work_is_open_and_books_are_right()
    assert demo.build(people=PEOPLE, seed=1, progress=lambda *_: None) is False


def _everybody_can_log_in() -> None:
    known = set(Grant.objects.filter(user__is_demo=True).values_list("role", flat=True))
    assert known == set(roles())
    tied = Grant.objects.filter(
        role__in=["worker", "dispatcher", "organisation_manager", "facility_manager", "family"]
    )
    assert not tied.filter(holder_id=None).exists()
    assert not any(user.has_usable_password() for user in User.objects.filter(is_demo=True))


def _people_are_sealed_and_found() -> None:
    person = Person.everywhere.exclude(phone_hash=None).order_by("id")[0]
    secrets = secrets_of(person)
    assert len(secrets.id_number) == 18
    assert secrets.place is not None
    assert secrets.id_number.encode() not in bytes(person.id_number_sealed)
    rows = Person.objects.within(Scope.EVERYTHING)
    for words in (secrets.id_number, secrets.phone, person.name):
        assert person in search(rows, words, Scope.EVERYTHING)


def _work_is_open_and_books_are_right() -> None:
    assert Visit.everywhere.filter(state="planned").exists()
    assert Order.everywhere.filter(state="received").exists()
    assert Settlement.everywhere.filter(state="prepared", region_id=371082000000).exists()
    assert not list(faults())
    bulk = Act.objects.filter(kind=Act.Kind.BULK, verb="registry.load")
    assert bulk.filter(subject_kind="registry.person", rows=PEOPLE).count() == 1
    assert settings.DEMO is False
