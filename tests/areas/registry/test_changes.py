"""Duplicates, merging and its undoing, transfers, deaths, households, enrolment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests import make

from songhe.areas.registry import api as registry
from songhe.areas.registry.actions import (
    deaths,
    duplicates,
    families,
    merging,
    moves,
    network,
    persons,
    tagging,
)
from songhe.areas.registry.models import (
    Consent,
    Contact,
    Death,
    Enrolment,
    Fact,
    Household,
    Kind,
    Member,
    Merge,
    Move,
    Person,
    State,
    Suspect,
)
from songhe.areas.registry.queries.facts import carrying
from songhe.areas.registry.queries.search import search
from songhe.areas.registry.tasks import find_duplicates
from songhe.core.refusal import Forbidden, Hidden, Refused
from songhe.engines.access.api import SYSTEM, Scope, Tie, entered, tie
from songhe.engines.acts.models import Act
from songhe.engines.jobs.models import Job
from songhe.engines.jobs.work import Work
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY = AT.date()


def double(phone: str = "13812345678") -> tuple[Person, Person, Suspect]:
    """A full entry and a provisional one of the same person, and the suspicion between them."""
    full = make.person(phone=phone)
    loose = make.person(id_number="", phone="13812345678", address="大庄许家社区8号")
    assert duplicates.suspect(loose, actor=SYSTEM, at=AT) == 1
    return full, loose, Suspect.everywhere.get()


def merged(full: Person, pair: Suspect) -> Merge:
    keep = "first" if pair.first_id == full.id else "second"
    duplicates.merge_suspects(pair, actor=SYSTEM, at=AT, keep=keep, reason="同一人")
    return Merge.everywhere.get()


def test_a_suspicion_is_raised_once_and_says_why() -> None:
    _full, loose, pair = double()
    assert pair.evidence == ["same_name", "same_birth", "same_phone"]
    assert duplicates.suspect(loose, actor=SYSTEM, at=AT) == 0


def test_decided_as_two_the_pair_is_not_suspected_again() -> None:
    _full, loose, pair = double()
    duplicates.distinguish(pair, actor=SYSTEM, at=AT, reason="父子")
    assert duplicates.suspect(loose, actor=SYSTEM, at=AT) == 0
    assert Suspect.everywhere.get().state == "distinct"
    with pytest.raises(Refused, match="decided already"):
        duplicates.distinguish(pair, actor=SYSTEM, at=AT, reason="x")


def test_the_nightly_search_finds_pairs_in_every_city_and_no_namesakes() -> None:
    double()
    Suspect.everywhere.all().delete()
    born = date(1950, 1, 1)
    for area in (371082, 370611):
        make.person(name="李秀英", id_number=make.id_number(born, female=True, area=area))
    job = Job.objects.create(kind="registry.duplicates", actor_id=SYSTEM.id, run_at=AT, created_at=AT)
    assert find_duplicates(Work(job, AT)) == {"found": 1}
    assert find_duplicates(Work(job, AT)) == {"found": 0}


def test_a_merge_moves_everything_and_can_be_undone_exactly() -> None:
    full, loose, pair = double()
    tagging.tag(loose, actor=SYSTEM, at=AT, tag="low_income", since=TODAY)
    families.add_contact(loose, actor=SYSTEM, at=AT, name="王小明", phone="13900000000")
    families.found_household(loose, actor=SYSTEM, at=AT)
    holder = uuid7()
    tie(loose.id, holder, Tie.Kind.ORGANISATION, region_id=loose.region_id, since=TODAY)
    note_owner = Fact.everywhere.filter(person=loose).count()
    before = {name: getattr(loose, name) for name in ("name", "state", "region_id", "is_provisional")}

    done = merged(full, pair)
    loose.refresh_from_db()
    full.refresh_from_db()
    assert (loose.state, loose.merged_into_id, registry.kept(loose).id) == (State.MERGED, full.id, full.id)
    assert Fact.everywhere.filter(person=full).count() == note_owner
    assert registry.tags_on([full.id], TODAY)[full.id] == {"low_income": ""}
    assert registry.contact_phones(Contact.everywhere.filter(person=full)) != {}
    assert Member.everywhere.get(until=None).person_id == full.id
    assert Tie.everywhere.get(holder_id=holder).person_id == full.id
    assert list(search(Person.everywhere.all(), "王建国", Scope.EVERYTHING)) == [full]

    merging.undo_merge(done, actor=SYSTEM, at=AT + timedelta(hours=1), reason="弄错了")
    loose.refresh_from_db()
    full.refresh_from_db()
    assert {name: getattr(loose, name) for name in before} == before
    assert registry.tags_on([full.id, loose.id], TODAY) == {loose.id: {"low_income": ""}}
    assert Contact.everywhere.get().person_id == loose.id
    assert list(registry.contact_phones(Contact.everywhere.all()).values()) == ["13900000000"]
    assert Tie.everywhere.get(holder_id=holder).person_id == loose.id
    assert search(Person.everywhere.all(), "王建国", Scope.EVERYTHING).count() == 2
    assert Suspect.everywhere.get().state == "distinct"


def test_kept_without_a_number_takes_it_from_the_other_and_gives_it_back() -> None:
    full, loose, pair = double()
    number = registry.secrets_of(full).id_number
    done = merged(loose, pair)
    loose.refresh_from_db()
    assert (registry.secrets_of(loose).id_number, loose.is_provisional) == (number, False)
    assert list(search(Person.everywhere.all(), number, Scope.EVERYTHING)) == [loose]
    merging.undo_merge(done, actor=SYSTEM, at=AT, reason="弄错了")
    loose.refresh_from_db()
    full.refresh_from_db()
    assert (registry.secrets_of(loose).id_number, loose.is_provisional) == ("", True)
    assert list(search(Person.everywhere.all(), number, Scope.EVERYTHING)) == [full]


def test_sealed_facts_stay_readable_after_merging_and_after_undoing() -> None:
    full, loose, pair = double(phone="")
    persons.reach(loose, actor=SYSTEM, at=AT + timedelta(minutes=1), phone="13700000000")

    def phones(person: Person) -> set[str]:
        rows = Fact.everywhere.filter(person=person, kind=Kind.PHONE)
        from songhe.areas.registry.queries.facts import open_value

        return {open_value(row) for row in rows}

    done = merged(full, pair)
    assert phones(full) == {"13812345678", "13700000000"}
    merging.undo_merge(done, actor=SYSTEM, at=AT + timedelta(hours=1), reason="弄错了")
    assert phones(loose) == {"13812345678", "13700000000"}


def test_two_enrolments_become_one() -> None:
    full, loose, pair = double()
    network.enrol(full, actor=SYSTEM, at=AT, since=TODAY, agrees=True)
    persons.identify(loose, actor=SYSTEM, at=AT, id_number=make.id_number())
    network.enrol(loose, actor=SYSTEM, at=AT, since=TODAY, agrees=True)
    merged(full, pair)
    assert [row.person_id for row in Enrolment.everywhere.filter(until=None)] == [full.id]
    assert Enrolment.everywhere.filter(person=full).count() == 2
    assert Consent.everywhere.filter(person=full, withdrawn_on=None).count() == 2


def test_a_merge_across_two_counties_needs_both() -> None:
    here = make.person(phone="13812345678")
    there = make.person(make.village(make.OTHER_COUNTY), id_number="", phone="13812345678")
    duplicates.suspect(there, actor=SYSTEM, at=AT)
    pair = Suspect.everywhere.get()
    assert {pair.first_id, pair.second_id} == {here.id, there.id}
    assert pair.region_id == make.CITY
    officer, city = make.user("county_officer", make.COUNTY), make.user("city_officer")
    with entered(officer.scope()), pytest.raises(Hidden):
        duplicates.merge_suspects(pair, actor=officer, at=AT, keep="first", reason="x")
    with entered(city.scope()):
        duplicates.merge_suspects(pair, actor=city, at=AT, keep="first", reason="x")
    assert Merge.everywhere.count() == 1
    assert Act.objects.filter(verb="registry.merge_suspects").count() == 1


def test_every_table_that_names_a_person_is_known_to_the_merge() -> None:
    known = {(pointer.label, pointer.column) for pointer in merging.pointers()}
    assert {
        ("registry.Fact", "person_id"),
        ("registry.Household", "head_id"),
        ("access.Tie", "person_id"),
    } <= known
    assert not {label for label, _column in known} & {"acts.Act", "registry.PersonToken"}


def proposal(actor: object = SYSTEM, **given: object) -> Move:
    row = make.person()
    to = str(make.village(make.OTHER_COUNTY))
    return moves.propose_move(
        row, actor=actor, at=AT, **{"to": to, "on": TODAY, "reason": "随子女居住", **given}
    )  # type: ignore[arg-type]


def test_a_transfer_moves_the_scope_with_the_person() -> None:
    sender, receiver = (
        make.user("county_officer", make.COUNTY),
        make.user("county_officer", make.OTHER_COUNTY),
    )
    row = make.person()
    tagging.tag(row, actor=SYSTEM, at=AT, tag="dementia", since=date(2026, 1, 1))
    families.add_contact(row, actor=SYSTEM, at=AT, name="王小明", phone="13900000000")
    with entered(sender.scope()):
        move = moves.propose_move(
            row,
            actor=sender,
            at=AT,
            to=str(make.village(make.OTHER_COUNTY)),
            on=TODAY,
            reason="随子女居住",
            registration_too=True,
        )
        with pytest.raises(Refused, match="prepared this yourself"):
            moves.accept_move(move, actor=sender, at=AT)
    with entered(receiver.scope()):
        assert not Person.objects.within(receiver.scope()).exists()
        moves.accept_move(move, actor=receiver, at=AT + timedelta(hours=1))
        assert list(search(Person.objects.here(), "王", receiver.scope())) == [row]
        assert registry.tags_on([row.id], TODAY) == {row.id: {"dementia": ""}}
        assert Contact.objects.here().count() == 1
    with entered(sender.scope()):
        assert not Person.objects.here().exists()
        assert not Fact.objects.here().exists()
        assert search(Person.objects.here(), "王", sender.scope()).count() == 0
    row.refresh_from_db()
    assert row.region_id == row.household_region_id == make.village(make.OTHER_COUNTY)
    yesterday = TODAY - timedelta(days=1)
    assert registry.value_at(row, Kind.RESIDENCE, valid_at=yesterday) == make.village()
    assert registry.value_at(row, Kind.RESIDENCE, valid_at=TODAY) == make.village(make.OTHER_COUNTY)
    assert registry.value_at(row, Kind.RESIDENCE, valid_at=TODAY, known_at=AT) == make.village()


def test_only_the_receiving_side_accepts_and_only_the_sending_side_withdraws() -> None:
    move = proposal(make.user("county_officer", make.COUNTY))
    colleague = make.user("county_officer", make.COUNTY)
    receiver = make.user("county_officer", make.OTHER_COUNTY)
    third = make.user("county_officer", 371003000000)
    with entered(colleague.scope()), pytest.raises(Forbidden, match="receiving area"):
        moves.accept_move(move, actor=colleague, at=AT)
    with entered(receiver.scope()), pytest.raises(Forbidden):
        moves.withdraw_move(move, actor=receiver, at=AT, reason="x")
    with entered(third.scope()), pytest.raises(Hidden):
        moves.accept_move(move, actor=third, at=AT)
    with entered(receiver.scope()):
        moves.refuse_move(move, actor=receiver, at=AT, reason="查无此人")
    with entered(colleague.scope()), pytest.raises(Refused, match="decided already"):
        moves.withdraw_move(move, actor=colleague, at=AT, reason="x")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": "371082"}, "unknown_region"),
        ({"to": "不存在市"}, "unknown_region"),
        ({"to": ""}, "region_missing"),
        ({"on": TODAY + timedelta(days=1)}, "move_ahead"),
    ],
)
def test_transfers_that_cannot_be(given: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        proposal(**given)
    assert refused.value.code == code


def test_a_place_is_found_by_its_names() -> None:
    village = Region.objects.get(code=make.village(make.OTHER_COUNTY))
    names = " ".join(Region.objects.get(code=code).name for code in (make.OTHER_COUNTY, village.parent_id))
    assert proposal(to=f"{names} {village.name}").to_region_id == village.code


def test_moving_inside_the_own_area_needs_no_other_side() -> None:
    officer, row = make.user("county_officer", make.COUNTY), make.person()
    other = Region.objects.get(code=make.village(nth=5))
    tagging.tag(row, actor=officer, at=AT, tag="living_alone", since=TODAY)
    with entered(officer.scope()):
        moves.relocate(row, actor=officer, at=AT, to=other, on=TODAY)
    row.refresh_from_db()
    assert row.region_id == other.code
    assert list(carrying(Person.everywhere.all(), "living_alone", TODAY)) == [row], (
        "tags move with the person"
    )
    assert not carrying(Person.everywhere.all(), "low_income", TODAY).exists()
    away = Region.objects.get(code=make.village(make.OTHER_COUNTY))
    with entered(officer.scope()), pytest.raises(Forbidden):
        moves.relocate(row, actor=officer, at=AT, to=away, on=TODAY)


def test_a_death_takes_two_and_ends_what_was_open() -> None:
    reporter, other = make.user("village_officer", make.COUNTY), make.user("county_officer", make.COUNTY)
    row = make.person()
    network.enrol(row, actor=SYSTEM, at=AT, since=date(2026, 1, 1), agrees=True)
    families.found_household(row, actor=SYSTEM, at=AT, since=date(2020, 1, 1))
    tie(row.id, uuid7(), Tie.Kind.WORKER, region_id=row.region_id, since=TODAY)
    died = date(2026, 11, 20)
    report = deaths.report_death(row, actor=reporter, at=AT, died_on=died, source=Death.Source.VILLAGE)
    assert registry.alive_on(Person.everywhere.get(pk=row.pk), TODAY)
    with pytest.raises(Refused, match="prepared this yourself"):
        deaths.confirm_death(report, actor=reporter, at=AT)
    deaths.confirm_death(report, actor=other, at=AT)
    row.refresh_from_db()
    assert (row.state, row.is_enrolled, row.died_on) == (State.DEAD, False, died)
    assert (registry.alive_on(row, died), registry.alive_on(row, TODAY)) == (True, False)
    assert registry.dead_by([row.id], TODAY) == {row.id}
    assert Enrolment.everywhere.get().leaving == "died"
    assert Household.everywhere.get().ended_on == died
    assert Tie.everywhere.get().until is not None
    with pytest.raises(Refused, match="living"):
        network.enrol(row, actor=SYSTEM, at=AT, since=TODAY, agrees=True)

    third = make.user("county_officer", make.COUNTY)
    deaths.revoke_death(report, actor=third, at=AT + timedelta(days=1), reason="同名误报")
    row.refresh_from_db()
    assert (row.state, row.died_on, row.is_enrolled) == (State.ALIVE, None, True)
    assert Enrolment.everywhere.get().until is None
    assert Member.everywhere.get().until is None
    assert Tie.everywhere.get().until is None


def test_a_report_can_be_rejected_and_not_doubled() -> None:
    row = make.person()
    report = deaths.report_death(row, actor=SYSTEM, at=AT, died_on=TODAY, source=Death.Source.FAMILY)
    with pytest.raises(Refused, match="already reported"):
        deaths.report_death(row, actor=SYSTEM, at=AT, died_on=TODAY, source=Death.Source.FAMILY)
    deaths.reject_death(report, actor=SYSTEM, at=AT, reason="仍健在")
    assert Person.everywhere.get().state == State.ALIVE
    with pytest.raises(Refused, match="future or before the birth"):
        deaths.report_death(row, actor=SYSTEM, at=AT, died_on=date(2030, 1, 1), source=Death.Source.FAMILY)


def test_nobody_is_enrolled_without_consent_or_twice() -> None:
    row = make.person()
    with pytest.raises(Refused, match="without consenting"):
        network.enrol(row, actor=SYSTEM, at=AT, since=TODAY)
    network.enrol(row, actor=SYSTEM, at=AT, since=TODAY, agrees=True, agreement_no="RW-1")
    with pytest.raises(Refused, match="enrolled already"):
        network.enrol(row, actor=SYSTEM, at=AT, since=TODAY, agrees=True)
    with pytest.raises(Refused, match="Enrolment depends on this consent"):
        network.withdraw_consent(row, actor=SYSTEM, at=AT, kind=Consent.Kind.SERVICE)
    other = make.person(name="李秀英")
    with pytest.raises(Refused, match="agreement number"):
        network.enrol(other, actor=SYSTEM, at=AT, since=TODAY, agrees=True, agreement_no="RW-1")
    network.leave(row, actor=SYSTEM, at=AT, until=TODAY, leaving=Enrolment.Leaving.WISH)
    row.refresh_from_db()
    assert not row.is_enrolled
    with pytest.raises(Refused, match="provisional"):
        network.enrol(make.person(id_number=""), actor=SYSTEM, at=AT, since=TODAY, agrees=True)


def test_one_household_at_a_time_and_in_one_village() -> None:
    head, wife = make.person(), make.person(name="李秀英")
    home = families.found_household(head, actor=SYSTEM, at=AT)
    families.add_member(home, actor=SYSTEM, at=AT, person=wife, relation="spouse")
    assert [row.person.name for row in registry.housemates(head)] == ["王建国", "李秀英"]
    with pytest.raises(Refused, match="in a household already"):
        families.add_member(home, actor=SYSTEM, at=AT, person=wife)
    away = make.person(make.village(nth=4), name="张三")
    with pytest.raises(Refused, match="another village"):
        families.add_member(home, actor=SYSTEM, at=AT, person=away)
    families.leave_household(wife, actor=SYSTEM, at=AT, on=TODAY)
    families.leave_household(head, actor=SYSTEM, at=AT, on=TODAY)
    assert Household.everywhere.get().ended_on == TODAY


def test_contacts_are_sealed_few_and_not_doubled() -> None:
    row = make.person()
    families.add_contact(row, actor=SYSTEM, at=AT, name="王小明", phone="139 0000 0000")
    with pytest.raises(Refused, match="among the contacts already"):
        families.add_contact(row, actor=SYSTEM, at=AT, name="王小明", phone="+8613900000000")
    found = Contact.everywhere.get()
    assert b"139" not in bytes(found.phone_sealed)
    assert [person.id for person in registry.by_phone("13900000000", Scope.EVERYTHING)] == [row.id]
    families.remove_contact(row, actor=SYSTEM, at=AT, contact=str(found.id))
    assert not Contact.everywhere.exists()


def test_a_relative_with_a_family_log_in_sees_only_the_own_person() -> None:
    row, _other = make.person(), make.person(name="张三")
    child = make.user("family", make.CITY)
    with pytest.raises(Refused, match="family log-in"):
        families.link_relative(row, actor=SYSTEM, at=AT, username=make.user("worker").username)
    families.link_relative(row, actor=SYSTEM, at=AT, username=child.username)
    with entered(child.scope()):
        assert list(Person.objects.within(child.scope("registry.view"))) == [row]
        assert [found.name for found in search(Person.objects.here(), "王", child.scope())] == ["王建国"]
        assert not search(Person.objects.here(), "张三", child.scope()).exists()
    families.unlink_relatives(row, actor=SYSTEM, at=AT)
    assert Tie.everywhere.get().until is not None


def test_who_enrols_before_eight_in_the_morning_enrols_today() -> None:
    early = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # half past seven on the 26th in China
    person = make.person(make.village())
    network.enrol(person, actor=SYSTEM, at=early, since=date(2026, 11, 26), agrees=True)
    assert Person.everywhere.get(pk=person.pk).is_enrolled
