"""Registering, correcting, tagging, finding, showing and erasing persons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import make
from tests.kit.people import logged_in

from songhe.areas.registry import api as registry
from songhe.areas.registry.actions import erasing, families, moves, network, persons, tagging
from songhe.areas.registry.models import Fact, Kind, Person, PersonToken, Sex, Source, State
from songhe.areas.registry.queries.search import search
from songhe.core.refusal import Forbidden, Hidden, Refused
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def region(code: int) -> Region:
    return Region.objects.get(code=code)


def found(words: str, scope: Scope = Scope.EVERYTHING) -> list[str]:
    with entered(scope):
        return sorted(row.name for row in search(Person.objects.within(scope), words, scope))


def test_sex_and_birthday_are_read_from_the_number_and_sealed_columns_hide_it() -> None:
    number = make.id_number(date(1943, 5, 2), female=True)
    row = make.person(name="李 秀英", id_number=number)
    assert (row.name, row.sex, row.born, row.is_provisional) == ("李秀英", "female", date(1943, 5, 2), False)
    assert number.encode() not in bytes(row.id_number_sealed)
    assert registry.secrets_of(row).id_number == number
    assert registry.secrets_of(row).id_masked == number[:3] + "*" * 14 + number[-1]


def test_the_act_of_registering_holds_no_number_and_no_phone() -> None:
    row = make.person(phone="13812345678")
    number = registry.secrets_of(row).id_number
    act = Act.objects.get(subject_id=row.id, verb="registry.register")
    assert act.person_id == row.id
    assert number not in str(act.after)
    assert "13812345678" not in str(act.after)


def test_acts_hold_no_name_and_pages_show_it_from_the_row() -> None:
    auditor = make.user("auditor", make.COUNTY)
    row = make.person(name="柏松龄")
    persons.correct(row, actor=SYSTEM, at=AT, name="柏松年", sex=Sex.MALE, born=row.born, where_from="户口簿")
    families.add_contact(row, actor=SYSTEM, at=AT, name="柏小松", phone="13900000000")
    families.found_household(row, actor=SYSTEM, at=AT)
    move = moves.propose_move(
        row, actor=SYSTEM, at=AT, to=str(make.village(make.OTHER_COUNTY)), on=AT.date(), reason="随子女"
    )
    moves.withdraw_move(move, actor=SYSTEM, at=AT, reason="不去了")
    network.enrol(row, actor=SYSTEM, at=AT, since=AT.date(), agrees=True)
    kept = Act.objects.values_list("subject_name", "before", "after", "purpose")
    assert not [one for one in kept if "柏" in str(one) or "bai" in str(one)]
    corrected = Act.objects.get(verb="registry.correct")
    assert (corrected.before["name"], corrected.after["name"], "born" in corrected.after) == ("•", "•", False)
    page = logged_in(auditor).get("/acts/").content.decode()
    assert page.count("柏松年") >= 4
    assert "柏松年" in logged_in(auditor).get(f"/acts/{corrected.pk}/").content.decode()


def test_a_number_can_be_registered_once_only() -> None:
    row = make.person()
    number = registry.secrets_of(row).id_number
    with pytest.raises(Refused, match="already belongs to 王建国"):
        make.person(name="王五", id_number=number)
    old = number[:6] + number[8:17]
    with pytest.raises(Refused, match="already belongs to"):
        make.person(name="王五", id_number=old)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.everywhere.create(
            name="王五", region_id=row.region_id, id_number_hash=row.id_number_hash, created_at=AT
        )


def test_a_number_registered_elsewhere_tells_only_that() -> None:
    there = make.person(make.village(make.OTHER_COUNTY), name="张秘密")
    number = registry.secrets_of(there).id_number
    officer = make.user("county_officer", make.COUNTY)
    with entered(officer.scope()), pytest.raises(Refused) as refused:
        persons.register(actor=officer, at=AT, name="张三", region=region(make.village()), id_number=number)
    assert refused.value.code == "id_taken_elsewhere"
    assert "张秘密" not in str(refused.value)
    assert "transfer" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"sex": "female"}, "sex_differs"),
        ({"id_number": "110105194912310021"}, "id_check"),
        ({"name": "13812345678"}, "name_shape"),
        ({"phone": "12345678901"}, "phone_shape"),
        ({"id_number": "", "born": date(2030, 1, 1)}, "born_when"),
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        make.person(**given)
    assert refused.value.code == code
    assert not Person.everywhere.exists()


def test_a_birthday_that_contradicts_the_number_is_refused() -> None:
    with pytest.raises(Refused, match="says 1943-05-02"):
        persons.register(
            actor=SYSTEM,
            at=AT,
            name="王五",
            region=region(make.village()),
            id_number=make.id_number(),
            born=date(1950, 1, 1),
        )


def test_a_provisional_person_becomes_a_full_one() -> None:
    row = make.person(id_number="", born=None)
    assert row.is_provisional
    number = make.id_number(date(1940, 2, 3))
    persons.identify(row, actor=SYSTEM, at=LATER, id_number=number)
    assert (row.is_provisional, row.born, row.sex) == (False, date(1940, 2, 3), "male")
    assert registry.value_at(row, Kind.BORN, valid_at=AT.date(), known_at=AT) is None
    assert registry.value_at(row, Kind.BORN, valid_at=AT.date()) == date(1940, 2, 3)


def test_a_corrected_name_is_found_and_the_old_one_known_as_of_then() -> None:
    row = make.person(name="王健国")
    persons.correct(row, actor=SYSTEM, at=LATER, name="王建国", sex="male", born=row.born)
    assert found("王建国") == ["王建国"]
    assert found("健国") == []
    assert registry.value_at(row, Kind.NAME, valid_at=AT.date(), known_at=AT) == "王健国"
    assert registry.value_at(row, Kind.NAME, valid_at=AT.date()) == "王建国"


def test_a_new_phone_is_found_and_the_old_one_stays_in_the_sealed_history() -> None:
    row = make.person(phone="13812345678")
    persons.reach(row, actor=SYSTEM, at=LATER, phone="0631-5231234", longitude="122.42", latitude="37.16")
    assert found("0631 5231234") == ["王建国"]
    assert found("13812345678") == []
    secrets = registry.secrets_of(row)
    assert (secrets.phone, secrets.place) == ("06315231234", (122.42, 37.16))
    assert not any("138" in str(fact.value) for fact in Fact.everywhere.filter(person=row))


@pytest.mark.parametrize(
    "words", ["王", "建国", "王建国", "建", "wangjianguo", "Wang Jianguo", "wjg", "wang", "jianguo"]
)
def test_ways_to_find_a_person(words: str) -> None:
    make.person()
    make.person(name="李秀英")
    assert found(words) == ["王建国"]


def test_a_number_finds_its_person_only_inside_the_scope() -> None:
    row = make.person(make.village(make.OTHER_COUNTY))
    number = registry.secrets_of(row).id_number
    here = make.user("county_officer", make.COUNTY).scope()
    assert found(number) == ["王建国"]
    assert found(number, here) == []
    assert found("王", here) == []


@pytest.mark.parametrize("words", ["", "   ", "%", "'", "\\", "😀", "1", "12345", "王' OR 1=1", "\u202e王"])
def test_strange_words_are_harmless(words: str) -> None:
    make.person(name="李秀英")
    assert found(words) == []


def test_a_name_with_a_rare_character_is_found() -> None:
    make.person(name="𠮷田")
    assert found("𠮷") == ["𠮷田"]


def test_tags_hold_on_their_days_and_exclude_each_other() -> None:
    row = make.person()
    tagging.tag(row, actor=SYSTEM, at=AT, tag="low_income", since=date(2026, 1, 1), until=date(2026, 7, 1))
    tagging.tag(
        row, actor=SYSTEM, at=AT, tag="extreme_poverty", grade="extreme_poverty:home", since=date(2026, 7, 1)
    )
    assert registry.tags_on([row.id], date(2026, 3, 1)) == {row.id: {"low_income": ""}}
    assert registry.tags_on([row.id], date(2026, 8, 1)) == {row.id: {"extreme_poverty": "home"}}
    with pytest.raises(Refused, match="cannot apply on the same day"):
        tagging.tag(row, actor=SYSTEM, at=AT, tag="low_income", since=date(2026, 9, 1))
    with pytest.raises(Refused, match="belongs to another tag"):
        tagging.tag(row, actor=SYSTEM, at=AT, tag="dementia", grade="disability:1")


def test_a_tag_may_imply_others() -> None:
    row = make.person()
    tagging.tag(row, actor=SYSTEM, at=AT, tag="no_kin", since=date(2026, 1, 1))
    assert set(registry.tags_on([row.id], AT.date())[row.id]) == {"no_kin", "living_alone", "empty_nest"}
    assert Fact.everywhere.get(person=row, term="empty_nest").source == Source.SYSTEM


def test_what_was_known_last_week_stays_answerable() -> None:
    row = make.person()
    tagging.tag(row, actor=SYSTEM, at=AT, tag="low_income", since=date(2026, 1, 1))
    tagging.untag(row, actor=SYSTEM, at=AT + timedelta(days=7), tag="low_income", on=date(2026, 10, 1))
    day = date(2026, 11, 1)
    assert registry.tags_on([row.id], day) == {}
    assert registry.tags_on([row.id], day, known_at=AT + timedelta(days=1)) == {row.id: {"low_income": ""}}
    assert registry.tags_on([row.id], date(2026, 9, 30)) == {row.id: {"low_income": ""}}


def test_showing_the_number_is_logged_with_its_purpose() -> None:
    row, officer = make.person(), make.user("town_officer", make.COUNTY)
    shown = persons.reveal(row, actor=officer, at=AT, purpose="核对补贴名单")
    assert shown.id_number == registry.secrets_of(row).id_number
    act = Act.objects.get(verb="registry.reveal")
    assert (act.kind, act.purpose, act.person_id, act.actor_id) == (
        "read",
        "核对补贴名单",
        row.id,
        officer.id,
    )
    with pytest.raises(Refused, match="purpose is logged"):
        persons.reveal(row, actor=officer, at=AT, purpose=" ")


def test_an_erased_person_cannot_be_read_or_found() -> None:
    row = make.person()
    number = registry.secrets_of(row).id_number
    erasing.erase(row, actor=SYSTEM, at=LATER, reason="本人要求")
    assert (row.state, row.name, row.born) == (State.ERASED, "—", None)
    assert registry.secrets_of(row) == registry.Secrets()
    assert found("王") == found(number) == []
    assert make.person(id_number=number).name == "王建国"


def test_only_the_right_people_write() -> None:
    row = make.person()
    neighbour = make.user("county_officer", make.OTHER_COUNTY)
    stranger = make.user("finance_officer", make.CITY)
    with entered(neighbour.scope()), pytest.raises(Hidden):
        persons.reach(row, actor=neighbour, at=AT, phone="13900000000")
    with entered(stranger.scope()), pytest.raises(Forbidden):
        persons.reach(row, actor=stranger, at=AT, phone="13900000000")
    with entered(neighbour.scope()), pytest.raises(Forbidden, match="outside your area"):
        persons.register(actor=neighbour, at=AT, name="王五", region=region(make.village()))


def test_the_database_hides_persons_and_tokens_without_the_first_lock() -> None:
    make.person()
    neighbour = make.user("county_officer", make.OTHER_COUNTY)
    with entered(neighbour.scope()):
        assert not Person.everywhere.exists()
        assert not PersonToken.objects.exists()
        assert not Fact.everywhere.exists()
