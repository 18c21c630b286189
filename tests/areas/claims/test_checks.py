"""What the sample brings to light, what is deducted, and what an organisation can dispute."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils.timezone import make_aware
from tests import make
from tests.areas.claims import made
from tests.areas.hotline.samples import complaints
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.claims.models import Claim, Dispute, LineState, SampleCheck, Score, State, TownPart
from songhe.areas.claims.queries.fines import Fine, _borne, fines
from songhe.areas.claims.queries.sums import sample_of
from songhe.areas.claims.rules import Band
from songhe.areas.hotline.api import Complaint, deductions
from songhe.areas.verification.models import Check
from songhe.areas.verification.models import State as Doubt
from songhe.areas.visits.models import Visit
from songhe.engines.acts.models import Act
from songhe.engines.regions.ids import uuid7
from songhe.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SAID = {"words": "那天没有人来"}


def two_lines(minutes: int = 120) -> tuple[visits.Town, Client]:
    town = made.town()
    made.fund()
    for day in (3, 4):
        made.given(town, day)
    made.granted(town, minutes)
    return town, made.client("organisation_manager", holder=town.organisation)


def test_a_visit_that_was_not_given_is_upheld_and_taken_out() -> None:
    town, manager = two_lines()
    claim, officer = made.filed(town, manager), made.client("county_officer")
    assert officer.post(f"/claims/{claim.pk}/draw_sample/").status_code == 302
    checks = list(SampleCheck.everywhere.filter(claim=claim).order_by("line__on"))
    assert len(checks) == 2, "so small a claim is looked at as a whole"
    caller = made.client("village_officer", checks[0].region_id)
    address = f"/claim-samples/{checks[0].pk}/check/"
    assert caller.post(address, {"how": "called", "found": "not_given"}).status_code == 422, (
        "words are needed"
    )
    assert caller.post(address, {"how": "called", "found": "shorter", "words": "早走了"}).status_code == 422
    assert caller.post(address, {"how": "called", "found": "no_contact"}).status_code == 302
    assert caller.post(address, {"how": "visited", "found": "not_given"} | SAID).status_code == 302
    assert caller.post(address, {"how": "visited", "found": "given"}).status_code == 422
    second = f"/claim-samples/{checks[1].pk}/check/"
    shorter = {"how": "called", "found": "shorter", "words": "只待了半小时"}
    assert caller.post(second, shorter | {"minutes": "60"}).status_code == 422
    assert caller.post(second, shorter | {"minutes": "30"}).status_code == 302
    first, cut = made.lines(claim)
    assert (first.state, first.net_fen, first.refused_fen) == (LineState.NOT_GIVEN, 0, made.PRICE)
    assert (cut.state, cut.net_fen, cut.payable_minutes) == (LineState.SHORTER, made.PRICE // 2, 30)
    assert made.adds_up(claim)
    assert Check.everywhere.get(visit_id=first.visit_id).state == Doubt.UPHELD
    assert Visit.everywhere.get(pk=first.visit_id).rejected_at is not None
    sample = sample_of(claim)
    assert (sample.wrong, sample.reached, sample.least, sample.most) == (2, 2, 2, 2)
    assert SAID["words"] not in str(list(Act.objects.values_list("before", "after")))
    assert manager.get(f"/claim-samples/{checks[0].pk}/").status_code == 403, (
        "who is drawn is not for the organisation"
    )


def test_a_line_that_was_cut_is_disputed() -> None:
    town, manager = two_lines()
    claim = made.scored(town, manager=manager, found="shorter", minutes="45", words="早走了一刻钟")
    assert claim.state == State.SCORED
    score = Score.everywhere.get(claim=claim)
    assert score.parts[0]["code"] == "rating"
    assert score.deduct_bp == 0, "two visits are too few for any part"
    page = manager.get(f"/claims/{claim.pk}/").content.decode()
    assert "样本过少" in page
    line = made.lines(claim)[0]
    assert manager.post(f"/claim-lines/{line.pk}/dispute/", {"words": "有签退记录和照片"}).status_code == 302
    assert manager.post(f"/claim-lines/{line.pk}/dispute/", {"words": "再次"}).status_code == 422
    assert manager.post(f"/claims/{claim.pk}/agree/").status_code == 422, "a dispute is open"
    dispute = Dispute.everywhere.get()
    second = made.client("county_officer")
    assert second.post(f"/claims/{claim.pk}/accept/").status_code == 422
    assert manager.post(f"/claim-disputes/{dispute.pk}/allow/", {"answer": "x"}).status_code == 403
    caller = made.user("city_officer")
    SampleCheck.everywhere.filter(line=line).update(by_id=caller.pk)
    type(line).everywhere.filter(pk=line.pk).update(decided_by_id=caller.pk)
    own = providers.client_of(caller)
    assert own.post(f"/claim-disputes/{dispute.pk}/allow/", {"answer": "属实"}).status_code == 422, (
        "another decides"
    )
    city = made.client("city_officer")
    assert city.post(f"/claim-disputes/{dispute.pk}/allow/", {"answer": "照片时间一致"}).status_code == 302
    assert city.post(f"/claim-disputes/{dispute.pk}/dismiss/", {"answer": "x"}).status_code == 422
    line.refresh_from_db()
    assert (line.state, line.net_fen, line.payable_minutes) == (LineState.PAYABLE, made.PRICE, 60)
    assert Score.everywhere.filter(claim=claim).count() == 2, "history is kept"
    assert made.adds_up(claim)


def test_a_visit_given_after_all_counts_again() -> None:
    town, manager = two_lines()
    claim = made.scored(town, manager=manager, found="not_given", **SAID)
    line, other = made.lines(claim)
    for one in (line, other):
        assert manager.post(f"/claim-lines/{one.pk}/dispute/", {"words": "老人记错日期"}).status_code == 302
    city = made.client("city_officer")
    allowed, dismissed = (Dispute.everywhere.get(line=one) for one in (line, other))
    assert city.post(f"/claim-disputes/{allowed.pk}/allow/", {"answer": "家属证实"}).status_code == 302
    assert city.post(f"/claim-disputes/{dismissed.pk}/dismiss/", {"answer": "无证据"}).status_code == 302
    assert Visit.everywhere.get(pk=line.visit_id).counts
    assert not Visit.everywhere.get(pk=other.visit_id).counts
    Claim.everywhere.filter(pk=claim.pk).update(dispute_until=now() - timedelta(days=1))
    assert manager.post(f"/claims/{claim.pk}/dispute/", {"words": "评分过低"}).status_code == 422, "too late"
    assert made.client("county_officer").post(f"/claims/{claim.pk}/accept/").status_code == 302
    claim.refresh_from_db()
    assert (claim.net_fen, claim.refused_fen) == (made.PRICE, made.PRICE)
    assert made.adds_up(claim)


def test_a_score_is_deducted_to_the_fen_and_lowered_by_a_dispute(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from songhe.areas.claims.actions import scoring

    known = scoring.terms()
    parts = tuple(replace(part, least=1) for part in known.parts)
    strict = replace(known, parts=parts, bands=(Band(0, 333),))
    monkeypatch.setattr(scoring, "terms", lambda: strict)
    town, manager = two_lines()
    claim = made.scored(town, manager=manager)
    assert claim.deducted_fen == 2 * made.PRICE * 333 // 10_000
    assert made.adds_up(claim)
    assert manager.post(f"/claims/{claim.pk}/dispute/", {"words": "回访样本有误"}).status_code == 302
    dispute, city = Dispute.everywhere.get(), made.client("city_officer")
    assert city.post(f"/claim-disputes/{dispute.pk}/allow/", {"answer": "同意"}).status_code == 422
    assert (
        city.post(f"/claim-disputes/{dispute.pk}/allow/", {"answer": "同意", "percent": "9"}).status_code
        == 422
    )
    assert (
        city.post(f"/claim-disputes/{dispute.pk}/allow/", {"answer": "同意", "percent": "1"}).status_code
        == 302
    )
    assert made.adds_up(claim)
    assert claim.deducted_fen == 2 * made.PRICE // 100
    assert manager.post(f"/claims/{claim.pk}/agree/").status_code == 302
    assert made.client("county_officer").post(f"/claims/{claim.pk}/accept/").status_code == 302
    claim.refresh_from_db()
    assert claim.settlement is not None
    assert (claim.settlement.fen, claim.settlement.deducted_fen) == (claim.net_fen, claim.deducted_fen)


def complained(where: visits.Town, fen: int, on: date) -> Complaint:
    """A complaint for which somebody decided that the organisation is paid less."""
    (made_,) = complaints(1, where.person.region_id)
    Complaint.everywhere.filter(pk=made_.pk).update(
        organisation=where.organisation, finding="founded", deduction_fen=fen,
        decided_at=make_aware(datetime.combine(on, time(9))),
    )  # fmt: skip
    return made_


def test_what_a_complaint_costs_is_borne_once_and_what_does_not_fit_waits() -> None:
    town, manager = two_lines()
    small = complained(town, made.PRICE // 2, made.last_month())
    complained(town, made.PRICE, made.last_month() + timedelta(days=40))  # decided after the month
    claim = made.scored(town, manager=manager)
    assert claim.deducted_fen == made.PRICE // 2
    assert made.adds_up(claim)
    page = manager.get(f"/claims/{claim.pk}/").content.decode()
    assert small.number in page
    assert manager.get(f"/claims/{claim.pk}/statement.pdf").content.startswith(b"%PDF")
    assert fines(claim, 0) == [Fine(str(small.pk), small.number, made.PRICE // 2, str(made.last_month()))]
    great = complained(town, 5 * made.PRICE, made.last_month())
    assert [fine.fen for fine in fines(claim, 0)] == [made.PRICE // 2, 3 * made.PRICE // 2]
    later = Claim(organisation_id=claim.organisation_id, region_id=claim.region_id, month=claim.month)
    score = Score.everywhere.get(claim=claim)
    score.pk, score.version, score._state.adding = uuid7(), 2, True
    score.fines = [
        {"id": str(one.pk), "number": one.number, "fen": fen}
        for one, fen in ((small, made.PRICE // 2), (great, 3 * made.PRICE // 2))
    ]
    score.save(force_insert=True)
    left = {
        one.complaint_id: one.fen - borne
        for one in deductions(claim.organisation_id, low=0, high=10**12, until=now())
        if (borne := _borne(later)[one.complaint_id])
    }
    assert left == {small.pk: 0, great.pk: 7 * made.PRICE // 2}


def test_a_town_refuses_a_line_before_it_accepts() -> None:
    town, manager = two_lines()
    claim = made.filed(town, manager)
    line = made.lines(claim)[0]
    other = made.client("town_officer", make.town(make.OTHER_COUNTY))
    assert other.post(f"/claim-lines/{line.pk}/refuse/", {"reason": "x"}).status_code == 404
    own = made.client("town_officer", line.region_id // 1000 * 1000)
    part = TownPart.everywhere.get(claim=claim)
    for address in (
        f"/claim-lines/{line.pk}/",
        "/claim-lines/",
        f"/town-acceptances/{part.pk}/",
        "/town-acceptances/",
        "/",
    ):
        page = own.get(address)
        assert page.status_code == 200
        assert "助浴" in page.content.decode() or "town" in address or address == "/", address
    assert own.post(f"/claim-lines/{line.pk}/refuse/", {"reason": " "}).status_code == 422
    assert own.post(f"/claim-lines/{line.pk}/refuse/", {"reason": "老人当日在外地"}).status_code == 302
    assert own.post(f"/claim-lines/{line.pk}/refuse/", {"reason": "再来"}).status_code == 422
    line.refresh_from_db()
    assert (line.state, line.refused_fen) == (LineState.REFUSED, made.PRICE)
    assert made.adds_up(claim)
    assert not Visit.everywhere.get(pk=line.visit_id).rejected_at
