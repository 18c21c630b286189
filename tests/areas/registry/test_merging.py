"""How far a merge reaches, and what it must leave."""

from __future__ import annotations

import pytest
from tests import make
from tests.areas.devices import made as devices
from tests.areas.registry.test_changes import AT, TODAY, double, merged
from tests.areas.visits import made as visits
from tests.kit.people import logged_in

from songhe.areas.devices.models import Movement
from songhe.areas.registry import api as registry
from songhe.areas.registry.actions import duplicates, families, merging, moves, network, persons, tagging
from songhe.areas.registry.models import Enrolment, Fact, Kind, Member, Merge, Person, Suspect
from songhe.engines.access.api import SYSTEM, Tie, entered, tie
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import reveal

pytestmark = pytest.mark.django_db


def test_a_merge_takes_along_what_lies_in_another_county_and_gives_it_back() -> None:
    officer = make.user("county_officer", make.COUNTY)
    full, loose, pair = double()
    made = visits.town()
    visits.grant(loose, visits.morning().date().replace(day=1), 3600)
    order = visits.order(made, person=loose, note="敲门要响")
    there = make.village(make.OTHER_COUNTY)
    type(order).everywhere.filter(pk=order.pk).update(region_id=there)
    keep = "first" if pair.first_id == full.id else "second"
    with entered(officer.scope()):
        duplicates.merge_suspects(pair, actor=officer, at=AT, keep=keep, reason="同一人")
    order.refresh_from_db()
    assert (order.person_id, order.region_id) == (full.id, there)
    assert reveal(full.id, order.note_sealed) == "敲门要响"
    with entered(officer.scope()):
        merging.undo_merge(Merge.everywhere.get(), actor=officer, at=AT, reason="弄错了")
    order.refresh_from_db()
    assert (order.person_id, reveal(loose.id, order.note_sealed)) == (loose.id, "敲门要响")


def test_what_cannot_follow_a_merge_is_kept_with_it_and_shown() -> None:
    full, loose, pair = double()
    holder = uuid7()
    for one in (full, loose):
        tie(one.id, holder, Tie.Kind.WORKER, region_id=one.region_id, since=TODAY)
    stays = Tie.everywhere.get(person_id=loose.id)
    book = Movement.everywhere.create(
        device=devices.device(), region_id=loose.region_id, move="issue", person_id=loose.id, on=TODAY, at=AT
    )
    done = merged(full, pair)
    assert {(one["model"], one["why"], tuple(one["ids"])) for one in done.left_behind} == {
        ("access.Tie", "double", (str(stays.pk),)),
        ("devices.Movement", "closed", (str(book.pk),)),
    }
    officer = make.user("county_officer", make.COUNTY)
    page = logged_in(officer).get(f"/merges/{done.pk}/").content.decode()
    assert "保留的档案已有此类记录" in page
    assert "已封存，不可更改" in page


def test_a_merge_lets_the_kept_entry_say_where_and_since_when_somebody_lives() -> None:
    full, loose, pair = double()
    tagging.tag(full, actor=SYSTEM, at=AT, tag="disability", grade="disability:2", since=TODAY)
    tagging.tag(loose, actor=SYSTEM, at=AT, tag="disability", grade="disability:4", since=TODAY)
    tagging.note(loose, actor=SYSTEM, at=AT, text="耳背")
    persons.correct(loose, actor=SYSTEM, at=AT, name="王健国", sex=loose.sex, born=loose.born)
    there = Region.objects.get(code=make.village(nth=3))
    moves.relocate(loose, actor=SYSTEM, at=AT, to=there, on=TODAY)
    before = {row.pk: row.person_id for row in Fact.everywhere.all()}

    done = merged(full, pair)
    full.refresh_from_db()
    for kind, column in ((Kind.RESIDENCE, "region_id"), (Kind.NAME, "name")):
        assert registry.value_at(full, kind, valid_at=TODAY) == getattr(full, column)
    assert [fact.value for fact in registry.facts_at(full, valid_at=TODAY) if fact.kind == Kind.TAG] == [
        {"grade": "2"}
    ]
    assert Fact.everywhere.get(kind=Kind.NOTE).person_id == full.id
    assert [one["why"] for one in done.left_behind if one["model"] == "registry.Fact"] == ["double"]

    merging.undo_merge(done, actor=SYSTEM, at=AT, reason="弄错了")
    assert {row.pk: row.person_id for row in Fact.everywhere.all()} == before


def test_two_who_were_enrolled_and_at_home_are_so_again_when_a_merge_is_undone() -> None:
    full, loose, pair = double()
    persons.identify(loose, actor=SYSTEM, at=AT, id_number=make.id_number())
    for one in (full, loose):
        network.enrol(one, actor=SYSTEM, at=AT, since=TODAY, agrees=True)
        families.found_household(one, actor=SYSTEM, at=AT)
    done = merged(full, pair)
    assert [row.person_id for row in Enrolment.everywhere.filter(until=None)] == [full.id]
    merging.undo_merge(done, actor=SYSTEM, at=AT, reason="弄错了")
    loose.refresh_from_db()
    assert loose.is_enrolled
    for model in (Enrolment, Member):
        assert {row.person_id for row in model.everywhere.filter(until=None)} == {full.id, loose.id}
    assert not Enrolment.everywhere.exclude(leaving="").exists()


def between(one: Person, other: Person) -> Suspect:
    first, second = sorted((one.id, other.id))
    return Suspect.everywhere.get(first=first, second=second)


def test_suspicions_with_others_are_open_again_when_a_merge_is_undone() -> None:
    full, loose, pair = double()
    third, fourth = (make.person(id_number="", name="王健国", phone="13812345678") for _ in range(2))
    duplicates.suspect(loose, actor=SYSTEM, at=AT)
    duplicates.distinguish(between(loose, fourth), actor=SYSTEM, at=AT, reason="父子")
    done = merged(full, pair)
    assert between(loose, third).state == Suspect.State.MERGED

    merging.undo_merge(done, actor=SYSTEM, at=AT, reason="弄错了")
    again = between(loose, third)
    assert (again.state, again.decided_at, again.decided_by_id) == (Suspect.State.OPEN, None, None)
    assert between(loose, fourth).state == Suspect.State.DISTINCT
    assert between(full, loose).state == Suspect.State.DISTINCT


def test_a_suspicion_with_somebody_merged_since_opens_when_that_merge_is_undone_too() -> None:
    full, loose, pair = double()
    third = make.person(id_number="", name="王健国", phone="13812345678")
    for one in (loose, third):
        duplicates.suspect(one, actor=SYSTEM, at=AT)
    first = merged(full, pair)
    keep = "first" if full.id < third.id else "second"
    duplicates.merge_suspects(between(full, third), actor=SYSTEM, at=AT, keep=keep, reason="同一人")
    second = Merge.everywhere.get(gone=third)
    merging.undo_merge(first, actor=SYSTEM, at=AT, reason="弄错了")
    assert between(loose, third).state == Suspect.State.MERGED
    merging.undo_merge(second, actor=SYSTEM, at=AT, reason="弄错了")
    assert between(loose, third).state == Suspect.State.OPEN
    assert between(full, third).state == Suspect.State.DISTINCT
