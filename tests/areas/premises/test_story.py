"""A compound from its permit to its handover; idle rooms and projects; insider, neighbour and stranger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.premises import made
from tests.areas.providers import made as providers

from songhe.areas.premises import actions, api, queries
from songhe.areas.premises.figures import premises_handed_over, premises_in_order, upgrades_on_time
from songhe.areas.premises.models import (
    Compound,
    Idle,
    IdleState,
    Paper,
    Phase,
    PhaseState,
    Standing,
    Step,
    Upgrade,
    UpgradeState,
)
from songhe.areas.providers.api import Facility
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.cases.api import CaseStep
from songhe.engines.indicators.api import Span
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db
CODE = make.COUNTY


def office(role: str = "county_officer", region: int = CODE) -> Client:
    return providers.client_of(make.user(role, region))


def entered(by: Client, **more: object) -> Compound:
    form = {
        "name": "海韵嘉园", "region": make.village(), "kind": "new", "households": "1051", "developer": "某某置业",
        "permit_no": "建字第371082202600012号", "permitted_on": (made.today() - timedelta(days=200)).isoformat(),
    } | more  # fmt: skip
    answer = by.post("/compounds/do/register_compound/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    return Compound.everywhere.latest("registered_at")


def attach_all(by: Client, phase: Phase) -> None:
    step = queries.step_now(phase)
    for paper in Paper.everywhere.filter(step=step, needed=True):
        answer = by.post(f"/premises/{phase.pk}/attach_paper/", {"paper": paper.code, "file": made.pdf()})
        assert answer.status_code == 302, answer.context["form"].errors


def through(phase: Phase, first: Client, second: Client, m2: int) -> None:
    """One step prepared by one and let pass by another."""
    page = f"/premises/{phase.pk}/"
    day = (made.today() - timedelta(days=1)).isoformat()
    assert first.post(f"{page}prepare_step/", {"m2": m2, "on": day}).status_code == 302
    attach_all(first, phase)
    assert first.post(f"{page}submit_step/").status_code == 302
    answer = second.post(f"{page}pass_step/")
    assert answer.status_code == 302, answer.context["form"].errors
    phase.refresh_from_db()


def test_a_compound_owes_what_its_place_asks_and_a_reader_sees_that_it_is_assumed() -> None:
    by = office()
    found = entered(by)
    assert (found.required_m2, found.per_100, found.certain) == (211, 20, False)
    assert (found.standing, found.faults) == (Standing.FAILS, ["missing"])
    page = by.get(f"/compounds/{found.pk}/").content.decode()
    assert "211" in page and "假定" in page
    assert "海韵嘉园" in office().get("/").content.decode(), "on the home page of the office"
    assert found.name in by.get("/compounds/?standing=fails&fault=missing").content.decode()
    existing = entered(by, name="老旧小区", kind="existing", households="100")
    assert existing.required_m2 == 15


def test_a_step_waits_for_area_documents_and_another_person() -> None:
    first, second = office("town_officer", make.town()), office()
    phase = made.phase(made.compound(make.village(), households=1000), m2=200)
    page = f"/premises/{phase.pk}/"
    assert first.post(f"{page}submit_step/").status_code == 422, "no area"
    future = {"m2": "200", "on": (made.today() + timedelta(days=1)).isoformat()}
    assert first.post(f"{page}prepare_step/", future).status_code == 422
    assert first.post(f"{page}prepare_step/", future | {"on": made.today().isoformat()}).status_code == 302
    answer = first.post(f"{page}submit_step/")
    assert answer.status_code == 422 and "建设工程规划许可证" in str(answer.context["form"].errors)
    assert first.post(f"{page}pass_step/").status_code == 403
    attach_all(first, phase)
    assert first.post(f"{page}submit_step/").status_code == 302
    phase.refresh_from_db()
    assert phase.state == PhaseState.PLAN_REVIEW
    assert "待审核的养老用房环节" in second.get("/").content.decode()
    assert second.post(f"{page}return_step/", {"reason": "总图未标注"}).status_code == 302
    assert "总图未标注" in first.get(page).content.decode()
    assert first.post(f"{page}submit_step/").status_code == 302
    assert second.post(f"{page}pass_step/").status_code == 302
    phase.refresh_from_db()
    assert phase.state == PhaseState.BUILD
    moves = CaseStep.everywhere.filter(case=phase.case_id).order_by("at", "id").values_list("move", flat=True)
    assert list(moves) == ["open", "submit", "return", "submit", "pass"]


def test_who_prepares_does_not_let_pass() -> None:
    both = office()
    phase = made.phase()
    page = f"/premises/{phase.pk}/"
    assert both.post(f"{page}prepare_step/", {"m2": "200", "on": made.today().isoformat()}).status_code == 302
    attach_all(both, phase)
    assert both.post(f"{page}submit_step/").status_code == 302
    assert both.post(f"{page}pass_step/").status_code == 422
    assert office().post(f"{page}pass_step/").status_code == 302


def test_less_than_owed_passes_only_with_a_reason_and_stays_on_the_list() -> None:
    first, second = office("town_officer", make.town()), office()
    phase = made.phase(made.compound(households=1000), m2=150)
    page = f"/premises/{phase.pk}/"
    assert (
        first.post(f"{page}prepare_step/", {"m2": "150", "on": made.today().isoformat()}).status_code == 302
    )
    attach_all(first, phase)
    assert first.post(f"{page}submit_step/").status_code == 302
    assert second.post(f"{page}pass_step/").status_code == 422
    assert second.post(f"{page}pass_step/", {"reason": "与相邻小区统筹配建"}).status_code == 302
    compound = Compound.everywhere.get(pk=phase.compound_id)
    assert (compound.planned_m2, compound.faults) == (150, ["too_small"])


def test_all_four_steps_a_part_and_the_rest_then_a_facility() -> None:
    first, second = office("town_officer", make.town()), office()
    whole = made.compound(make.village(), households=1000)
    actions.place_compound(whole, actor=SYSTEM, at=timezone.now(), lon="122.42", lat="37.16")
    phase = made.phase(whole, m2=220)
    page = f"/premises/{phase.pk}/"
    for _step in ("plan", "build", "accept"):
        through(phase, first, second, 220)
    assert second.post(f"{page}open_facility/").status_code == 422, "nothing was handed over"
    through(phase, first, second, 120)
    assert (phase.state, phase.delivered_m2) == (PhaseState.DELIVER, 120), "a part"
    whole.refresh_from_db()
    assert (whole.standing, whole.delivered_m2) == (Standing.COMPLIES, 120)
    through(phase, first, second, 100)
    assert (phase.state, phase.delivered_m2) == (PhaseState.DONE, 220)
    assert Step.everywhere.filter(phase=phase, kind="deliver").count() == 2
    whole.refresh_from_db()
    assert (whole.standing, whole.delivered_m2, whole.faults) == (Standing.COMPLIES, 220, [])
    owner = providers.organisation()
    form = {
        "organisation": str(owner.pk), "name": "松鹤日间照料中心", "kind": "day_care", "since": made.today().isoformat()
    }  # fmt: skip
    answer = second.post(f"{page}open_facility/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    site = Facility.everywhere.get(name="松鹤日间照料中心")
    phase.refresh_from_db()
    assert (phase.facility_id, phase.use, site.area_m2, site.lon) == (site.pk, "care", 220, 122.42)
    assert second.post(f"{page}keep_idle/", {"condition": "good"}).status_code == 422, "it is a facility"
    seen = {"use": "other", "on": made.today().isoformat()}
    assert first.post(f"{page}look_at_use/", seen).status_code == 422, "say what was seen"
    assert first.post(f"{page}look_at_use/", seen | {"words": "出租为超市"}).status_code == 302
    whole.refresh_from_db()
    assert whole.faults == ["used_otherwise"]


def test_documents_open_for_the_office_and_for_nobody_elsewhere() -> None:
    phase = made.stepped(made.phase(made.compound(make.village())), until="plan")
    paper = Attachment.everywhere.filter(about_id=phase.pk).first()
    assert paper is not None
    url = f"/files/{paper.pk}/full/"
    assert url in office().get(f"/premises/{phase.pk}/").content.decode()
    assert office().get(url).status_code == 200
    assert office("county_officer", make.OTHER_COUNTY).get(url).status_code == 404
    assert office("hotline_agent").get(url).status_code == 404, "no right to premises"


def test_insider_neighbour_and_stranger() -> None:
    phase = made.phase(made.compound(make.village()))
    room, project = made.idle(make.village()), made.upgrade(make.village())
    pages = [
        f"/compounds/{phase.compound_id}/",
        f"/premises/{phase.pk}/",
        f"/idle-rooms/{room.pk}/",
        f"/upgrade-projects/{project.pk}/",
    ]
    town, neighbour = (
        office("town_officer", make.town()),
        office("town_officer", make.town(make.OTHER_COUNTY)),
    )
    for page in pages:
        assert town.get(page).status_code == 200, page
        assert neighbour.get(page).status_code == 404, page
        assert office("worker").get(page).status_code == 403, page
        assert Client().get(page).status_code == 302, page
    assert neighbour.post(f"{pages[1]}prepare_step/", {"m2": "1", "on": "2026-01-01"}).status_code == 404


def test_a_day_that_passes_makes_late_and_the_rate_counts_it() -> None:
    day = made.today()
    good = made.stepped(made.phase(made.compound(make.village()), m2=200), until="plan")
    late = made.phase(made.compound(make.village()), m2=200, plan_due=day + timedelta(days=2))
    open_ = made.compound(make.village(), permitted_on=None)
    rows = list(Compound.everywhere.order_by("pk"))
    assert actions.recount(rows, day) == 0
    assert Compound.everywhere.get(pk=late.compound_id).standing == Standing.OPEN, "its planning is under way"
    assert actions.recount(rows, day + timedelta(days=3)) == 1
    states = {row.pk: (row.standing, row.faults) for row in Compound.everywhere.all()}
    assert states[good.compound_id] == (Standing.COMPLIES, [])
    assert states[late.compound_id] == (Standing.FAILS, ["late"])
    assert states[open_.pk] == (Standing.OPEN, [])
    span = Span(Period.holding(day), make.COUNTY, make.COUNTY + 10**6)
    assert list(premises_in_order(span)) == [(make.village(), 1, 2)], (
        "what is not judged is not in the denominator"
    )
    assert list(premises_handed_over(span)) == [(make.village(), 0, 400)]


def test_bad_compounds_and_phases_are_refused() -> None:
    by = office()
    found = entered(by)
    form = {"name": found.name, "region": make.village(), "kind": "new", "households": "10"}
    assert by.post("/compounds/do/register_compound/", form).status_code == 422, "there already"
    for wrong in ({"households": "0"}, {"households": "-3"}, {"households": "9999999"}, {"kind": "x"}, {"name": " "},
                  {"name": "\x00"}, {"region": make.village(make.OTHER_COUNTY)}, {"permitted_on": "2999-01-01"}):  # fmt: skip
        assert by.post("/compounds/do/register_compound/", form | {"name": "新"} | wrong).status_code in (
            403,
            422,
        ), wrong
    page = f"/compounds/{found.pk}/"
    for wrong in ({"households": "2000", "m2": "1"}, {"households": "-1", "m2": "1"}, {"households": "1", "m2": "-1"},
                  {"households": "1", "m2": "1", "plan_due": "2026-05-01", "build_due": "2026-01-01"}):  # fmt: skip
        assert by.post(f"{page}add_phase/", wrong).status_code == 422, wrong
    assert (
        by.post(f"{page}place_compound/", {"lon": "37.1", "lat": "122.4", "frame": "wgs84"}).status_code
        == 422
    )
    assert (
        by.post(f"{page}place_compound/", {"lon": "nan", "lat": "inf", "frame": "wgs84"}).status_code == 422
    )
    assert (
        by.post(f"{page}place_compound/", {"lon": "122.4", "lat": "37.1", "frame": "gcj02"}).status_code
        == 302
    )
    found.refresh_from_db()
    assert found.lon is not None and abs(found.lon - 122.4) > 0.001, "kept in WGS-84"
    assert by.post(f"{page}strike_compound/", {"reason": "重复登记"}).status_code == 302
    assert by.post(f"{page}add_phase/", {"households": "1", "m2": "1"}).status_code in (403, 422)
    phase = made.phase()
    bad = by.post(
        f"/premises/{phase.pk}/attach_paper/",
        {"paper": "site_plan", "file": made.pdf("a.pdf").__class__("x.exe", b"MZ")},
    )
    assert bad.status_code == 422


def test_idle_rooms_are_proposed_reserved_and_used_again_and_serve_siting() -> None:
    by, other = office("town_officer", make.town()), office()
    form = {
        "name": "旧村小学",
        "region": make.village(),
        "origin": "school",
        "owner": "村集体",
        "area_m2": "640",
        "condition": "repair",
    }
    answer = by.post("/idle-rooms/do/list_idle/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    room = Idle.everywhere.get(name="旧村小学")
    page = f"/idle-rooms/{room.pk}/"
    assert api.candidates(make.COUNTY) == [], "no place yet"
    assert (
        by.post(f"{page}place_idle/", {"lon": "122.41", "lat": "37.15", "frame": "wgs84"}).status_code == 302
    )
    assert by.post(f"{page}photograph_idle/", {"photo": made.picture()}).status_code == 302
    assert "/files/" in by.get(page).content.decode()
    proposal = {"kind": "happiness_home", "area_m2": "300", "cost": "250000.50", "who": "村委会"}
    assert by.post(f"{page}propose_reuse/", proposal | {"area_m2": "641"}).status_code == 422
    assert by.post(f"{page}propose_reuse/", proposal).status_code == 302
    assert by.post(f"{page}propose_reuse/", proposal | {"cost": "300000"}).status_code == 302
    (site,) = api.candidates(make.COUNTY)
    assert (site.id, site.name, site.cost_fen, site.area_m2) == (room.pk, "旧村小学", 25_000_050, 640)
    assert (site.point.lon, site.point.lat) == (122.41, 37.15)
    assert api.candidates(make.OTHER_COUNTY) == []
    first, second = queries.open_proposals(Scope.EVERYTHING)
    assert by.post(f"/reuse-proposals/{first.pk}/accept_proposal/").status_code == 403
    assert "旧村小学" in other.get("/").content.decode()
    assert other.post(f"/reuse-proposals/{first.pk}/accept_proposal/").status_code == 302
    room.refresh_from_db()
    assert room.state == IdleState.RESERVED
    assert api.candidates(make.COUNTY) == [], "not free any more"
    assert other.post(f"/reuse-proposals/{second.pk}/accept_proposal/").status_code == 422
    site_of = providers.facility(providers.organisation(), region=make.village())
    assert by.post(f"{page}reuse_as/", {"facility": str(site_of.pk)}).status_code == 302
    room.refresh_from_db()
    assert (room.state, room.facility_id) == (IdleState.REUSED, site_of.pk)
    assert by.post(f"{page}withdraw_idle/", {"reason": "x"}).status_code == 422


def test_premises_without_an_operator_go_into_the_inventory() -> None:
    phase = made.stepped(made.phase(made.compound(make.village())))
    by = office("town_officer", make.town())
    assert by.post(f"/premises/{phase.pk}/keep_idle/", {"condition": "good", "floor": "1"}).status_code == 302
    room = Idle.everywhere.get(phase=phase)
    assert (room.area_m2, room.state, room.origin) == (200, "available", "compound")
    site = providers.facility(providers.organisation(), region=make.village())
    assert by.post(f"/idle-rooms/{room.pk}/reuse_as/", {"facility": str(site.pk)}).status_code == 302
    phase.refresh_from_db()
    assert (phase.facility_id, phase.use) == (site.pk, "care")


def test_who_proposes_does_not_accept() -> None:
    both = make.user("county_officer", make.COUNTY)
    proposal = made.proposal(made.idle(make.village()), by=both)
    page = f"/reuse-proposals/{proposal.pk}/"
    assert providers.client_of(both).post(f"{page}accept_proposal/").status_code == 422
    assert providers.client_of(both).post(f"{page}refuse_proposal/", {"reason": "x"}).status_code == 422
    assert office().post(f"{page}refuse_proposal/", {"reason": "面积不足"}).status_code == 302


def test_a_project_from_draft_to_finish_and_late_on_the_way() -> None:
    by, other = office("town_officer", make.town()), office()
    home = providers.facility(providers.organisation(), region=make.village())
    day = made.today()
    form = {"name": "崖头敬老院改造", "region": make.village(), "kind": "township_home", "due": (day + timedelta(days=60)).isoformat(),
            "planned": "2000000", "facility": str(home.pk)}  # fmt: skip
    answer = by.post("/upgrade-projects/do/draft_upgrade/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    row = Upgrade.everywhere.get(name="崖头敬老院改造")
    page = f"/upgrade-projects/{row.pk}/"
    assert other.post(f"{page}approve_upgrade/").status_code == 422, "no milestone"
    stone = {"milestone": "begun", "planned_on": (day - timedelta(days=5)).isoformat(), "planned": "500000"}
    for wrong in (
        {"planned": "2000001"},
        {"milestone": "x"},
        {"planned_on": (day + timedelta(days=61)).isoformat()},
    ):
        assert by.post(f"{page}plan_milestone/", stone | wrong).status_code == 422, wrong
    assert by.post(f"{page}plan_milestone/", stone).status_code == 302
    beds = {"beds_before": "40", "nursing_before": "0", "beds_planned": "60", "nursing_planned": "70"}
    assert by.post(f"{page}plan_beds/", beds).status_code == 422
    assert by.post(f"{page}plan_beds/", beds | {"nursing_planned": "30"}).status_code == 302
    assert by.post(f"{page}approve_upgrade/").status_code == 403
    assert other.post(f"{page}approve_upgrade/").status_code == 302
    assert "崖头敬老院改造" in by.get("/").content.decode(), "late milestone"
    assert row.name in other.get("/upgrade-projects/?late=1").content.decode()
    span = Span(Period.holding(day), make.COUNTY, make.COUNTY + 10**6)
    assert list(upgrades_on_time(span)) == [(make.village(), 0, 1)]
    end = {"finished_on": day.isoformat(), "beds_after": "60", "nursing_after": "30"}
    assert other.post(f"{page}finish_upgrade/", end).status_code == 422, "a milestone is left"
    reached = {
        "milestone": "begun",
        "done_on": day.isoformat(),
        "spent": "480000.25",
        "photo": made.picture(),
    }
    assert by.post(f"{page}reach_milestone/", reached).status_code == 302
    assert queries.spent(row) == 48_000_025
    assert other.post(f"{page}finish_upgrade/", end | {"nursing_after": "61"}).status_code == 422
    assert other.post(f"{page}finish_upgrade/", end).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.beds_after) == (UpgradeState.FINISHED, 60)
    assert list(upgrades_on_time(span)) == [(make.village(), 1, 1)]
