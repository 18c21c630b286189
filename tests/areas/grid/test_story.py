"""The people near an elder through their pages: paired, on duty, reporting, leaving."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Literal

import pytest
from django.test import Client
from tests import make
from tests.areas.grid import made
from tests.kit.people import logged_in

from songhe.areas.grid.importing import helpers as helper_list
from songhe.areas.grid.importing import pairs as pair_list
from songhe.areas.grid.models import Helper, Pair, Post, Report, Turn
from songhe.areas.registry.actions.duplicates import merge_suspects
from songhe.areas.registry.api import Person, tag
from songhe.areas.registry.models import Suspect
from songhe.engines.access.api import SYSTEM, Tie, User
from songhe.engines.acts.models import Act
from songhe.engines.imports import tasks
from songhe.engines.imports.api import ImportRun, ImportSpec, start_check, start_write, take_in
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.tree import name_of
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
assert tasks.check_run, "the jobs are known once their module is loaded"


def _taken(spec: ImportSpec, rows: list[str], officer: User) -> ImportRun:
    """A list as it was read, checked and written."""
    raw = "\n".join(rows).encode()
    run = take_in(io.BytesIO(raw), name="list.csv", spec=spec, region_id=make.COUNTY, actor=officer, at=now())
    start_check(run, actor=officer, at=now())
    run_due(now())
    run.refresh_from_db()
    if run.rows_good:
        start_write(run, actor=officer, at=now())
        run_due(now())
        run.refresh_from_db()
    return run


def test_a_neighbour_is_taken_on_paired_seen_on_the_phone_and_leaves() -> None:
    village = make.village()
    officer = make.user("village_officer", village, name="于主任")
    desk, stranger = (
        logged_in(officer),
        logged_in(make.user("village_officer", make.village(make.OTHER_COUNTY))),
    )
    day = today().isoformat()
    form = {"name": "孙秀兰", "kind": "neighbour", "region": village, "phone": "", "since": day, "consented_on": day,
            "skills": ["first_aid"], "travels": "walk"}  # fmt: skip
    assert desk.post("/helpers/do/add_helper/", form).status_code == 422
    assert stranger.post("/helpers/do/add_helper/", form | {"phone": "13863110001"}).status_code in (403, 422)
    answer = desk.post("/helpers/do/add_helper/", form | {"phone": "13863110001"})
    assert answer.status_code == 302, answer.context["form"].errors
    helper = Helper.everywhere.get(name="孙秀兰")
    assert b"13863110001" not in bytes(helper.phone_sealed)
    shown = desk.get(f"/helpers/{helper.pk}/").content.decode()
    assert "13863110001" in shown
    assert Act.objects.filter(verb="grid.read_phone", subject_id=helper.pk, actor_id=officer.pk).count() == 1


def test_an_elder_is_paired_and_seen_on_the_phone_and_the_helper_leaves() -> None:
    village = make.village()
    desk, helper = logged_in(make.user("village_officer", village)), made.helper(village, name="孙秀兰")
    day = today().isoformat()
    elder = make.person(village, name="宋桂英")
    tag(elder, actor=SYSTEM, at=now(), tag="living_alone", since=today())
    home = desk.get("/").content.decode()
    assert "宋桂英" in home
    pairing = {"person": str(elder.pk), "role": "first", "since": day, "holds_key": "on"}
    assert desk.post(f"/helpers/{helper.pk}/pair_up/", pairing).status_code == 302
    assert desk.post(f"/helpers/{helper.pk}/pair_up/", pairing | {"role": "more"}).status_code == 422
    assert "孙秀兰" in desk.get(f"/people/{elder.pk}/").content.decode()
    assert Tie.everywhere.filter(person_id=elder.pk, holder_id=helper.pk, until=None).exists()

    strange = made.helper(village)
    phone = _reports(helper, elder, desk)
    assert phone.post(f"/helpers/{helper.pk}/say_available/", {"hours": "4"}).status_code == 302
    helper.refresh_from_db()
    assert not helper.is_available
    assert helper.away_until is not None
    assert phone.post(f"/helpers/{strange.pk}/say_available/", {}).status_code == 404

    leaving = {"on": (today() - timedelta(days=1)).isoformat(), "why": "moved"}
    Helper.everywhere.filter(pk=helper.pk).update(since=date(2026, 1, 1))
    Pair.everywhere.filter(helper=helper).update(since=date(2026, 1, 1))
    assert desk.post(f"/helpers/{helper.pk}/leave/", leaving).status_code == 302
    pair = Pair.everywhere.get(helper=helper)
    assert (pair.why_ended, pair.until, pair.holds_key) == ("helper_left", today(), False)
    assert "宋桂英" in desk.get("/").content.decode()
    successor = {"person": str(elder.pk), "helper": str(strange.pk), "role": "first", "since": day}
    assert desk.post("/helper-pairs/do/begin_pair/", successor).status_code == 302
    assert "begin_pair/?person" not in desk.get("/").content.decode()


def _reports(helper: Helper, elder: Person, desk: Client) -> Client:
    """The helper looks at the phone, reports something, and reads the answer."""
    user = make.user("helper", make.COUNTY, holder_id=helper.pk, name="孙秀兰")
    phone = logged_in(user)
    page = phone.get("/my-elders/").content.decode()
    assert "宋桂英" in page
    assert "大庄许家" in page
    assert phone.get("/my-elders/").status_code == 200
    assert Act.objects.filter(verb="grid.read_address", subject_id=elder.pk, actor_id=user.pk).count() == 1
    assert phone.get(f"/people/{elder.pk}/").status_code == 403
    told = {"kind": "unwell", "person": str(elder.pk), "words": "今天没起床，说头晕", "_key": "0190-report"}
    for _again in range(2):
        assert phone.post(f"/helpers/{helper.pk}/report/", told).status_code == 302
    report = Report.everywhere.get()
    assert report.case.priority == 2
    assert "头晕".encode() not in bytes(report.words_sealed)
    other = make.person(elder.region_id, name="别家老人")
    stranger = logged_in(make.user("village_officer", make.village(make.OTHER_COUNTY)))
    assert (
        phone.post(f"/helpers/{helper.pk}/report/", told | {"person": str(other.pk), "_key": "x"}).status_code
        == 422
    )
    assert phone.get(f"/grid-reports/{report.pk}/").status_code == 403
    assert stranger.get(f"/grid-reports/{report.pk}/").status_code == 404
    assert "头晕" in desk.get(f"/grid-reports/{report.pk}/").content.decode()
    assert desk.post(f"/grid-reports/{report.pk}/take/").status_code == 302
    assert desk.post(f"/grid-reports/{report.pk}/settle/", {"words": "已送卫生室"}).status_code == 302
    assert "已送卫生室" in phone.get("/my-elders/").content.decode()
    return phone


def test_a_roster_through_its_forms_with_a_substitute_and_a_gap() -> None:
    village = make.village()
    desk = logged_in(make.user("town_officer", village // 1000 * 1000))
    form = {
        "level": "village",
        "region": village,
        "name": "村值班室",
        "since": "2026-01-01",
        "phone": "0631-7550001",
    }
    assert (
        desk.post("/grid-posts/do/open_post/", form | {"region": village // 1000 * 1000}).status_code == 422
    )
    assert desk.post("/grid-posts/do/open_post/", form).status_code == 302
    post = Post.everywhere.get()
    assert desk.post("/grid-posts/do/open_post/", form).status_code == 422
    helper, other = made.helper(village, name="于主任"), made.helper(village, name="替班")
    line = {
        "helper": str(helper.pk),
        "days": [1, 2, 3, 4, 5, 6, 7],
        "starts": "08:00",
        "ends": "18:00",
        "since": "2026-01-01",
    }
    assert "村值班室" in desk.get("/").content.decode()
    assert desk.post(f"/grid-posts/{post.pk}/put_on_duty/", line).status_code == 302
    turn = Turn.everywhere.get()
    assert "村值班室" not in desk.get("/").content.decode()
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert desk.post(f"/grid-turns/{turn.pk}/stand_in/", {"on": tomorrow, "helper": ""}).status_code == 302
    assert "村值班室" in desk.get("/").content.decode()
    assert (
        desk.post(f"/grid-turns/{turn.pk}/stand_in/", {"on": tomorrow, "helper": str(other.pk)}).status_code
        == 302
    )
    assert Turn.everywhere.filter(on__isnull=False).count() == 1
    assert "村值班室" in desk.get("/network/").content.decode()
    assert "替班" in desk.get(f"/grid-posts/{post.pk}/").content.decode()


def test_lists_of_helpers_and_pairs_are_taken_in_and_say_what_is_wrong() -> None:
    village = make.village()
    officer = make.user("county_officer", make.COUNTY)
    elder = make.person(village, id_number=(number := make.id_number()))
    rows = [
        "姓名,身份,村,电话,特长,同意日期",
        f"孙秀兰,睦邻,{name_of(village)},13863110001,急救、有车,2026-01-05",
        f"丛大哥,网格员,{name_of(village)},13863110002,,2026-01-05",
        f"重号,睦邻,{name_of(village)},13863110001,,2026-01-05",
        "外村,睦邻,没有这个村,13863110003,,2026-01-05",
    ]
    run = _taken(helper_list, rows, officer)
    assert (run.rows_made, run.rows_bad) == (2, 2)
    assert Helper.everywhere.get(name="孙秀兰").skills == ["car", "first_aid"]
    assert _taken(helper_list, rows[:3], officer).rows_made == 0
    pairs = [
        "帮扶人电话,老人身份证号,角色,钥匙",
        f"13863110001,{number},睦邻,是",
        "13863119999,371082194305021234,睦邻,否",
    ]
    run = _taken(pair_list, pairs, officer)
    assert Pair.everywhere.get(person=elder).holds_key
    assert run.rows_bad == 1


def test_an_elder_who_is_entered_twice_and_helps_too_becomes_one() -> None:
    village = make.village()
    first, second = (
        make.person(village, name="王秀英"),
        make.person(village, name="王秀英", id_number="", born=date(1943, 5, 2)),
    )
    made.pair(made.helper(village), first)
    made.pair(made.helper(village), second)
    helper = made.helper(village, phone="13863110009", person=second)
    one, other = sorted((first.pk, second.pk))
    pair = Suspect.everywhere.create(
        region_id=village, first_id=one, second_id=other, score=90, evidence=[], found_at=now()
    )
    keep: Literal["first", "second"] = "first" if one == first.pk else "second"
    merge_suspects(pair, actor=SYSTEM, at=now(), keep=keep, reason="同一人")
    helper.refresh_from_db()
    assert (helper.person_id, helper.phone) == (first.pk, "13863110009")
    assert Pair.everywhere.filter(person=first, until=None, role="first").count() == 1
