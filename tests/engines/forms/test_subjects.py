"""Forms that stand behind another form, and forms about a facility or a household."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from tests.make import COUNTY, OTHER_COUNTY, village

from songhe.core.refusal import Refused
from songhe.core.scoring import Answer
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.forms.api import (
    Answers,
    available,
    begin,
    change,
    current,
    form_of,
    lock,
    result_of,
)
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 25)


@pytest.fixture
def owner() -> UUID:
    """Somebody or something with a data key."""
    made = uuid7()
    make_key(made)
    return made


def assessed(person_id: UUID, at: datetime, *, depends_in: int) -> Answers:
    """A signed self-assessment: dependent in so many activities, the others alone."""
    row = begin(
        current("ltci-2021-self", on=ON, at=at),
        person_id=person_id,
        region_id=village(),
        actor=SYSTEM,
        at=at,
    )
    given: dict[str, Answer] = {f"S.{n}": "dependent" if n <= depends_in else "alone" for n in range(1, 7)}
    change(row, given, actor=SYSTEM, at=at)
    lock(row, at=at)
    return row


def applied(person_id: UUID, at: datetime) -> Answers:
    """The long-term care form begun."""
    version = current("ltci-2021", on=ON, at=at)
    return begin(version, person_id=person_id, region_id=village(), actor=SYSTEM, at=at)


def test_long_term_care_waits_for_a_self_assessment(owner: UUID, at: datetime) -> None:
    with pytest.raises(Refused, match="needs a result of Long-term care insurance: self-assessment"):
        applied(owner, at)
    assert assessed(owner, at, depends_in=2).pk
    with pytest.raises(Refused, match="gave Grade D"):
        applied(owner, at)
    assessed(owner, at + timedelta(days=1), depends_in=3)
    assert applied(owner, at + timedelta(days=1)).pk


def test_a_self_assessment_opens_the_way_for_its_person_and_its_time_only(owner: UUID, at: datetime) -> None:
    assessed(owner, at, depends_in=6)
    stranger = uuid7()
    make_key(stranger)
    with pytest.raises(Refused, match="needs a result"):
        applied(stranger, at)
    assert applied(owner, at + timedelta(days=170)).pk
    with pytest.raises(Refused, match="is still valid"):
        applied(owner, at + timedelta(days=190))


def test_what_is_not_signed_opens_nothing(owner: UUID, at: datetime) -> None:
    version = current("ltci-2021-self", on=ON, at=at)
    row = begin(version, person_id=owner, region_id=village(), actor=SYSTEM, at=at)
    change(row, {f"S.{n}": "dependent" for n in range(1, 7)}, actor=SYSTEM, at=at)
    with pytest.raises(Refused, match="needs a result"):
        applied(owner, at)


def rated(facility_id: UUID, at: datetime) -> Answers:
    """A facility with five stars by its points."""
    version = current("gbt37276-2018", on=ON, at=at)
    row = begin(version, subject_id=facility_id, region_id=village(), actor=SYSTEM, at=at)
    given: dict[str, Answer] = {item.code: item.high for item in form_of(version).items}
    given |= {field.code: True for field in form_of(version).fields}
    change(row, given, actor=SYSTEM, at=at)
    return row


def test_a_facility_is_rated_and_its_rating_locked(owner: UUID, at: datetime) -> None:
    row = rated(owner, at)
    lock(row, at=at)
    row.refresh_from_db()
    assert (row.person_id, row.subject_id, row.owner_id) == (None, owner, owner)
    assert result_of(row).level == 5


def test_a_rating_is_seen_in_its_region_and_by_its_facility_and_by_nobody_else(
    owner: UUID, at: datetime
) -> None:
    rated(owner, at)
    bounds = ((COUNTY, COUNTY + 10**6),)
    own = Scope(areas=(), bounds=bounds, holders=(owner,))
    other = Scope(areas=(), bounds=bounds, holders=(uuid7(),))
    county, neighbour = Scope(areas=bounds), Scope(areas=((OTHER_COUNTY, OTHER_COUNTY + 10**6),))
    for scope, seen in ((own, True), (other, False), (county, True), (neighbour, False)):
        with entered(scope):
            assert Answers.objects.within(scope).exists() is seen
            assert Answers.everywhere.exists() is seen


def test_a_form_is_begun_for_what_it_is_about(owner: UUID, at: datetime) -> None:
    stars, ability = (current(code, on=ON, at=at) for code in ("gbt37276-2018", "gbt42195-2022"))
    with pytest.raises(ValueError, match="about a facility"):
        begin(stars, person_id=owner, region_id=village(), actor=SYSTEM, at=at)
    with pytest.raises(ValueError, match="about a person"):
        begin(ability, subject_id=owner, region_id=village(), actor=SYSTEM, at=at)
    row = rated(owner, at)
    with pytest.raises(IntegrityError, match="answers_about_one"), transaction.atomic():
        Answers.everywhere.filter(pk=row.pk).update(person_id=owner)


def test_forms_are_offered_by_what_they_are_about_and_from_their_first_day() -> None:
    codes = [form.code for form in available(on=ON)]
    assert codes == sorted(codes)
    assert {"gbt42195-2022", "ltci-2021", "ltci-2021-self", "mzt039-2013"} <= set(codes)
    assert "gbt37276-2018" not in codes
    assert [form.code for form in available(on=date(2015, 1, 1))] == ["mzt039-2013"]
    assert [form.code for form in available(on=ON, about="household")] == ["economic-situation"]
    assert "gbt37276-2018" in {form.code for form in available(on=ON, about="facility")}


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which forms may be changed."""
    folder = tmp_path / "nation/forms"
    folder.mkdir(parents=True)
    for path in (settings.DATA / "nation/forms").glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(settings, "DATA", tmp_path)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Change one place of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_answers_keep_the_version_they_were_given_on(owner: UUID, at: datetime, own_folder: Path) -> None:
    row = rated(owner, at)
    edit(own_folder / "gbt37276-2018.yaml", "min_total: 900", "min_total: 1000")
    later = current("gbt37276-2018", on=ON, at=at)
    assert later.pk != row.form_id
    assert form_of(row.form).level(5).needs.total == 900
    assert form_of(later).level(5).needs.total == 1000


def test_a_broken_form_is_refused_with_file_and_line(at: datetime, own_folder: Path) -> None:
    edit(own_folder / "ltci-2021.yaml", "2: [2, 2, 2, 3]", "2: [2, 2, 2]")
    with pytest.raises(Refused, match=r"ltci-2021\.yaml, line \d+, .*row 2 has 3 levels"):
        current("ltci-2021", on=ON, at=at)
    edit(own_folder / "ltci-2021.yaml", "2: [2, 2, 2]", "2: [2, 2, 2, 3]")
    edit(own_folder / "ltci-2021.yaml", "levels: [4, 5, 6]", "levels: [4, 5, 7]")
    with pytest.raises(Refused, match="has no level 7"):
        current("ltci-2021", on=ON, at=at)
