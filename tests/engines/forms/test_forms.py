"""Forms: versions by content, answers sealed, and nothing changes after locking."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from tests.make import OTHER_COUNTY, village

from songhe.core.refusal import Refused
from songhe.core.scoring import Answer
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.forms.api import (
    Answers,
    FormVersion,
    begin,
    change,
    current,
    form_of,
    lock,
    read,
    result_of,
)
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import erase, make_key

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 25)


def version(at: datetime) -> FormVersion:
    """The national form."""
    return current("gbt42195-2022", on=ON, at=at)


def filled(row: FormVersion) -> dict[str, Answer]:
    """Everything done alone."""
    form = form_of(row)
    best: dict[str, Answer] = {item.code: max(item.options, key=lambda o: o.score).key for item in form.items}
    calm: dict[str, Answer] = dict.fromkeys(form.deciding, 0)
    return (
        best
        | calm
        | {"diagnoses": ("none",), "reason": "first", "informant": "李华", "informant_relation": "child"}
    )


@pytest.fixture
def person_id() -> UUID:
    """Somebody with a data key."""
    made = uuid7()
    make_key(made)
    return made


def begun(person_id: UUID, at: datetime) -> Answers:
    """Empty answers in a village of Rongcheng."""
    return begin(version(at), person_id=person_id, region_id=village(), actor=SYSTEM, at=at)


def test_a_form_is_kept_once_for_each_content(at: datetime) -> None:
    assert version(at).pk == version(at).pk
    assert FormVersion.objects.filter(code="gbt42195-2022").count() == 1
    assert form_of(version(at)).total == 90


def test_a_form_that_does_not_exist_or_is_not_in_force_is_refused(at: datetime) -> None:
    for code, on in (("nothing", ON), ("../roles", ON), ("gbt42195-2022", date(2022, 12, 29))):
        with pytest.raises(Refused):
            current(code, on=on, at=at)


def test_answers_are_sealed_and_read_back(person_id: UUID, at: datetime) -> None:
    row = begun(person_id, at)
    given = filled(row.form)
    assert change(row, given, actor=SYSTEM, at=at).level == 0
    row.refresh_from_db()
    assert "李华".encode() not in bytes(row.sealed)
    assert read(row) == given
    erase(person_id)
    with pytest.raises(Refused, match="erased"):
        read(row)


def test_a_wrong_answer_is_refused_at_its_question_and_a_missing_one_waits(
    person_id: UUID, at: datetime
) -> None:
    row = begun(person_id, at)
    with pytest.raises(Refused) as refused:
        change(row, {"B.1.1": "7"}, actor=SYSTEM, at=at)
    assert refused.value.field == "B.1.1"
    given = filled(row.form)
    del given["B.2.1"]
    assert change(row, given, actor=SYSTEM, at=at).level is None
    with pytest.raises(Refused, match="Turning, sitting up") as incomplete:
        lock(row, at=at)
    assert incomplete.value.field == "B.2.1"


def test_locked_answers_refuse_every_change_but_the_region(person_id: UUID, at: datetime) -> None:
    row = begun(person_id, at)
    change(row, filled(row.form), actor=SYSTEM, at=at)
    lock(row, at=at)
    with pytest.raises(Refused, match="signed"):
        change(row, {}, actor=SYSTEM, at=at)
    for statement in (
        "UPDATE forms_answers SET sealed = ''",
        "UPDATE forms_answers SET locked_at = NULL",
        "DELETE FROM forms_answers",
    ):
        with pytest.raises(DatabaseError, match="kept as they were signed"), transaction.atomic():
            connection.cursor().execute(statement)
    assert Answers.everywhere.filter(pk=row.pk).update(region_id=village(OTHER_COUNTY)) == 1
    assert result_of(row).total == 90


def test_a_version_that_was_used_cannot_be_changed(at: datetime) -> None:
    version(at)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        FormVersion.objects.update(text="")


def test_a_neighbour_sees_no_answers(person_id: UUID, at: datetime) -> None:
    begun(person_id, at)
    other = Scope(areas=((OTHER_COUNTY, OTHER_COUNTY + 10**6),))
    with entered(other):
        assert not Answers.objects.within(other).exists()
        assert not Answers.everywhere.exists()
