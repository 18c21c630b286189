"""An agent's call from the first key to the last, as two tabs, another agent, and others see it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.hotline.test_story import served, taken, wanted
from tests.areas.visits import made
from tests.badinput.strings import NAUGHTY

from songhe.areas.contracts.models import Remark
from songhe.areas.hotline import actions, queries
from songhe.areas.hotline.models import (
    Article,
    Call,
    CallOrder,
    Complaint,
    Draft,
    Drawing,
    FollowUp,
    Nuisance,
    TextLine,
)
from songhe.areas.hotline.tasks import complaint_due
from songhe.areas.registry.actions.families import add_member, found_household
from songhe.areas.registry.api import add_contact
from songhe.areas.registry.models import Relation
from songhe.areas.visits.api import Order, OrderState
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import Work
from songhe.engines.jobs.models import Job

pytestmark = pytest.mark.django_db


def saved(
    desk: Client, call: Call, typed: dict[str, str], *, seen: int = 0, tab: str = "a", **more: Any
) -> Any:
    body = json.dumps({"typed": typed, "seen": seen, "tab": tab, **more})
    return desk.post(f"/desk/{call.pk}/save/", body, content_type="application/json")


def test_the_desk_says_who_may_be_calling_and_why() -> None:
    town, now = made.town(), timezone.now()
    home = found_household(town.person, actor=SYSTEM, at=now)
    wife = make.person(name="周玉兰", region=town.person.region_id, phone="13900000001")
    add_member(home, actor=SYSTEM, at=now, person=wife, relation=Relation.SPOUSE)
    uncle = make.person(name="赵德福", phone="13900000002")
    add_contact(uncle, actor=SYSTEM, at=now, name="刘长河", phone="13963112345", relation=Relation.NEIGHBOUR)
    desk = town.client("hotline_agent")
    old = make.person(name="钱大爷", phone="13900000003")
    first = taken(desk)
    assert (
        desk.post(f"/desk/{first.pk}/", wanted(person=str(old.pk), purpose="enquiry", item="")).status_code
        == 302
    )
    found = queries.callers(
        "13963112345", town.user("hotline_agent").scope("registry.view"), now + timedelta(minutes=1)
    )
    assert [(match.person.name, match.sure) for match in found] == [
        ("刘长河", True), ("赵德福", False), ("周玉兰", False), ("钱大爷", False),
    ]  # fmt: skip
    page = desk.get(f"/desk/{taken(desk).pk}/").content.decode()
    for words in ("周玉兰", "赵德福", "钱大爷", "13963112345"):
        assert words in page


def test_what_is_typed_is_kept_sealed_and_two_tabs_do_not_overwrite_each_other() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    first = saved(desk, call, {"note": "老人要求女护理员", "item": "0103"}).json()
    assert first == {"revision": 1, "differing": {}, "news": {}}
    assert saved(desk, call, {"note": "老人要求女护理员"}).json()["revision"] == 1, "once"
    assert "女护理员" not in str(bytes(Draft.everywhere.get().sealed))
    other = saved(desk, call, {"note": "另一个页面"}, tab="b")
    assert other.status_code == 409
    assert other.json()["differing"] == {"note": "老人要求女护理员"}
    seen = saved(desk, call, {"caller": "刘女士"}, tab="b", seen=0).json()
    assert seen["news"] == {"note": "老人要求女护理员", "item": "0103"}
    assert saved(desk, call, {"note": "改好了"}, tab="b", seen=seen["revision"]).status_code == 200
    page = desk.get(f"/desk/{call.pk}/").content.decode()
    assert "改好了" in page, "a new page of a dead browser has everything"
    assert re.search(r'value="0103"\s+selected', page)
    stranger = town.client("hotline_agent")
    assert saved(stranger, call, {"note": "x"}).status_code == 403, "another agent holds it"
    for broken in (
        "",
        "[]",
        "{",
        '{"typed":{"a":1}}',
        '{"typed":{"a b":"x"},"seen":0}',
        '{"typed":{},"seen":true}',
        "[" * 9000,
    ):
        answer = desk.post(f"/desk/{call.pk}/save/", broken, content_type="application/json")
        assert answer.status_code == 422, broken
    for words in NAUGHTY:
        assert saved(desk, call, {"note": words}, seen=99).status_code in (200, 422), words
    assert desk.post(f"/desk/{call.pk}/", wanted(person=str(town.person.pk))).status_code == 302
    assert not Draft.everywhere.exists(), "gone with the call"
    assert saved(desk, call, {"note": "x"}).status_code == 422


def test_a_call_goes_on_with_a_second_person_a_series_and_another_agent() -> None:
    town = made.town()
    made.at_any_hour(town)
    mate = make.person(name="周玉兰", region=town.person.region_id, phone="13900000001")
    desk = town.client("hotline_agent")
    call = taken(desk)
    form = wanted(person=str(mate.pk), relation="family", item="0601", paid_by="self", more="1")
    assert desk.post(f"/desk/{call.pk}/", form).status_code == 422, "how does she agree?"
    assert desk.post(f"/desk/{call.pk}/", form | {"consent": "beside", "caller": "刘芳"}).status_code == 302
    call.refresh_from_db()
    assert call.is_open
    saved(desk, call, {"note": "还要助浴"}, seen=9)
    colleague = town.user("hotline_agent")
    agents = desk.get(f"/calls/{call.pk}/pass_on/").content.decode()
    assert str(colleague.pk) in agents
    assert (
        desk.post(f"/calls/{call.pk}/pass_on/", {"to": str(colleague.pk), "why": "下班"}).status_code == 302
    )
    from tests.areas.providers.made import client_of

    second = client_of(colleague)
    page = second.get(f"/desk/{call.pk}/").content.decode()
    assert "还要助浴" in page
    assert "周玉兰" in page
    series = wanted(person=str(town.person.pk), repeat="weekly4", relation="self")
    assert second.post(f"/desk/{call.pk}/", series).status_code == 302
    call.refresh_from_db()
    assert (call.outcome, call.agent_id, call.passed_from) == ("ordered", colleague.pk, "hotline_agent")
    assert CallOrder.everywhere.filter(call=call).count() == 5
    starts = sorted(Order.everywhere.filter(person=town.person).values_list("wanted_from", flat=True))
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(days=7)}
    assert CallOrder.everywhere.get(person=mate).consent == "beside"


def test_the_triage_says_help_now_at_the_first_red_answer_and_is_kept_with_its_reasons() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    asked = desk.get(f"/desk/{call.pk}/triage/", {"matter": "emergency_medical"}).content.decode()
    assert "triage_T2" in asked
    assert 'class="way' not in asked, "no answer, no result"
    red = {"matter": "emergency_medical", "triage_T2": "no"}
    shown = desk.get(f"/desk/{call.pk}/triage/", red).content.decode()
    assert "way now" in shown
    assert "tel:120" in shown
    mild = {"matter": "help_bath", "triage_T1": "help", "triage_T9": "x", "triage_T2": "nonsense"}
    assert "way ordinary" in desk.get(f"/desk/{call.pk}/triage/", mild).content.decode()
    form = (
        wanted(
            person=str(town.person.pk), purpose="emergency", item="", outcome="passed_on", note="120已派车"
        )
        | red
    )
    assert desk.post(f"/desk/{call.pk}/", form).status_code == 302
    call.refresh_from_db()
    assert (call.urgency, call.matter) == ("now", "emergency_medical")
    assert call.triage["answers"] == {"T2": "no"}
    assert any("没有呼吸" in why for why in call.triage["why"])
    assert "没有呼吸" in desk.get(f"/calls/{call.pk}/").content.decode()


def test_services_prices_and_favourites_answer_while_typing() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    rows = desk.get("/desk/services/", {"q": "洗澡"}).json()["rows"]
    assert rows[0]["name"].startswith("助浴")
    assert {"price", "unit", "minutes", "skills", "standard", "assumed"} <= set(rows[0])
    assert [row["code"] for row in desk.get("/desk/services/", {"matter": "help_bath"}).json()["rows"]][
        :2
    ] == ["0103", "0104"]
    ask = {
        "item": "0103",
        "window": "soon",
        "person": str(town.person.pk),
        "organisation": str(town.organisation.pk),
    }
    shown = desk.get(f"/desk/{call.pk}/price/", ask).content.decode()
    assert "80.00" in shown
    assert "covered" in shown
    before = Order.everywhere.count()
    dear = desk.get(f"/desk/{call.pk}/price/", ask | {"item": "0212", "repeat": "weekly8"}).content.decode()
    assert "2,560.00" in dear
    assert "covered" not in dear, "8 nights are more than the month has"
    assert Order.everywhere.count() == before
    assert desk.post("/desk/favourite/", {"item": "0220"}).json() == {"favourite": True}
    assert "更换鼻饲管" in desk.get(f"/desk/{call.pk}/").content.decode()
    assert desk.post("/desk/favourite/", {"item": "9999"}).status_code == 422
    for words in NAUGHTY:
        assert desk.get("/desk/services/", {"q": words}).status_code == 200
        for name in ("ask", "matter"):
            assert desk.get(f"/desk/{call.pk}/articles/", {name: words}).status_code == 200, words
        assert (
            desk.get(f"/desk/{call.pk}/price/", {"item": words, "person": words, "repeat": words}).status_code
            == 200
        )
        assert desk.get(f"/desk/{call.pk}/triage/", {"matter": words, "triage_T1": words}).status_code == 200


def test_a_nuisance_number_is_warned_of_and_answered_and_a_caller_may_write() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk, "17000001234")
    assert (
        desk.post(f"/calls/{call.pk}/mark_nuisance/", {"reason": "prank", "days": "900"}).status_code == 422
    )
    assert (
        desk.post(
            f"/calls/{call.pk}/mark_nuisance/", {"reason": "prank", "days": "30", "note": "骂人"}
        ).status_code
        == 302
    )
    again = taken(desk, "17000001234")
    assert "骂人" in desk.get(f"/desk/{again.pk}/").content.decode()
    mark = Nuisance.everywhere.get()
    assert mark.number == "17000001234"
    assert queries.nuisance("17000001234", timezone.now() + timedelta(days=31)) is None
    assert desk.post(f"/nuisance-numbers/{mark.pk}/lift_nuisance/").status_code == 302
    assert queries.nuisance("17000001234", timezone.now()) is None
    for _ in range(2):
        form = {"words": "我听不见,要送饭", "incoming": "1", "_key": "sms-1"}
        assert desk.post(f"/desk/{again.pk}/write/", form).status_code == 302
    again.refresh_from_db()
    assert again.channel == "text"
    assert [line.words for line in TextLine.everywhere.all()] == ["我听不见,要送饭"]
    assert (
        desk.post(
            f"/desk/{again.pk}/", wanted(person=str(town.person.pk), item="", purpose="enquiry")
        ).status_code
        == 302
    )
    assert TextLine.everywhere.get().words == "我听不见,要送饭", "sealed anew with the person's key"


def test_who_is_called_back_is_drawn_and_the_rest_goes_on_to_settlement() -> None:
    town = made.town()
    orders = [served(town)]
    for n in range(5):
        person = make.person(name="赵德福", region=town.person.region_id)
        order = made.order(town, person=person, item="0601", paid_by="self", start=made.morning(hour=9 + n))
        orders.append(order)
    Order.everywhere.update(state=OrderState.COMPLETED, completed_at=timezone.now())
    for order in Order.everywhere.all():
        type(order.case).everywhere.filter(pk=order.case_id).update(state="completed")
    officer, desk = town.client("county_officer"), town.client("hotline_agent")
    form = {"region": str(make.COUNTY), "on": str(timezone.localdate()), "seed": "38210"}
    assert officer.post("/follow-up-draws/do/draw_follow_ups/", form).status_code == 302
    drawing = Drawing.everywhere.get()
    assert (drawing.listed, drawing.chosen) == (6, 3), "all baths, three tenths of the shopping rounded up"
    assert queries.drawn_again(drawing) == (drawing.digest, drawing.drawn)
    assert "ok" in officer.get(f"/follow-up-draws/{drawing.pk}/").content.decode()
    assert officer.post("/follow-up-draws/do/draw_follow_ups/", form).status_code == 422, (
        "nobody is drawn twice"
    )
    left_out = Order.everywhere.get(pk=FollowUp.everywhere.filter(state="left_out").first().order_id)  # type: ignore[union-attr]
    assert (left_out.state, left_out.rating) == (OrderState.FOLLOWED_UP, None)
    chosen = [str(key) for key in drawing.drawn]
    page = desk.get(f"/follow-ups/{chosen[0]}/ask/").content.decode()
    answers = dict.fromkeys(re.findall(r'name="(F[12]\.\d)"', page), "yes")
    assert desk.post(f"/follow-ups/{chosen[0]}/ask/", answers).status_code == 422, "and altogether?"
    good = answers | {"F3.1": "5", "words": "很好"}
    assert desk.post(f"/follow-ups/{chosen[0]}/ask/", good).status_code == 302
    row = FollowUp.everywhere.get(order_id=chosen[0])
    assert (row.state, row.rating, row.score) == ("done", 5, 100)
    for _ in range(3):
        assert desk.post(f"/follow-ups/{chosen[1]}/not_reached/", {"outcome": "no_answer"}).status_code == 302
    assert FollowUp.everywhere.get(order_id=chosen[1]).state == "unreachable"
    assert Order.everywhere.get(pk=chosen[1]).state == OrderState.FOLLOWED_UP
    assert desk.post(f"/follow-ups/{chosen[2]}/not_reached/", {"outcome": "declined"}).status_code == 302
    assert FollowUp.everywhere.get(order_id=chosen[2]).state == "unreachable", (
        "no second call to who does not want it"
    )
    assert "100.0 %" in officer.get("/satisfaction/").content.decode()


def test_a_complaint_has_its_day_its_answerer_its_consequence_by_another_and_may_come_back() -> None:
    town = made.town()
    desk, officer = town.client("hotline_agent"), town.client("county_officer")
    call = taken(desk)
    order = made.order(town)
    form = wanted(
        person=str(town.person.pk), purpose="complaint", matter="complaint_harm", item="", note="手镯不见了"
    )
    assert desk.post(f"/desk/{call.pk}/", form).status_code == 302
    complaint = Complaint.everywhere.get(call=call)
    Complaint.everywhere.filter(pk=complaint.pk).update(order=order, organisation=town.organisation)
    assert complaint.klass == "urgent"
    assert complaint.due_at == complaint.opened_at + timedelta(days=1)
    job = Job.objects.get(kind="hotline.complaint_due")
    assert job.run_at == complaint.due_at
    late = complaint.due_at + timedelta(seconds=1)
    assert complaint_due(Work(job, late))["escalated"] is True  # type: ignore[index]
    assert desk.post(f"/complaints/{complaint.pk}/answer_complaint/", {"words": "x"}).status_code == 422
    steps: tuple[tuple[Any, str, dict[str, str], int], ...] = (
        (desk, "take_up", {"klass": "urgent"}, 302),
        (desk, "investigate", {"finding": "founded", "words": "监控证实"}, 302),
        (desk, "answer_complaint", {"words": "已报警并赔付"}, 302),
        (desk, "close_complaint", {}, 422),
        (desk, "sanction", {"consequence": "warning"}, 403),
        (officer, "sanction", {"consequence": "deduction", "deduction": "999999"}, 422),
        (officer, "sanction", {"consequence": "deduction", "deduction": "200"}, 302),
        (desk, "close_complaint", {}, 302),
        (desk, "reopen_complaint", {"why": "未赔付"}, 302),
        (desk, "answer_complaint", {"words": "已再次赔付"}, 302),
        (desk, "close_complaint", {}, 302),
    )
    for client, step, values, status in steps:
        assert client.post(f"/complaints/{complaint.pk}/{step}/", values).status_code == status, step
    complaint.refresh_from_db()
    assert (complaint.state, complaint.reopened, complaint.deduction_fen, complaint.level) == (
        "closed",
        1,
        20000,
        1,
    )
    assert "扣减结算款" in Remark.everywhere.get(order_id=order.pk).words
    listed = queries.accountability(
        town.user("county_officer").scope("hotline.view"), timezone.now() - timedelta(days=1)
    )
    assert [(row.name, row.founded, row.overdue, row.deduction_fen) for row in listed] == [
        (town.organisation.name, 1, 1, 20000)
    ]


def test_an_article_is_told_after_another_approved_it_and_found_by_the_question() -> None:
    town = made.town()
    writer, desk = town.client("county_officer"), town.client("hotline_agent")
    other = town.client("county_officer")
    actions.load_knowledge(make.CITY, actor=SYSTEM, at=timezone.now())
    assert actions.load_knowledge(make.CITY, actor=SYSTEM, at=timezone.now()) == 0
    call = taken(desk)
    ask = f"/desk/{call.pk}/articles/"
    assert "燃气" in desk.get(ask, {"ask": "屋里有煤气味头晕"}).content.decode().split("</summary>")[0]
    assert "助浴" in desk.get(ask, {"matter": "help_bath"}).content.decode()
    fresh = {
        "region": str(make.COUNTY),
        "title_zh": "荣成豆腐脑送餐",
        "body_zh": "每天六点半",
        "since": "2026-01-01",
    }
    assert writer.post("/articles/do/write_article/", fresh).status_code == 302
    article = Article.objects.get(title_zh="荣成豆腐脑送餐")
    assert "豆腐脑" not in desk.get(ask, {"ask": "豆腐脑"}).content.decode()
    assert writer.post(f"/articles/{article.pk}/approve_article/").status_code == 422, "not by the writer"
    assert other.post(f"/articles/{article.pk}/approve_article/").status_code == 302
    assert "豆腐脑" in desk.get(ask, {"ask": "豆腐脑"}).content.decode()
    assert desk.post(f"/desk/articles/{article.pk}/vote/", {"right": "0"}).status_code == 422, (
        "what is wrong?"
    )
    assert (
        desk.post(f"/desk/articles/{article.pk}/vote/", {"right": "0", "words": "七点才有"}).status_code
        == 200
    )
    assert queries.votes([article.pk]) == {article.pk: (0, 1)}
    assert "七点才有" in other.get(f"/articles/{article.pk}/").content.decode()
    changed = fresh | {"body_zh": "每天七点"}
    changed.pop("region")
    assert writer.post(f"/articles/{article.pk}/revise_article/", changed).status_code == 302
    second = Article.objects.get(key=article.key, version=2)
    assert other.post(f"/articles/{second.pk}/approve_article/").status_code == 302
    article.refresh_from_db()
    assert article.state == "replaced"
    neighbour = town.client("county_officer", region=make.OTHER_COUNTY)
    assert neighbour.post(f"/articles/{second.pk}/drop_article/").status_code in (403, 404)


def test_a_line_session_has_one_call() -> None:
    town, key = made.town(), uuid4()
    agent = town.user("hotline_agent")
    call = actions.answer(actor=agent, at=timezone.now(), number="13963112345", line_id=key)
    assert call.line_id == key
    with pytest.raises(IntegrityError):
        actions.answer(actor=agent, at=timezone.now(), number="13963112345", line_id=key)


def test_only_whoever_complained_objects_to_the_answer() -> None:
    town = made.town()
    complaint = actions.complain(
        actor=town.user("family"), at=timezone.now(), order=made.order(town), words="迟到"
    )
    with pytest.raises(Refused, match="Only the complainant"):
        actions.object_to_answer(complaint, actor=SYSTEM, at=timezone.now(), why="不满意")
