"""Erasing: what goes with a person, and what comes back with a backup."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests import make
from tests.areas.registry.test_changes import AT, TODAY, double, merged

from songhe.areas.registry import api as registry
from songhe.areas.registry.actions import erasing, merging, network, persons
from songhe.areas.registry.models import Enrolment, Merge, Person, State
from songhe.areas.registry.queries.search import search
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.vault import erased
from songhe.engines.vault.models import DataKey
from songhe.site.backups.erased import again

pytestmark = pytest.mark.django_db


def test_who_was_erased_is_erased_again_after_an_older_backup_came_back(
    django_capture_on_commit_callbacks: Any, tmp_path: Path, settings: Any
) -> None:
    settings.KEY_FILE = shutil.copy(settings.KEY_FILE, tmp_path / "keys.json")
    row, other = make.person(), make.person()
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(row, actor=SYSTEM, at=AT, reason="本人要求")
    assert erased.remembered() == {row.id}
    assert (tmp_path / erased.NAME).stat().st_mode & 0o077 == 0
    network.enrol(other, actor=SYSTEM, at=AT, since=TODAY, agrees=True)
    erased.remember([other.id, row.id])
    assert again(AT) == 1
    other.refresh_from_db()
    assert (other.state, other.name, other.is_enrolled) == (State.ERASED, "—", False)
    assert not Enrolment.everywhere.filter(person=other, until=None).exists()
    assert again(AT) == 0


def test_entries_that_came_back_merged_are_erased_once_and_a_long_list_is_one_question(
    tmp_path: Path, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.KEY_FILE = shutil.copy(settings.KEY_FILE, tmp_path / "keys.json")
    full, loose, pair = double()
    merged(full, pair)
    erased.remember([full.id, loose.id, *(uuid4() for _ in range(50))])
    assert again(AT) == 2
    assert set(Person.everywhere.values_list("state", flat=True)) == {State.ERASED}
    act = Act.objects.get(verb="registry.erase_again")
    assert set(act.after["erased"]) == {str(full.id), str(loose.id)}
    with django_assert_max_num_queries(10):
        assert again(AT) == 0


def test_who_erases_the_kept_entry_erases_all_that_were_merged_into_it() -> None:
    officer = make.user("city_officer")
    full, loose, pair = double()
    third = make.person(id_number="", born=date(1943, 5, 2), phone="13812345678")
    number, phone = registry.secrets_of(full).id_number, "13700000000"
    persons.reach(loose, actor=SYSTEM, at=AT, phone=phone)
    merged(full, pair)
    Person.everywhere.filter(pk=third.pk).update(state=State.MERGED, merged_into=loose)
    for gone in (loose, third):
        gone.refresh_from_db()
        with pytest.raises(Refused, match="Erase the one that was kept"):
            erasing.erase(gone, actor=SYSTEM, at=AT, reason="本人要求")
    full.refresh_from_db()
    with entered(officer.scope()):
        erasing.erase(full, actor=SYSTEM, at=AT, reason="本人要求")
    for one in (full, loose, third):
        one.refresh_from_db()
        assert (one.state, one.name, one.born, one.merged_into_id) == (State.ERASED, "—", None, None)
        assert not DataKey.objects.filter(owner_id=one.id).exists()
        assert registry.secrets_of(one) == registry.Secrets()
    act = Act.objects.get(verb="registry.erase")
    assert set(act.after["erased"]) == {str(full.id), str(loose.id), str(third.id)}
    assert (act.before["name"], act.after["name"]) == ("•", "•")
    assert not any(
        search(Person.everywhere.all(), words, Scope.EVERYTHING) for words in ("王建国", number, phone)
    )
    with pytest.raises(Refused, match="nothing left to separate"):
        merging.undo_merge(Merge.everywhere.get(), actor=SYSTEM, at=AT, reason="x")
