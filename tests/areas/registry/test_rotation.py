"""Keys rotate: everybody is found before, during and after, and nobody is registered twice."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests import make

from songhe.areas.registry.actions import families, rehashing
from songhe.areas.registry.models import Contact, Person
from songhe.areas.registry.queries.hashes import name_hashes
from songhe.areas.registry.queries.search import by_phone, search
from songhe.core.refusal import Refused
from songhe.core.text import name_tokens
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.vault import keyring, rotate
from songhe.engines.vault.api import tokens
from songhe.site.commands import keys

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


@pytest.mark.django_db
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


def test_another_ring_with_keys_of_the_same_ids_has_other_tokens(tmp_path: Path, settings: Any) -> None:
    kept = set[int]()
    for name in ("one.json", "other.json"):
        settings.KEY_FILE = tmp_path / name
        keyring.create(settings.KEY_FILE)
        fresh = name_hashes("刘长河")
        assert fresh == {token for word in name_tokens("刘长河") for token in tokens("name", word)}
        assert not kept & fresh
        kept |= fresh


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def written(person: Person) -> None:
    """Another connection holds the person as an order or an edit does, and does not wait for long."""
    try:
        with entered(Scope.EVERYTHING):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            row = Person.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
            row.save(update_fields=["name"])
    finally:
        connection.close()


def test_a_rotation_holds_nobody_up_and_a_stop_keeps_what_was_done(
    apart: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEY_FILE = shutil.copy(settings.KEY_FILE, tmp_path / "keys.json")
    monkeypatch.setattr(rotate, "BATCH", 1)
    monkeypatch.setattr(rehashing, "BATCH", 1)
    monkeypatch.setattr(keys, "SAID_EVERY", 1)
    with entered(Scope.EVERYTHING):
        people = [make.person(name=name) for name in ("刘长河", "王秀英", "孙德胜")]
    keyring.add_keys(settings.KEY_FILE)
    said: list[str] = []

    def say(words: str) -> None:
        said.append(words)
        with ThreadPoolExecutor(1) as other:
            for person in people:
                other.submit(written, person).result()
        if len(said) == 5:
            raise Stopped

    with pytest.raises(Stopped):
        keys.renewed(say)
    assert said == ["1 …", "2 …", "3 …", "1 …", "2 …"], "three data keys, then two of three persons"
    assert keys.renewed() == (0, 1), "only what was left"
    assert keys.renewed() == (0, 0)
