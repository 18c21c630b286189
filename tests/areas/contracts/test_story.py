"""A contract from its draft to its end: who sees it, what it holds, and that nothing goes beyond it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import make
from tests.areas.contracts import made
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.contracts import actions, api
from songhe.areas.contracts.models import Contract, Remark, Stage, State, Use, Version
from songhe.areas.contracts.queries import standings
from songhe.areas.visits import actions as visiting
from songhe.areas.visits.api import PaidBy
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.cases.api import CaseStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> providers.Organisation:
    return providers.organisation()


def office(region: int = make.COUNTY, role: str = "county_officer") -> Client:
    return providers.client_of(make.user(role, region))


def drafted(owner: providers.Organisation, by: Client, *, ceiling: str = "1000", **more: object) -> Contract:
    """A contract drafted through the forms, with one service and the county as its region."""
    day = made.today()
    form = {
        "organisation": str(owner.pk), "lot": "第二标段：东部", "region": make.COUNTY, "since": day.isoformat(),
        "until": (day + timedelta(days=200)).isoformat(), "ceiling": ceiling,
    } | more  # fmt: skip
    answer = by.post("/contracts/do/draft/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    found = Contract.everywhere.filter(organisation=owner).latest("prepared_at")
    service = {"item": "0103", "unit": "time", "price": "80", "charged": "60"}
    assert by.post(f"/contracts/{found.pk}/add_service/", service).status_code == 302
    assert by.post(f"/contracts/{found.pk}/add_place/", {"place": make.COUNTY}).status_code == 302
    return found


def in_force(owner: providers.Organisation, **more: str) -> Contract:
    found = drafted(owner, office(), **more)
    assert office().post(f"/contracts/{found.pk}/approve/").status_code == 302
    found.refresh_from_db()
    return found


def test_who_drafts_does_not_approve_and_it_comes_into_force(owner: providers.Organisation) -> None:
    first, second = office(), office()
    found = drafted(owner, first)
    page = f"/contracts/{found.pk}/"
    assert first.post(f"{page}approve/").status_code == 422
    assert second.post(f"{page}approve/").status_code == 302
    found.refresh_from_db()
    assert found.state == State.IN_FORCE
    assert list(CaseStep.everywhere.filter(case=found.case_id).order_by("at", "id").values_list("move", flat=True)) == [
        "open", "approve", "begin",
    ]  # fmt: skip
    assert second.post(f"{page}add_service/", {"item": "0106"}).status_code == 422, (
        "approved terms are not edited"
    )
    shown = second.get(page).content.decode()
    assert "1,000.00" in shown
    assert found.number in second.get("/contracts/?state=in_force").content.decode()


def test_who_sees_it(owner: providers.Organisation) -> None:
    found = in_force(owner)
    page = f"/contracts/{found.pk}/"
    manager = providers.client_of(make.user("organisation_manager", make.COUNTY, holder_id=owner.pk))
    rival = providers.organisation()
    neighbour = providers.client_of(make.user("organisation_manager", make.COUNTY, holder_id=rival.pk))
    town = office(make.town(), "town_officer")
    stranger = office(make.OTHER_COUNTY)
    worker = providers.client_of(make.user("worker", make.COUNTY))
    assert manager.get(page).status_code == 200
    assert town.get(page).status_code == 200, "the office of one of its regions"
    assert found.lot in town.get(page).content.decode()
    for other in (neighbour, stranger):
        assert other.get(page).status_code == 404
        assert found.number not in other.get("/contracts/").content.decode()
    assert worker.get(page).status_code == 403
    assert manager.post(f"{page}suspend/", {"reason": "x"}).status_code == 403
    assert Client().get(page).status_code == 302


def test_an_order_is_promised_given_and_nothing_goes_beyond() -> None:
    town = visits.Town(owner := providers.organisation(), *[providers.worker(owner, "senior_care")] * 2,
                       visits.person())  # fmt: skip
    found = in_force(owner, ceiling="170")
    agent = town.client("hotline_agent")
    orders = []
    first = next(day for day in (1, 2, 3) if visits.morning(day).month == visits.morning(day + 2).month)
    for day in range(first, first + 3):
        start = visits.morning(day)
        orders.append(
            visiting.place_order(
                actor=SYSTEM, at=start - timedelta(days=1), person=town.person, item="0103", wanted_from=start,
                wanted_until=start + timedelta(hours=4), paid_by=PaidBy.ENTITLEMENT,
            )
        )  # fmt: skip
    sent = [agent.post(f"/orders/{row.pk}/hand_over/", {"organisation": str(owner.pk)}) for row in orders]
    assert [answer.status_code for answer in sent] == [302, 302, 422]
    assert found.number in str(sent[2].context["form"].errors)
    assert "10.00" in str(sent[2].context["form"].errors), "what is left is named"
    standing = standings([found])[found.pk]
    assert (standing.promised.fen, standing.promised.orders, standing.left) == (16_000, 2, (1_000, None))
    assert visits_left(town, first) == 3600 - 3 * 60, "the third waits without an organisation"
    orders[0].refresh_from_db()
    visiting.cancel_order(orders[0], actor=SYSTEM, at=orders[0].placed_at, reason="老人去子女家")
    assert (
        agent.post(f"/orders/{orders[2].pk}/hand_over/", {"organisation": str(owner.pk)}).status_code == 302
    )
    assert standings([found])[found.pk].promised.orders == 2
    assert Use.everywhere.get(order_id=orders[0].pk).stage == Stage.RELEASED


def visits_left(town: visits.Town, day: int = 1) -> int:
    from songhe.areas.visits.api import free_minutes

    return free_minutes(town.person.pk, visits.morning(day).date())


def test_without_a_contract_only_the_person_may_pay() -> None:
    town = visits.Town(owner := providers.organisation(), *[providers.worker(owner, "senior_care")] * 2,
                       visits.person())  # fmt: skip
    start = visits.morning()
    for paid_by, status in ((PaidBy.ENTITLEMENT, 422), (PaidBy.SELF, 302)):
        order = visiting.place_order(
            actor=SYSTEM, at=start - timedelta(days=1), person=town.person, item="0103", wanted_from=start,
            wanted_until=start + timedelta(hours=4), paid_by=paid_by,
        )  # fmt: skip
        answer = town.client("hotline_agent").post(
            f"/orders/{order.pk}/hand_over/", {"organisation": str(owner.pk)}
        )
        assert answer.status_code == status, paid_by
        visiting.cancel_order(order, actor=SYSTEM, at=order.placed_at, reason="下一个")
    assert not Use.everywhere.exists()


def test_a_visit_under_way_is_booked_by_its_minutes_and_a_missed_one_is_remarked() -> None:
    town = visits.town()
    visit = visits.visit(town, item="0201")
    contract = visit.order.contract
    assert contract is not None
    assert Use.everywhere.get(order_id=visit.order_id).fen == 60 * 67
    api.give(visit.order_id, minutes=75, at=visit.ends_at)
    use = Use.everywhere.get(order_id=visit.order_id)
    assert (use.stage, use.fen, use.minutes) == (Stage.GIVEN, 75 * 67, 75)
    missed = visits.visit(town, start=visits.morning(2, 11))
    visiting.mark_missed(missed, actor=SYSTEM, at=missed.ends_at, reason="无人到岗")
    assert Remark.everywhere.get(contract=missed.order.contract_id).kind == "missed"


def test_bad_terms_are_refused(owner: providers.Organisation) -> None:
    by = office()
    found = drafted(owner, by)
    page = f"/contracts/{found.pk}/"
    good = {"item": "0106", "unit": "minute", "price": "0.60", "charged": "1"}
    bad = ({"price": "0"}, {"price": "-5"}, {"price": "x"}, {"price": "99999999"}, {"item": "9999"}, {"unit": "hour"},
           {"charged": "-1"}, {"charged": "99999"}, {"charged": "61"}, {"item": "\x00"})  # fmt: skip
    for wrong in bad:
        assert by.post(f"{page}add_service/", good | wrong).status_code == 422, wrong
    assert by.post(f"{page}add_place/", {"place": make.OTHER_COUNTY}).status_code == 422
    assert by.post(f"{page}add_place/", {"place": make.town()}).status_code == 422, (
        "the county holds it already"
    )
    day = made.today()
    term = {"since": day.isoformat(), "until": day.isoformat(), "ceiling": "5"}
    for wrong in ({"until": "2020-01-01"}, {"ceiling": "0"}, {"ceiling": "-1"}, {"until": "2026-02-30"}):
        assert by.post(f"{page}set_terms/", term | wrong).status_code == 422, wrong


def test_two_lots_of_one_organisation_do_not_overlap(owner: providers.Organisation) -> None:
    in_force(owner)
    second = drafted(owner, office())
    answer = office().post(f"/contracts/{second.pk}/approve/")
    assert answer.status_code == 422
    other = drafted(providers.organisation(), office())
    assert office().post(f"/contracts/{other.pk}/approve/").status_code == 302, (
        "another organisation may serve there too"
    )


def test_an_amendment_holds_from_its_day_and_never_below_what_is_used() -> None:
    town = visits.town()
    order = visits.order(town)
    contract = order.contract
    assert contract is not None
    first, second = office(), office()
    page = f"/contracts/{contract.pk}/"
    day = made.today()
    begin = {"since": day.isoformat(), "document": "补充协议1号"}
    assert first.post(f"{page}amend/", begin).status_code == 302
    assert first.post(f"{page}amend/", begin).status_code == 422, "one at a time"
    until = contract.until.isoformat()
    small = {"since": day.isoformat(), "until": until, "ceiling": "79.99"}
    assert first.post(f"{page}set_terms/", small).status_code == 302
    assert second.post(f"{page}approve_amendment/").status_code == 422
    assert first.post(f"{page}set_terms/", small | {"ceiling": "100"}).status_code == 302
    price = {"item": "0103", "unit": "time", "price": "90", "charged": "90"}
    assert first.post(f"{page}add_service/", price).status_code == 302
    assert first.post(f"{page}approve_amendment/").status_code == 422, "not by whoever prepared it"
    assert second.post(f"{page}approve_amendment/").status_code == 302
    contract.refresh_from_db()
    assert contract.ceiling_fen == 10_000
    assert list(Version.everywhere.filter(contract=contract).order_by("number").values_list("state", flat=True)) == [
        "approved", "approved",
    ]  # fmt: skip
    before, after = (contract.pk, "0103", day - timedelta(days=1)), (contract.pk, "0103", day)
    found = api.tariffs([before, after])
    assert (found[before].fen, found[after].fen) == (8_000, 9_000)


def test_a_new_price_counts_from_its_day_on_whenever_the_service_was_planned_and_that_is_said() -> None:
    town = visits.town()
    before, after = (visits.order(town, start=visits.morning(day)) for day in (1, 3))
    contract = before.contract
    assert contract is not None
    first, second = office(), office()
    page, since = f"/contracts/{contract.pk}/", made.today() + timedelta(days=2)
    assert "该日起的服务" in first.get(f"{page}amend/").content.decode()
    begin = {"since": since.isoformat(), "document": "补充协议1号"}
    assert first.post(f"{page}amend/", begin).status_code == 302
    price = {"item": "0103", "unit": "time", "price": "90", "charged": "60"}
    assert first.post(f"{page}add_service/", price).status_code == 302
    asked = second.get(f"{page}approve_amendment/").content.decode()
    assert f"{since} 起的服务" in asked
    assert second.post(f"{page}approve_amendment/").status_code == 302
    booked = Use.everywhere.filter(order_id__in=[before.pk, after.pk])
    assert set(booked.values_list("fen", flat=True)) == {8_000}, "what is promised stays as it was promised"
    for order in (before, after):
        api.give(order.pk, minutes=60, at=order.wanted_from)
    assert dict(booked.values_list("order_id", "fen")) == {before.pk: 8_000, after.pk: 9_000}


def test_an_amendment_leaves_out_no_service_that_is_promised_from_its_day_on() -> None:
    town = visits.town()
    contract = visits.order(town).contract
    assert contract is not None
    first, second = office(), office()
    page = f"/contracts/{contract.pk}/"
    begin = {"since": made.today().isoformat(), "document": "补充协议1号"}
    assert first.post(f"{page}amend/", begin).status_code == 302
    assert first.post(f"{page}drop_service/", {"item": "0103"}).status_code == 302
    answer = second.post(f"{page}approve_amendment/")
    assert answer.status_code == 422
    assert "助浴" in answer.content.decode(), "which service is named"
    later = {
        "since": (made.today() + timedelta(days=3)).isoformat(),
        "until": contract.until.isoformat(),
        "ceiling": "100000",
    }
    assert first.post(f"{page}set_terms/", later).status_code == 302
    assert second.post(f"{page}approve_amendment/").status_code == 302, "by then nothing is promised"
    third = {"since": later["since"], "document": "补充协议2号"}
    assert first.post(f"{page}amend/", third).status_code == 302
    answer = first.post(f"{page}set_terms/", later | {"since": made.today().isoformat()})
    assert answer.status_code == 422, "nor does a later version hold from before the one it changes"


def test_suspended_and_ended_contracts_take_nothing_and_end_by_themselves() -> None:
    town = visits.town()
    order = visits.order(town)
    contract = order.contract
    assert contract is not None
    by = office()
    page = f"/contracts/{contract.pk}/"
    assert by.post(f"{page}suspend/", {"reason": " "}).status_code == 422
    assert by.post(f"{page}suspend/", {"reason": "检查发现问题"}).status_code == 302
    with pytest.raises(Refused, match="no contract in force"):
        visits.order(town, start=visits.morning(3))
    assert by.post(f"{page}resume/", {"reason": "已整改"}).status_code == 302
    visits.order(town, start=visits.morning(4))
    later = visits.morning(500)
    assert actions.turn(at=later)["ended"] >= 1
    contract.refresh_from_db()
    assert contract.state == State.ENDED
    assert by.get(f"{page}resume/").status_code in (403, 422)
    with pytest.raises(Refused):
        actions.resume(contract, actor=SYSTEM, at=later, reason="再来")


def test_the_day_book_of_a_contract_begins_and_ends(owner: providers.Organisation) -> None:
    day = made.today()
    found = made.draft(owner, since=day + timedelta(days=5), until=day + timedelta(days=9))
    actions.add_service(
        found, actor=SYSTEM, at=found.prepared_at, item="0103", unit="time", price=8000, charged=60
    )
    made.approved(found)
    found.refresh_from_db()
    assert found.state == State.APPROVED
    assert actions.turn(at=visits.morning(5)) == {"begun": 1, "ended": 0}
    assert actions.turn(at=visits.morning(5)) == {"begun": 0, "ended": 0}
    assert actions.turn(at=visits.morning(10)) == {"begun": 0, "ended": 1}


def test_remarks_and_what_is_to_be_done(owner: providers.Organisation) -> None:
    found = in_force(owner, until=(made.today() + timedelta(days=30)).isoformat())
    by = office(role="inspector")
    remark = {"kind": "quality", "on": made.today().isoformat(), "words": "两户未按时到达"}
    assert by.post(f"/contracts/{found.pk}/remark/", remark).status_code == 302
    assert by.post(f"/contracts/{found.pk}/remark/", remark | {"on": "2999-01-01"}).status_code == 422
    assert "两户未按时到达" in by.get(f"/contracts/{found.pk}/").content.decode()
    home = office().get("/").content.decode()
    assert found.lot in home, "ends in 60 days"
    drafted(providers.organisation(), office())
    assert "待批准的合同" in office().get("/").content.decode()


def test_settlements_pay_by_the_contract_and_not_beyond_it() -> None:
    from tests.areas.finance import test_story as finance

    from songhe.areas.finance import actions as paying
    from songhe.areas.finance.models import Line
    from songhe.engines.regions.models import Region

    town, month = visits.town(), finance.last_month()
    done = [finance.given(town, day) for day in (3, 10)]
    at = done[0].order.placed_at
    contract = done[0].order.contract
    assert contract is not None
    fund = paying.open_fund(
        actor=SYSTEM, at=at, region=Region.objects.get(pk=make.COUNTY), year=month.year, name="资金"
    )
    paying.allot(fund, actor=SYSTEM, at=at, amount=paying.Fen(1_000_000), document="1号")
    finance.granted(town, 600, at)
    Contract.everywhere.filter(pk=contract.pk).update(ceiling_fen=16_000)
    settlement = finance.prepared(town)
    assert settlement.fen == 16_000
    Contract.everywhere.filter(pk=contract.pk).update(ceiling_fen=15_999)
    answer = town.client("finance_officer").post(f"/settlements/{settlement.pk}/approve/")
    assert answer.status_code == 422
    town.client("finance_officer").post(f"/settlements/{settlement.pk}/return/", {"reason": "超合同"})
    again = finance.prepared(town)
    assert again.fen == 8_000
    assert Line.everywhere.filter(settlement=again, reason="contract", fen=0).count() == 1
    assert town.client("finance_officer").post(f"/settlements/{again.pk}/approve/").status_code == 302
    standing = standings([contract])[contract.pk]
    assert (standing.settled.fen, standing.promised.orders, standing.given.orders) == (8_000, 0, 0)
