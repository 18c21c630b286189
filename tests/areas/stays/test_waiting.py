"""The waiting list: the order of the rules, two clicks to an offer, the answer, and what the clock does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from tests import make
from tests.areas.providers import made as providers
from tests.areas.stays import made

from songhe.areas.registry.api import Source, tag
from songhe.areas.stays import actions, api
from songhe.areas.stays.models import Application, ApplicationState, BedKind, Offer, OfferState, Stay
from songhe.areas.stays.queries.waiting import line_for, places_before
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, Tie, entered, tie

pytestmark = pytest.mark.django_db


def in_line(house: made.House) -> list[str]:
    return [str(row.person) for row in line_for(house.beds()[0], Scope.EVERYTHING)]


def test_the_order_is_that_of_the_rules_and_says_why() -> None:
    house = made.house()
    late, weak, poor = (
        made.person(1, name=name, born=made.date(1955, 3, 1)) for name in ("赵平", "钱弱", "孙困")
    )
    old = made.person(1, name="李高", born=made.date(1930, 3, 1))
    made.assessed(weak, 4)
    tag(poor, actor=SYSTEM, at=made.now(), tag="extreme_poverty", source=Source.AUTHORITY)
    for who in (late, old, weak, poor):
        made.waits(who, house)
    assert in_line(house) == ["孙困", "钱弱", "李高", "赵平"]
    page = house.manager().get(f"/beds/{house.beds()[0].pk}/offer/").content.decode()
    assert (
        page.index("孙困 — 特困") < page.index("钱弱 — 失能") < page.index("李高 — 高龄") < page.index("赵平")
    )
    assert set(places_before(list(Application.everywhere.all())).values()) == {0, 1, 2, 3}


def test_two_clicks_offer_a_bed_and_the_family_accepts() -> None:
    house, who = made.house(), made.person(3, name="宋春梅")
    application = made.waits(who, house)
    manager = house.manager()
    board = manager.get(f"/facilities/{house.facility.pk}/").content.decode()
    bed = house.beds()[0]
    assert f"/beds/{bed.pk}/offer/" in board, "the first click"
    assert manager.post(f"/beds/{bed.pk}/offer/", {"application": str(application.pk)}).status_code == 302
    made_ = Offer.everywhere.get()
    assert (made_.state, made_.answer_by) == (OfferState.OPEN, made.today(5))
    assert "bed-cell held" in manager.get(f"/facilities/{house.facility.pk}/").content.decode()
    assert f"/waiting-list/{application.pk}/" in manager.get("/").content.decode(), "among what is to be done"
    kin = make.user("family", make.COUNTY)
    tie(who.pk, kin.pk, Tie.Kind.KIN, region_id=who.region_id, since=made.today(-1))
    family, page = providers.client_of(kin), f"/waiting-list/{application.pk}/"
    strange = providers.client_of(make.user("family", make.COUNTY))
    assert strange.post(f"{page}accept/").status_code == 404
    assert family.post(f"{page}accept/").status_code == 302
    with pytest.raises(Refused, match="no longer free"):
        made.admitted(house, bed=bed)
    answer = manager.post(f"{page}admit_accepted/", made.form())
    assert answer.status_code == 302, answer.context["form"].errors
    application.refresh_from_db()
    made_.refresh_from_db()
    assert (application.state, made_.state) == (ApplicationState.ADMITTED, OfferState.USED)
    assert Stay.everywhere.get().person_id == who.pk


def test_out_of_turn_only_with_the_reason() -> None:
    house = made.house()
    made.waits(made.person(4), house)
    second = made.waits(made.person(1, born=made.date(1960, 1, 1)), house)
    bed, manager = house.beds()[0], house.manager()
    form = {"application": str(second.pk)}
    assert manager.post(f"/beds/{bed.pk}/offer/", form).status_code == 422
    assert manager.post(f"/beds/{bed.pk}/offer/", form | {"out_of_turn": "夫妻同室"}).status_code == 302
    assert Offer.everywhere.get().reason == "夫妻同室"


def test_an_offer_runs_out_and_the_person_goes_on_waiting() -> None:
    house = made.house()
    application = made.waits(made.person(3), house)
    bed = house.beds()[0]
    actions.offer(bed, actor=SYSTEM, at=made.now(), application=str(application.pk))
    assert actions.run_out(at=made.now() + timedelta(days=5)) == 0
    assert actions.run_out(at=made.now() + timedelta(days=6)) == 1
    application.refresh_from_db()
    assert (application.state, Offer.everywhere.get().state) == (ApplicationState.WAITING, OfferState.EXPIRED)
    actions.offer(bed, actor=SYSTEM, at=made.now(), application=str(application.pk))
    with pytest.raises(Refused, match="expired"):
        actions.accept(application, actor=SYSTEM, at=made.now() + timedelta(days=6))
    actions.decline(application, actor=SYSTEM, at=made.now(), reason="想留在村里")
    application.refresh_from_db()
    assert (application.state, application.declined) == (ApplicationState.WAITING, 1)


def test_who_waits_in_the_county_is_offered_a_bed_by_the_office_and_only_then_known_to_the_house() -> None:
    house, who = made.house(), made.person(3, name="宋春梅")
    application = made.waits(who)
    manager, page = house.manager(), f"/waiting-list/{application.pk}/"
    assert manager.get(page).status_code == 404
    assert "宋春梅" not in manager.get(f"/beds/{house.beds()[0].pk}/offer/").content.decode()
    office = providers.client_of(make.user("county_officer", make.COUNTY))
    assert (
        office.post(f"/beds/{house.beds()[0].pk}/offer/", {"application": str(application.pk)}).status_code
        == 302
    )
    assert manager.get(page).status_code == 200
    assert manager.post(f"{page}decline/", {"reason": "家属改变主意"}).status_code == 302
    assert manager.get(page).status_code == 404, "back in the county's list"
    assert not Tie.everywhere.filter(person_id=who.pk, holder_id=house.facility.pk, until=None).exists()


def test_somebody_who_came_is_found_by_the_identity_number_they_show() -> None:
    house = made.house()
    number = make.id_number()
    who = made.person(3, id_number=number, region=make.village(make.OTHER_COUNTY))
    client, form = house.manager(), {"facility": str(house.facility.pk), "kind": "nursing"}
    assert client.post("/waiting-list/do/apply_by_number/", form | {"id_number": "123"}).status_code == 422
    assert (
        client.post("/waiting-list/do/apply_by_number/", form | {"id_number": make.id_number()}).status_code
        == 422
    )
    answer = client.post("/waiting-list/do/apply_by_number/", form | {"id_number": number})
    assert answer.status_code == 302, answer.context["form"].errors
    assert Application.everywhere.get().person_id == who.pk
    assert (
        client.post("/waiting-list/do/apply_by_number/", form | {"id_number": number}).status_code == 422
    ), "once"


def test_turns_change_with_the_person() -> None:
    house, who = made.house(), made.person(1, born=made.date(1960, 1, 1))
    application = made.waits(who, house)
    assert application.rank == 3
    assert actions.rank_again(at=made.now()) == 0
    tag(who, actor=SYSTEM, at=made.now(), tag="extreme_poverty", source=Source.AUTHORITY)
    assert actions.rank_again(at=made.now()) == 1
    application.refresh_from_db()
    assert (application.rank, application.groups) == (0, ["extreme_poverty"])


def test_who_is_admitted_waits_nowhere_else() -> None:
    house, other, who = made.house(), made.house(), made.person(3)
    first, second = made.waits(who, house), made.waits(who, other)
    actions.offer(other.beds()[0], actor=SYSTEM, at=made.now(), application=str(second.pk))
    made.admitted(house, who)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (ApplicationState.ADMITTED, ApplicationState.WITHDRAWN)
    assert Offer.everywhere.get().state == OfferState.WITHDRAWN


def test_what_is_free_is_counted_without_a_scope_and_names_nobody() -> None:
    house = made.house(rooms="301-303", each=2)
    made.admitted(house, made.person(3, name="宋春梅"))
    actions.offer(
        house.beds()[1], actor=SYSTEM, at=made.now(), application=str(made.waits(made.person(3), house).pk)
    )
    actions.close_bed(house.beds()[2], actor=SYSTEM, at=made.now(), since=made.today(), reason="维修")
    made.centre(house, places=10)

    with entered(Scope.NOTHING):
        (found,) = api.vacancies(made.today(), facilities=[house.facility.pk])
    assert found.counts[BedKind.NURSING] == api.Count(6, 1, 1, 1)
    assert (found.beds.free, found.counts[api.PLACES].free, found.difference) == (3, 10, (6, 6))
    assert "宋春梅" not in repr(found)
    for role in ("hotline_agent", "city_leader", "town_officer"):
        page = providers.client_of(make.user(role, make.COUNTY)).get("/vacancies/?free=1").content.decode()
        assert house.facility.name in page
        assert "宋春梅" not in page
    agent = providers.client_of(make.user("hotline_agent", make.CITY))
    assert "/vacancies/?free=1" in agent.get("/desk/").content.decode()
    for garbage in ("?region=abc", "?region=999999999999", "?kind=moon", "?region=" + "9" * 40):
        assert agent.get(f"/vacancies/{garbage}").status_code == 200
    assert providers.client_of(make.user("worker", make.COUNTY)).get("/vacancies/").status_code == 403


def test_the_list_asks_no_more_for_more_facilities() -> None:
    made.house()
    client = providers.client_of(make.user("hotline_agent", make.COUNTY))
    client.get("/vacancies/")
    with connection.execute_wrapper(count := Counting()):
        client.get("/vacancies/")
    first = count.n
    for _ in range(3):
        made.house()
    count.n = 0
    with connection.execute_wrapper(count):
        client.get("/vacancies/")
    assert count.n == first


class Counting:
    """Counts the questions."""

    n = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.n += 1
        return execute(sql, params, many, context)
