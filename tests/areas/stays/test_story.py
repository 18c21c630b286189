"""From a free bed to the discharge: who sees it, what is refused, and what is left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import make
from tests.areas.providers import made as providers
from tests.areas.stays import made

from songhe.areas.stays import actions, api
from songhe.areas.stays.models import Bed, BedKind, Closure, Leave, Occupancy, Setting, Stay, StayState
from songhe.areas.stays.queries import beds as houses
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Tie, tie

pytestmark = pytest.mark.django_db


def test_a_floor_is_entered_at_once_and_the_difference_to_the_register_is_named() -> None:
    house = made.house(rooms="")
    client = house.manager()
    form = {
        "facility": str(house.facility.pk),
        "floor": "3",
        "rooms": "301–306",
        "each": "2",
        "kind": "nursing",
    }
    answer = client.post("/beds/do/enter_beds/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.headers["Location"] == f"/facilities/{house.facility.pk}/"
    assert len(house.beds()) == 12
    page = client.get(f"/facilities/{house.facility.pk}/", HTTP_ACCEPT_LANGUAGE="zh").content.decode()
    assert "此处登记床位比设施台账多 12 张。" in page
    assert page.count("bed-cell free") == 12
    assert "style=" not in page
    assert client.post("/beds/do/enter_beds/", form | {"rooms": "312-301"}).status_code == 422
    assert client.post("/beds/do/enter_beds/", form | {"each": "19"}).status_code == 422, (
        "more beds than a room holds"
    )
    other = made.house(rooms="")
    assert client.post("/beds/do/enter_beds/", form | {"facility": str(other.facility.pk)}).status_code == 422
    assert not other.beds()


def test_a_stay_from_admission_to_discharge_through_the_forms() -> None:
    house, who = made.house(), made.person(3, name="宋春梅")
    tie(who.pk, house.facility.pk, Tie.Kind.FACILITY, region_id=who.region_id, since=made.today(-3))
    client, (bed, other, *_rest) = house.manager(), house.beds()
    answer = client.post(f"/beds/{bed.pk}/admit/", made.form(person=str(who.pk)))
    assert answer.status_code == 302, answer.context["form"].errors
    stay = Stay.everywhere.get()
    assert (stay.bed_fen, stay.care_fen, stay.month_fen, stay.level) == (150_000, 120_050, 330_050, 3)
    assert stay.guardian_phone_masked != "13863110009"
    page = f"/stays/{stay.pk}/"
    shown = client.get(page).content.decode()
    assert "3,300.50" in shown
    assert "13863110009" not in shown
    assert client.get(f"/people/{who.pk}/").status_code == 200, "the house reaches whoever lives there"
    assert (
        client.post(f"{page}go_on_leave/", {"kind": "home", "since": made.today().isoformat()}).status_code
        == 302
    )
    assert (
        client.post(
            f"{page}change_bed_of/", {"bed": str(other.pk), "on": made.today().isoformat()}
        ).status_code
        == 302
    )
    assert client.post(f"{page}come_back/", {"on": made.today().isoformat()}).status_code == 302
    assert (
        client.post(f"{page}discharge/", {"on": made.today().isoformat(), "ending": "home"}).status_code
        == 302
    )
    stay.refresh_from_db()
    assert (stay.state, stay.until) == (StayState.ENDED, made.today())
    assert not Occupancy.everywhere.filter(until=None).exists()
    assert not Setting.everywhere.filter(until=None).exists()
    assert Tie.everywhere.get(kind=Tie.Kind.FACILITY).until == made.today(1)
    assert client.post(
        f"{page}discharge/", {"on": made.today().isoformat(), "ending": "home"}
    ).status_code in (404, 422)


def test_who_sees_a_stay() -> None:
    house, who = made.house(), made.person(3, name="宋春梅")
    stay = made.admitted(house, who)
    page = f"/stays/{stay.pk}/"
    owner = providers.client_of(
        make.user("organisation_manager", make.COUNTY, holder_id=house.organisation.pk)
    )
    office = providers.client_of(make.user("county_officer", make.COUNTY))
    kin = make.user("family", make.COUNTY)
    tie(who.pk, kin.pk, Tie.Kind.KIN, region_id=who.region_id, since=made.today(-1))
    for client in (house.manager(), owner, office, providers.client_of(kin)):
        assert client.get(page).status_code == 200
    rival, served = made.house(), made.house()
    tie(who.pk, served.facility.pk, Tie.Kind.FACILITY, region_id=who.region_id, since=made.today(-1))
    strange = make.user("family", make.COUNTY)
    elsewhere = make.user("county_officer", make.OTHER_COUNTY)
    for client in (
        rival.manager(),
        served.manager(),
        providers.client_of(strange),
        providers.client_of(elsewhere),
    ):
        assert client.get(page).status_code == 404
        assert "宋春梅" not in client.get("/stays/").content.decode()
    assert "宋春梅" not in rival.manager().get(f"/facilities/{rival.facility.pk}/").content.decode()


def test_the_office_of_the_home_village_sees_where_somebody_went() -> None:
    house = made.house(region=make.village(make.OTHER_COUNTY))
    stay = made.admitted(house, made.person(3))
    assert (
        providers.client_of(make.user("county_officer", make.COUNTY)).get(f"/stays/{stay.pk}/").status_code
        == 200
    )


def test_a_bed_and_a_person_are_taken_once() -> None:
    house, who = made.house(), made.person(3)
    stay = made.admitted(house, who)
    with pytest.raises(Refused, match="no longer free"):
        made.admitted(house, made.person(3))
    second = made.house()
    with pytest.raises(Refused, match=house.facility.name):
        made.admitted(second, who)
    for clash in ({"bed": house.beds()[0]}, {"person": who}):
        row = {"stay": stay, "bed": second.beds()[0], "person": made.person(3), "since": made.today()} | clash
        with pytest.raises(IntegrityError, match="one_"), transaction.atomic():
            Occupancy.everywhere.create(
                facility_id=house.facility.pk, organisation_id=house.organisation.pk, region_id=stay.region_id, **row
            )  # fmt: skip
    with pytest.raises(IntegrityError, match="one_setting_at_a_time"), transaction.atomic():
        Setting.everywhere.create(
            person=who, kind="home_bed", organisation_id=house.organisation.pk, region_id=stay.region_id,
            since=made.today(), source_id=stay.pk,
        )  # fmt: skip


def test_a_bed_is_free_on_the_day_it_is_left() -> None:
    house = made.house()
    stay = made.admitted(house)
    actions.discharge(stay, actor=SYSTEM, at=made.now(), on=made.today(), ending="other_home")
    assert made.admitted(house).state == StayState.LIVING


@pytest.mark.parametrize(
    ("level", "kind", "more", "says"),
    [
        (None, BedKind.NURSING, {}, "ability assessment"), (3, BedKind.ORDINARY, {}, "nursing bed"),
        (3, BedKind.DAY, {}, "day bed"), (3, BedKind.NURSING, {"since": made.today(1)}, "future"),
        (3, BedKind.NURSING, {"since": made.today(-400)}, "days late"),
        (3, BedKind.NURSING, {"phone": "12"}, ""), (3, BedKind.NURSING, {"contract_no": " "}, "must not be empty"),
        (3, BedKind.NURSING, {"guardian": ""}, "must not be empty"), (3, BedKind.NURSING, {"due_on": made.today()}, "last day"),
    ],
)  # fmt: skip
def test_what_an_admission_is_refused_for(
    level: int | None, kind: BedKind, more: dict[str, object], says: str
) -> None:
    house = made.house(kind=kind)
    Bed.everywhere.update(since=made.today(-500))
    with pytest.raises(Refused) as refusal:
        made.admitted(house, made.person(level), **more)
    assert says in str(refusal.value)
    assert not Stay.everywhere.exists()
    assert not Occupancy.everywhere.exists()


def test_without_an_assessment_the_reason_is_kept_and_the_level_comes_later() -> None:
    house, who = made.house(), made.person(None)
    stay = made.admitted(house, who, without_why="夜间独居跌倒，不能等待")
    manager = house.manager()
    assert "夜间独居跌倒" in manager.get(f"/stays/{stay.pk}/").content.decode()
    assert f"/stays/{stay.pk}/" in manager.get("/").content.decode()
    assert manager.post(f"/stays/{stay.pk}/note_level/").status_code == 422
    made.assessed(who, 2)
    assert manager.post(f"/stays/{stay.pk}/note_level/").status_code == 302
    stay.refresh_from_db()
    assert stay.level == 2


def test_a_bed_is_kept_during_a_short_leave_and_freed_after_a_long_one() -> None:
    house = made.house(rooms="301", each=2)
    Bed.everywhere.update(since=made.today(-60))
    stay = made.admitted(house, since=made.today(-50))
    actions.go_on_leave(stay, actor=SYSTEM, at=made.now(), kind="hospital", since=made.today(-40))
    assert actions.free_overdue(at=made.now()) == 1
    leave, had = Leave.everywhere.get(), Occupancy.everywhere.get()
    assert (leave.frees_on, had.until) == (made.today(-10), made.today(-10))
    assert actions.free_overdue(at=made.now()) == 0, "once"
    with pytest.raises(Refused, match="released"):
        actions.come_back(stay, actor=SYSTEM, at=made.now(), on=made.today())
    actions.come_back(stay, actor=SYSTEM, at=made.now(), on=made.today(), bed=str(house.beds()[1].pk))
    stay.refresh_from_db()
    assert stay.state == StayState.LIVING
    assert Occupancy.everywhere.get(until=None).bed_id == house.beds()[1].pk
    for wrong in ("garbage", str(house.beds()[1].pk)):
        with pytest.raises(Refused, match="no longer free"):
            actions.change_bed_of(stay, actor=SYSTEM, at=made.now(), bed=wrong, on=made.today())


def test_a_bed_out_of_order_takes_nobody() -> None:
    house = made.house()
    bed, client = house.beds()[0], house.manager()
    form = {"since": made.today().isoformat(), "reason": "床头呼叫器损坏"}
    assert client.post(f"/beds/{bed.pk}/close_bed/", form).status_code == 302
    assert "床头呼叫器损坏" in client.get("/").content.decode()
    with pytest.raises(Refused, match="no longer free"):
        made.admitted(house, bed=bed)
    assert client.post(f"/beds/{bed.pk}/close_bed/", form).status_code == 422
    assert client.post(f"/beds/{bed.pk}/open_bed/", {"on": made.today().isoformat()}).status_code == 302
    assert Closure.everywhere.get().until == made.today()
    stay = made.admitted(house, bed=bed)
    with pytest.raises(Refused, match="This bed is occupied or reserved"):
        actions.remove_bed(bed, actor=SYSTEM, at=made.now(), on=made.today())
    assert stay.state == StayState.LIVING


def test_a_death_ends_everything_and_a_mistake_is_undone() -> None:
    house, who = made.house(), made.person(3)
    stay = made.admitted(house, who)
    death = made.dead(who, on=made.today())
    stay.refresh_from_db()
    assert (stay.state, stay.ending, stay.until) == (StayState.ENDED, "died", made.today())
    assert houses.states_of(house.beds(), made.today())[house.beds()[0].pk] == houses.FREE
    assert not Setting.everywhere.filter(until=None).exists()
    made.lives(death)
    stay.refresh_from_db()
    assert (stay.state, stay.until) == (StayState.LIVING, None)
    assert api.living_in([who.pk], made.today())[who.pk].facility == house.facility.name
    assert Occupancy.everywhere.get(until=None).bed_id == house.beds()[0].pk


def test_when_somebody_else_lies_in_the_bed_the_mistake_leaves_the_stay_without_one() -> None:
    house, who = made.house(), made.person(3)
    stay = made.admitted(house, who)
    death = made.dead(who, on=made.today())
    other = made.admitted(house)
    made.lives(death)
    stay.refresh_from_db()
    assert stay.state == StayState.LIVING
    assert list(Occupancy.everywhere.filter(until=None).values_list("stay_id", flat=True)) == [other.pk]
    actions.change_bed_of(stay, actor=SYSTEM, at=made.now(), bed=str(house.beds()[1].pk), on=made.today())
    assert Occupancy.everywhere.filter(until=None).count() == 2


def test_where_persons_were_is_told_by_day() -> None:
    house = made.house()
    Bed.everywhere.update(since=made.today(-60))
    stay = made.admitted(house, since=made.today(-30))
    key = stay.person_id
    actions.go_on_leave(
        stay, actor=SYSTEM, at=made.now(), kind="home", since=made.today(-20), back_on=made.today(-15)
    )
    actions.come_back(stay, actor=SYSTEM, at=made.now(), on=made.today(-15))
    actions.go_on_leave(stay, actor=SYSTEM, at=made.now(), kind="hospital", since=made.today(-10))
    found = dict(api.away_between([key], made.today(-60), made.today()))[key]

    def at(days: int) -> list[str]:
        return [kind for kind, span in found if span.holds(made.today(days))]

    assert [at(-31), at(-25), at(-18), at(-12), at(-5)] == [
        [],
        ["institution"],
        [],
        ["institution"],
        ["hospital"],
    ]
    assert list(api.living_in([key], made.today(-31))) == []
    assert made.today() - stay.since == timedelta(30)
