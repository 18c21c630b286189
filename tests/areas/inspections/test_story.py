"""From the draw to the mended finding, as office, officer, facility, rival and stranger see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.inspections import made
from tests.areas.premises.made import pdf, picture
from tests.areas.providers import made as providers

from songhe.areas.inspections import actions, api, queries
from songhe.areas.inspections.figures import facilities_checked, findings_mended
from songhe.areas.inspections.models import (
    Campaign,
    CampaignState,
    Draw,
    Finding,
    FindingState,
    Inspection,
    Measure,
    State,
)
from songhe.areas.providers.api import Facility, Kind
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.cases.api import Case, CaseStep
from songhe.engines.indicators.api import Span
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db


def office(role: str = "county_officer", region: int = make.COUNTY) -> Client:
    return providers.client_of(make.user(role, region))


def sites(n: int, kind: Kind = Kind.DAY_CARE) -> list[Facility]:
    owner = providers.organisation()
    return [providers.facility(owner, kind) for _ in range(n)]


def form_of(row: Inspection, **other: str) -> dict[str, object]:
    return {f"q-{code}": key for code, key in made.answers(row, **other).items()}


def test_a_campaign_is_drawn_by_another_and_anybody_can_draw_again() -> None:
    sites(7), sites(4, Kind.CANTEEN)
    team = made.officers(3)
    first, second = office(), office()
    form = {
        "title": "2026年第四季度抽查", "region": make.COUNTY, "until": (made.today() + timedelta(days=30)).isoformat(),
        "share_percent": "30", "high_share_percent": "100", "kinds": ["day_care", "canteen"], "by": ["kind", "risk"],
    }  # fmt: skip
    answer = first.post("/campaigns/do/draft_campaign/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    row = Campaign.everywhere.latest("prepared_at")
    page = f"/campaigns/{row.pk}/"
    assert second.post(f"{page}draw_campaign/").status_code == 422, "no officers yet"
    assert first.post(f"{page}list_officers/", {"officers": [str(team[0].pk)]}).status_code == 422, (
        "one is not enough"
    )
    assert first.post(f"{page}list_officers/", {"officers": [str(one.pk) for one in team]}).status_code == 302
    assert first.post(f"{page}draw_campaign/", {"seed": "38291"}).status_code == 422, "not by who prepared it"
    assert row.title in second.get("/").content.decode()
    answer = second.post(f"{page}draw_campaign/", {"seed": "38291"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert second.post(f"{page}draw_campaign/", {"seed": "1"}).status_code == 422, "never a second time"
    row.refresh_from_db()
    assert (row.state, row.listed, row.drawn) == (CampaignState.DRAWN, 11, 5), (
        "30 % of 7 and of 4, rounded up"
    )
    draw = Draw.everywhere.get(campaign=row)
    assert queries.drawn_again(draw) == (draw.list_hash, draw.drawn)
    act = Act.objects.get(verb="inspections.draw_campaign", subject_id=str(row.pk))
    assert (act.after["seed"], act.after["list_hash"]) == ("38291", draw.list_hash)
    shown = second.get(page).content.decode()
    assert draw.list_hash in shown and "结果一致" in shown
    checks = list(Inspection.everywhere.filter(campaign=row))
    assert len(checks) == 5
    assert all(one.first_id != one.second_id for one in checks)
    assert Case.everywhere.filter(flow_code="inspection").count() == 5
    assert office("county_officer", make.OTHER_COUNTY).get(page).status_code == 404
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_draw SET seed = 'x'")


def test_a_touched_list_is_noticed() -> None:
    sites(5)
    row = actions.draw_campaign(
        made.campaign(), actor=make.user("county_officer"), at=timezone.now(), seed="7"
    )
    draw = Draw.everywhere.get(campaign=row)
    draw.pool = draw.pool[1:]
    assert queries.drawn_again(draw) != (draw.list_hash, draw.drawn)


def test_a_facility_learns_of_its_check_only_when_it_was_carried_out() -> None:
    site = sites(1)[0]
    row = made.check(site)
    page = f"/inspections/{row.pk}/"
    manager = providers.client_of(
        make.user("organisation_manager", make.COUNTY, holder_id=site.organisation_id)
    )
    head = providers.client_of(make.user("facility_manager", make.COUNTY, holder_id=site.pk))
    rival = providers.client_of(
        make.user("organisation_manager", make.COUNTY, holder_id=providers.organisation().pk)
    )
    for client in (manager, head, rival):
        assert client.get(page).status_code == 404
        assert row.number not in client.get("/inspections/").content.decode()
    assert office().get(page).status_code == 200
    made.carried_out(row, C5_1="no")
    for client in (manager, head):
        assert client.get(page).status_code == 200
        assert "居室、被褥、卫生间清洁" in client.get(page).content.decode()
    assert rival.get(page).status_code == 404
    assert office("inspector", make.OTHER_COUNTY).get(page).status_code == 404
    assert office("worker").get(page).status_code == 403
    assert Client().get(page).status_code == 302
    site_page = office().get(f"/facilities/{site.pk}/").content.decode()
    assert row.number in site_page, "its history on the facility's page"


def test_an_officer_fills_in_the_checklist_on_the_spot() -> None:
    row = made.check()
    url = f"/checklist/{row.pk}/"
    mine, other = providers.client_of(made.officer(row)), office("inspector")
    assert other.get(url).status_code == 403, "only the two who were drawn"
    assert office("county_officer").get(url).status_code == 403
    assert row.facility_name in mine.get("/").content.decode()
    shown = mine.get(url)
    assert shown.status_code == 200 and "C1.1" in shown.content.decode()
    part = {"q-C1.1": "no", "n-C1.1": "二楼安全出口上锁", "p-C1.1": [picture(), picture()], "save": "1"}
    assert mine.post(url, part).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answers_id is not None) == (State.DRAWN, True)
    assert Attachment.everywhere.filter(owner_id=row.pk).count() == 2
    page = mine.get(url).content.decode()
    assert "二楼安全出口上锁" in page and "/files/" in page
    unfinished = mine.post(url, {"q-C1.1": "no", "finish": "1"})
    assert unfinished.status_code == 422 and "#q-C1.2" in unfinished.content.decode()
    for wrong in (
        {"q-C1.1": "maybe"},
        {"q-C1.1": "\x00"},
        {"n-C1.1": "长" * 401},
        {"p-C1.1": pdf().__class__("x.exe", b"MZ")},
    ):
        assert mine.post(url, wrong | {"save": "1"}).status_code == 422, wrong
    done = mine.post(
        url,
        form_of(row, C1_1="no", C2_3="partly", C5_3="none")
        | {"n-C1.1": "二楼安全出口上锁", "finish": "1", "words": "总体较好"},
    )
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.found, row.left, row.level) == (State.RECTIFY, 2, 2, 0), (
        "a critical item was not met"
    )
    assert row.score_bp == (19 * 2 - 2 - 1) * 10_000 // (19 * 2)
    first = Finding.everywhere.get(inspection=row, item="C1.1")
    second = Finding.everywhere.get(inspection=row, item="C2.3")
    assert (first.severity, first.words, first.repeated) == ("grave", "二楼安全出口上锁", False)
    assert first.source and first.due_on < second.due_on, "what is worse is mended sooner"
    assert mine.get(url).status_code == 302, "what is finished is not filled in again"
    with pytest.raises(Refused):
        actions.fill_checklist(row, actor=made.officer(row), at=timezone.now(), answers={}, notes={})


def test_nothing_found_is_closed_at_once() -> None:
    row = made.carried_out()
    assert (row.state, row.found, row.level, row.score_bp) == (State.CLEAN, 0, 2, 10_000)
    assert row.closed_on == made.today()


def test_a_finding_is_answered_with_evidence_checked_again_and_closed() -> None:
    site = sites(1)[0]
    row = made.carried_out(made.check(site), C5_1="no", C1_3="partly")
    manager = providers.client_of(
        make.user("organisation_manager", make.COUNTY, holder_id=site.organisation_id)
    )
    rival = providers.client_of(
        make.user("organisation_manager", make.COUNTY, holder_id=providers.organisation().pk)
    )
    officer = providers.client_of(made.officer(row))
    one, two = Finding.everywhere.filter(inspection=row).order_by("item")
    assert str(one.name_zh) in manager.get("/").content.decode(), "to mend, on the home page"
    assert rival.get(f"/findings/{one.pk}/").status_code == 404
    assert officer.post(f"/findings/{one.pk}/mend_finding/").status_code == 422, "nothing was answered yet"
    answer = {"words": "已拆除私拉电线", "file": picture()}
    assert rival.post(f"/findings/{one.pk}/answer_finding/", answer).status_code == 404
    assert manager.post(f"/findings/{one.pk}/answer_finding/", {"words": " "}).status_code == 422
    assert (
        manager.post(f"/findings/{one.pk}/answer_finding/", answer | {"file": picture()}).status_code == 302
    )
    row.refresh_from_db()
    assert row.state == State.RECTIFY, "one is still open"
    assert manager.post(f"/findings/{two.pk}/answer_finding/", {"words": "已清洁"}).status_code == 302
    row.refresh_from_db()
    assert row.state == State.RECHECK
    assert row.facility_name in officer.get("/").content.decode()
    evidence = Attachment.everywhere.get(about_id=one.pk)
    for client, status in ((manager, 200), (officer, 200), (rival, 404), (office("hotline_agent"), 404)):
        assert client.get(f"/files/{evidence.pk}/full/").status_code == status
    assert manager.post(f"/findings/{one.pk}/mend_finding/").status_code == 403
    assert officer.post(f"/findings/{one.pk}/mend_finding/", {"words": "已整改"}).status_code == 302
    assert officer.post(f"/findings/{two.pk}/still_found/", {"words": ""}).status_code == 422
    assert officer.post(f"/findings/{two.pk}/still_found/", {"words": "卫生间仍有异味"}).status_code == 302
    row.refresh_from_db()
    two.refresh_from_db()
    assert (row.state, row.left, two.state, two.rounds) == (State.RECTIFY, 1, FindingState.OPEN, 1)
    assert manager.post(f"/findings/{two.pk}/answer_finding/", {"words": "再次清洁"}).status_code == 302
    assert officer.post(f"/findings/{two.pk}/mend_finding/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.left, row.closed_on) == (State.CLOSED, 0, made.today())
    moves = CaseStep.everywhere.filter(case=row.case_id).order_by("at", "id").values_list("move", flat=True)
    assert list(moves) == ["open", "finish", "answer", "again", "answer", "close"]
    months = {Period.holding(row.first_due) for row in (one, two)}
    rows = [row for month in months for row in findings_mended(Span(month, make.COUNTY, make.COUNTY + 10**6))]
    assert rows == [], "nothing is counted before its deadline"
    before = made.today() - timedelta(days=1)
    Finding.everywhere.update(first_due=before, mended_on=before)
    over = Span(Period.holding(before), make.COUNTY, make.COUNTY + 10**6)
    assert list(findings_mended(over)) == [(site.region_id, 2, 2)]
    now = Span(Period.holding(made.today()), make.COUNTY, make.COUNTY + 10**6)
    assert list(facilities_checked(now)) == [(site.region_id, 1, 1)]


def test_what_was_found_before_is_a_repeated_finding() -> None:
    site = sites(1)[0]
    made.carried_out(made.check(site), C5_1="no")
    again = made.carried_out(made.check(site), C5_1="partly", C5_2="no")
    found = {row.item: row.repeated for row in Finding.everywhere.filter(inspection=again)}
    assert found == {"C5.1": True, "C5.2": False}
    assert site.pk in queries.high_risk([site]), "findings are open"
    page = office().get(f"/inspections/{again.pk}/").content.decode()
    assert "重复出现" in page


def test_a_measure_is_the_offices_and_not_the_officers() -> None:
    row = made.carried_out(C1_1="no")
    page = f"/inspections/{row.pk}/"
    both = made.officer(row)
    make.grant(both, "county_officer", make.COUNTY)
    measure = {"kind": "warning", "words": "逾期未整改"}
    assert office("inspector").post(f"{page}take_measure/", measure).status_code == 403
    assert providers.client_of(both).post(f"{page}take_measure/", measure).status_code == 422
    by = office()
    assert by.post(f"{page}take_measure/", measure | {"kind": "report"}).status_code == 422, "to whom"
    assert (
        by.post(f"{page}take_measure/", measure | {"kind": "report", "to": "消防救援大队"}).status_code == 302
    )
    row.refresh_from_db()
    assert (row.state, Measure.everywhere.get(inspection=row).to) == (State.ESCALATED, "消防救援大队")
    assert "消防救援大队" in by.get(page).content.decode()
    finding = Finding.everywhere.get(inspection=row)
    manager = providers.client_of(
        make.user("organisation_manager", make.COUNTY, holder_id=row.organisation_id)
    )
    assert manager.post(f"/findings/{finding.pk}/answer_finding/", {"words": "已打开"}).status_code == 302
    row.refresh_from_db()
    assert row.state == State.RECHECK
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inspections_measure")


def test_an_officer_may_look_again_without_an_answer_and_the_office_sees_what_is_overdue() -> None:
    row = made.carried_out(C1_1="no")
    Finding.everywhere.filter(inspection=row).update(due_on=made.today() - timedelta(days=1))
    home = office().get("/").content.decode()
    assert row.facility_name in home and "逾期未整改问题" in home
    officer = providers.client_of(made.officer(row))
    assert officer.post(f"/inspections/{row.pk}/call_again/").status_code == 302
    finding = Finding.everywhere.get(inspection=row)
    assert officer.post(f"/findings/{finding.pk}/mend_finding/").status_code == 302
    row.refresh_from_db()
    assert row.state == State.CLOSED


def test_results_are_public_when_every_check_is_carried_out() -> None:
    (site,) = sites(1)
    row = actions.draw_campaign(made.campaign(), actor=make.user("county_officer"), at=timezone.now())
    by = office()
    assert by.post(f"/campaigns/{row.pk}/publish_campaign/").status_code == 422
    check = Inspection.everywhere.get(campaign=row)
    made.carried_out(check)
    assert api.published([site.pk]) == {}
    assert by.post(f"/campaigns/{row.pk}/publish_campaign/").status_code == 302
    assert api.published([site.pk]) == {site.pk: check}
    called = made.check(site)
    assert by.post(f"/inspections/{called.pk}/cancel_check/", {"reason": "设施已停业"}).status_code == 302
    called.refresh_from_db()
    assert (called.state, called.told_facility_id) == (State.CANCELLED, None)


def test_bad_campaigns_are_refused() -> None:
    by = office()
    good = {
        "title": "抽查",
        "region": make.COUNTY,
        "until": made.today().isoformat(),
        "share_percent": "30",
        "high_share_percent": "50",
    }
    for wrong in ({"title": " "}, {"until": "2020-01-01"}, {"share_percent": "0"}, {"share_percent": "60"}, {"share_percent": "101"},
                  {"kinds": ["palace"]}, {"by": ["moon"]}, {"region": make.village()}, {"title": "\x00"}):  # fmt: skip
        assert by.post("/campaigns/do/draft_campaign/", good | wrong).status_code == 422, wrong
    assert by.post("/campaigns/do/draft_campaign/", good | {"region": make.OTHER_COUNTY}).status_code in (
        403,
        422,
    )
    row = made.campaign(kinds=[Kind.GERIATRIC])
    assert office().post(f"/campaigns/{row.pk}/draw_campaign/").status_code == 422, "nothing to draw from"
    assert by.post(f"/campaigns/{row.pk}/drop_campaign/", {"reason": "改期"}).status_code == 302
    assert SYSTEM.may("inspections.draw")
