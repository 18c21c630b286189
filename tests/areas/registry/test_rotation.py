"""Keys rotate: everybody is found before, during and after, and nobody is registered twice."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import make

from songhe.areas.registry.actions import families
from songhe.areas.registry.models import Contact, Person
from songhe.areas.registry.queries.search import by_phone, search
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.vault import keyring
from songhe.site.commands import keys

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PHONE, OTHER = "13963112345", "13900000001"


def found(words: str) -> set[str]:
    return {str(row.pk) for row in search(Person.objects.within(Scope.EVERYTHING), words, Scope.EVERYTHING)}


def everybody_is_found(person: Person, number: str) -> None:
    for words in ("刘长河", "长河", "liuchanghe", "lch", number, PHONE):
        assert found(words) == {str(person.pk)}, words
    assert [row.pk for row in by_phone(OTHER, Scope.EVERYTHING)] == [person.pk]
    with pytest.raises(Refused, match="belongs to"):
        make.person(name="刘长河", id_number=number, phone=PHONE)
    with pytest.raises(Refused, match="already"):
        families.add_contact(person, actor=SYSTEM, at=AT, name="刘小河", phone=OTHER)


def test_search_and_uniqueness_outlive_a_rotation(tmp_path: Path, settings: Any) -> None:
    settings.KEY_FILE = shutil.copy(settings.KEY_FILE, tmp_path / "keys.json")
    number = make.id_number()
    person = make.person(name="刘长河", id_number=number, phone=PHONE)
    families.add_contact(person, actor=SYSTEM, at=AT, name="刘小河", phone=OTHER)
    nameless = make.person(name="王秀英", id_number="", phone="")
    everybody_is_found(person, number)

    keyring.add_keys(settings.KEY_FILE)
    everybody_is_found(person, number)

    assert keys.renewed() == (2, 3), "both persons' data keys; two persons' tokens and one contact"
    assert keys.renewed() == (0, 0)
    keys.drop(settings.KEY_FILE, 0)
    everybody_is_found(person, number)
    assert found("秀英") == {str(nameless.pk)}
    active = keyring.keyring().search.active
    hashes = [bytes(Person.everywhere.get(pk=person.pk).id_number_hash or b"")]
    hashes += [bytes(row.phone_hash or b"") for row in Contact.everywhere.all()]
    assert {int.from_bytes(found_hash[:2], "big") for found_hash in hashes} == {active}
