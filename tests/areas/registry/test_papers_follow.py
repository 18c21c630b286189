"""Papers go along with the person they are about, and with the rows that go along."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests import make

from songhe.areas.registry.actions import moves
from songhe.areas.registry.api import Contact, Person, add_contact
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import Place, take_in
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def paper(owner: Person, about: UUID, person_id: UUID | None = None) -> UUID:
    """A PDF sealed with a person's key."""
    place = Place(owner.pk, about, owner.region_id, person_id=person_id)
    kept = take_in(io.BytesIO(b"%PDF-1.4"), name="x.pdf", place=place, actor_id=uuid7(), at=AT)
    return kept.pk


def test_a_person_who_moves_takes_the_papers_along_and_leaves_those_of_visits() -> None:
    row, other = make.person(), make.person()
    far = Region.objects.get(code=make.village(make.OTHER_COUNTY))
    add_contact(row, actor=SYSTEM, at=AT, name="王小明", phone="13900000000")
    going = [paper(row, row.pk, row.pk), paper(row, row.pk), paper(row, Contact.everywhere.get().pk)]
    staying = [paper(row, uuid7()), paper(other, other.pk, other.pk)]
    moves.relocate(row, actor=SYSTEM, at=AT, to=far, on=AT.date())
    places = dict(Attachment.everywhere.values_list("pk", "region_id"))
    assert [places[pk] for pk in going] == [far.code] * 3
    assert [places[pk] for pk in staying] == [make.village(), make.village()]
    receiver = make.user("county_officer", make.OTHER_COUNTY)
    seen = Attachment.objects.within(receiver.scope()).values_list("pk", flat=True)
    assert set(seen) == set(going)
