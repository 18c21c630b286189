"""From the visit that does not fit to the decision, as the inspector, the organisation, a rival and a stranger see it."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw
from tests import make
from tests.areas.visits import made

from songhe.areas.care.api import Absence, AbsenceKind
from songhe.areas.contracts.models import Remark, RemarkKind, Stage, Use
from songhe.areas.registry.actions.deaths import confirm_death
from songhe.areas.registry.api import Death, report_death
from songhe.areas.verification import actions
from songhe.areas.verification.models import Check, State
from songhe.areas.visits import actions as visits
from songhe.areas.visits.api import Correction, Visit, VisitState, free_minutes, to_settle
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.acts.models import Act

pytestmark = pytest.mark.django_db


def ended(town: made.Town, start: datetime, *, minutes: int = 60, **values: Any) -> Visit:
    """A visit that ended, with the proofs given; by the town's first worker."""
    worker = values.pop("worker", town.worker)
    person = values.pop("person", town.person)
    visit = made.visit(town, worker=worker, person=person, paid_by="self")
    Visit.everywhere.filter(pk=visit.pk).update(
        state=VisitState.DONE,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        arrived_at=start,
        left_at=start + timedelta(minutes=minutes),
        minutes=minutes,
        **values,
    )
    visit.refresh_from_db()
    return visit


def yesterday(hour: int) -> datetime:
    return made.morning(-1, hour)


def test_two_persons_at_once_are_found_asked_about_and_decided() -> None:
    town = made.town()
    first = ended(town, yesterday(9))
    other = ended(town, yesterday(9) + timedelta(minutes=20), person=made.person("周大姐"))
    clean = ended(town, yesterday(14), person=made.person("孙老先生"))
    assert actions.look_through(at=timezone.now()) == 3
    assert actions.look_through(at=timezone.now()) == 0
    checks = {row.visit_id: row for row in Check.everywhere.all()}
    assert set(checks) == {first.pk, other.pk}
    assert {row.risk for row in checks.values()} == {80}
    clean.refresh_from_db()
    first.refresh_from_db()
    assert clean.counts
    assert clean.flags == []
    assert not first.counts
    assert first.flags == ["doubtful"]

    inspector, manager = town.client("inspector"), town.client("organisation_manager", town.organisation)
    rival = town.client("organisation_manager", town.rival)
    stranger = town.client("inspector", region=make.OTHER_COUNTY)
    address = f"/visit-checks/{checks[first.pk].pk}/"
    page = inspector.get(address).content.decode()
    assert "40" in page
    assert "与该服务人员另一次服务重叠" in page
    assert rival.get(address).status_code == stranger.get(address).status_code == 404
    refused = manager.post(f"{address}clear/", {"reason": "explained", "words": "已核对"})
    assert refused.status_code == 422
    assert inspector.post(f"{address}ask/", {"words": "同一时间在两户,请说明"}).status_code == 302
    assert rival.post(f"{address}answer/", {"words": "无"}).status_code == 404
    assert manager.post(f"{address}answer/", {"words": "员工忘记签退"}).status_code == 302
    done = inspector.post(f"{address}uphold/", {"reason": "not_given", "words": "家属确认未到"})
    assert done.status_code == 302
    checks[first.pk].refresh_from_db()
    assert (checks[first.pk].state, checks[first.pk].reason) == (State.UPHELD, "not_given")
    first.refresh_from_db()
    assert first.rejected_at is not None
    second = f"/visit-checks/{checks[other.pk].pk}/"
    assert inspector.post(f"{second}clear/", {"reason": "not_given"}).status_code == 422
    assert inspector.post(f"{second}clear/", {"reason": "record_wrong"}).status_code == 302
    other.refresh_from_db()
    assert other.counts
    month = timezone.localdate(other.arrived_at)
    paid = to_settle(Scope.EVERYTHING, month, organisation_id=town.organisation.pk)
    assert {line.visit_id for line in paid} == {other.pk, clean.pk}
    assert "家属确认未到" not in str(list(Act.objects.values_list("before", "after")))


def test_a_visit_in_vain_is_compared_too() -> None:
    town = made.town()
    given = ended(town, yesterday(9))
    vain = made.visit(town, paid_by="self", person=made.person("周大姐"))
    Visit.everywhere.filter(pk=vain.pk).update(
        state=VisitState.IN_VAIN,
        outcome="absent",
        waited=20,
        arrived_at=yesterday(9) + timedelta(minutes=15),
        charge_percent=50,
        charge_minutes=30,
    )
    assert actions.look_through(at=timezone.now()) == 2
    assert {row.visit_id for row in Check.everywhere.all()} == {given.pk, vain.pk}
    check = Check.everywhere.get(visit=vain)
    assert town.client("inspector").get(f"/visit-checks/{check.pk}/").status_code == 200
    vain.refresh_from_db()
    assert not vain.counts, "what is charged for it waits until somebody has decided"


@pytest.mark.parametrize(("verb", "form"), [("clear", {}), ("uphold", {"words": "监控无人上门"})])
def test_a_doubtful_visit_in_vain_is_decided_and_its_charge_holds_or_is_taken_back(
    verb: str, form: dict[str, str]
) -> None:
    town = made.town()
    vain = made.under_way(town)
    month = timezone.localdate(vain.starts_at)
    visits.come_in_vain(
        vain,
        actor=town.user("worker", town.worker),
        at=timezone.now(),
        outcome="absent",
        waited=20,
        note="敲门无人应答",
        lon="122.4211",
        lat="37.1611",
        accuracy=10,
    )
    owed = free_minutes(town.person.pk, month)
    ended(town, timezone.now() + timedelta(minutes=5), person=made.person("周大姐"))
    actions.look_through(at=timezone.now())
    check = Check.everywhere.get(visit=vain)
    reason = "confirmed_by_person" if verb == "clear" else "not_given"
    inspector = town.client("inspector")
    done = inspector.post(f"/visit-checks/{check.pk}/{verb}/", {"reason": reason, **form})
    assert done.status_code == 302
    vain.refresh_from_db()
    check.refresh_from_db()
    given = verb == "clear"
    assert vain.counts == given
    assert check.state == (State.CLEARED if given else State.UPHELD)
    paid = {line.visit_id for line in to_settle(Scope.EVERYTHING, month)}
    assert (vain.pk in paid) == given
    assert Use.everywhere.get(order_id=vain.pk).stage == (Stage.GIVEN if given else Stage.RELEASED)
    assert free_minutes(town.person.pk, month) == owed + (0 if given else 30)
    assert Remark.everywhere.filter(kind=RemarkKind.QUALITY).exists() == (not given)
    again = inspector.post(f"/visit-checks/{check.pk}/{verb}/", {"reason": reason, **form})
    assert again.status_code == 422


def test_small_doubts_are_for_the_supervisor_and_the_smallest_for_nobody() -> None:
    town = made.town()
    late = ended(town, yesterday(9), flags=["late"])
    noted = ended(town, yesterday(14), flags=["no_photo", "no_note"], person=made.person("周大姐"))
    actions.look_through(at=timezone.now())
    late.refresh_from_db()
    assert late.counts
    assert late.verified_by_id == SYSTEM.id
    (check,) = Check.everywhere.all()
    assert check.visit_id == noted.pk
    manager = town.client("organisation_manager", town.organisation)
    assert manager.post(f"/visits/{noted.pk}/verify/", {"reason": "已电话核实"}).status_code == 302
    check.refresh_from_db()
    assert (check.state, check.reason) == (State.CLEARED, "explained")


def test_what_lasted_longer_than_promised_is_seen_before_it_is_paid() -> None:
    town = made.town()
    people = (town.person, made.person("周大姐"), made.person("孙老先生"))
    stays = [ended(town, yesterday(hour), person=who) for hour, who in zip((9, 12, 15), people, strict=True)]
    for visit, minutes in zip(stays, (74, 75, 190), strict=True):
        left = visit.starts_at + timedelta(minutes=minutes)
        Visit.everywhere.filter(pk=visit.pk).update(left_at=left, minutes=minutes)
    actions.look_through(at=timezone.now())
    short, longer, long = stays
    signs = {row.visit_id: row.signs for row in Check.everywhere.all()}
    assert signs == {longer.pk: ["longer"], long.pk: ["long"]}
    month = timezone.localdate(short.starts_at)

    def paid() -> dict[UUID, int]:
        return {line.visit_id: line.minutes for line in to_settle(Scope.EVERYTHING, month)}

    assert paid() == {short.pk: 74}
    manager = town.client("organisation_manager", town.organisation)
    check = Check.everywhere.get(visit=longer)
    answer = manager.post(f"/visit-checks/{check.pk}/clear/", {"reason": "confirmed_by_person"})
    assert answer.status_code == 302
    assert paid() == {short.pk: 74, longer.pk: 75}


def test_a_great_doubt_cannot_be_verified_away_by_the_organisation() -> None:
    town = made.town()
    visit = ended(town, yesterday(9), flags=["far"])
    actions.look_through(at=timezone.now())
    manager = town.client("organisation_manager", town.organisation)
    assert manager.post(f"/visits/{visit.pk}/verify/", {"reason": "没问题"}).status_code == 422
    (check,) = Check.everywhere.all()
    page = manager.get(f"/visit-checks/{check.pk}/").content.decode()
    assert "/clear/" not in page
    assert "/uphold/" not in page
    assert f"/visit-checks/{check.pk}/" not in manager.get("/").content.decode(), (
        "it is for somebody else to decide"
    )
    inspector = town.client("inspector")
    assert "/clear/" in inspector.get(f"/visit-checks/{check.pk}/").content.decode()
    assert f"/visit-checks/{check.pk}/" in inspector.get("/").content.decode()
    visit.refresh_from_db()
    assert visit.verified_at is None


def test_a_death_learned_later_has_visits_doubted_that_were_in_order() -> None:
    town = made.town()
    visit = ended(town, yesterday(9))
    actions.look_through(at=timezone.now())
    visit.refresh_from_db()
    assert visit.counts
    died = timezone.localdate(visit.arrived_at) - timedelta(days=3)
    death = report_death(
        town.person, actor=SYSTEM, at=timezone.now(), died_on=died, source=Death.Source.FUNERAL, note=""
    )
    confirm_death(death, actor=town.user("county_officer"), at=timezone.now())
    assert actions.look_through(at=timezone.now()) == 1
    (check,) = Check.everywhere.all()
    assert (check.signs, check.risk) == (["away_dead"], 100)
    visit.refresh_from_db()
    assert not visit.counts


def test_the_same_picture_is_known_again_at_another_size_and_quality() -> None:
    town = made.town()
    first = ended(town, yesterday(9))
    other = ended(town, yesterday(14), person=made.person("周大姐"))
    third = ended(town, yesterday(16), person=made.person("孙老先生"))
    for visit, seed, size, quality in ((first, 1, 900, 90), (other, 1, 600, 55), (third, 2, 900, 90)):
        visits.add_photo(visit, actor=SYSTEM, at=timezone.now(), photo=picture(seed, size, quality))
    actions.look_through(at=timezone.now())
    found = {row.visit_id: row.signs for row in Check.everywhere.all()}
    assert found == {first.pk: ["same_photo"], other.pk: ["same_photo"]}


def test_a_picture_sent_after_the_comparison_is_compared_too() -> None:
    town = made.town()
    first = ended(town, yesterday(9))
    other = ended(town, yesterday(14), person=made.person("周大姐"))
    visits.add_photo(first, actor=SYSTEM, at=timezone.now(), photo=picture(1, 900, 90))
    actions.look_through(at=timezone.now())
    assert not Check.everywhere.exists()
    again = picture(1, 600, 55)
    again.name = "thumb\0print"
    visits.add_photo(other, actor=SYSTEM, at=timezone.now(), photo=again)
    other.refresh_from_db()
    assert other.looked_at is None
    actions.look_through(at=timezone.now())
    assert {row.visit_id for row in Check.everywhere.all()} == {first.pk, other.pk}
    other.refresh_from_db()
    assert not other.counts


def test_the_same_thumb_under_two_visits_is_no_picture_sent_twice() -> None:
    town = made.town()
    for hour, size, person in ((9, 900, town.person), (14, 600, made.person("周大姐"))):
        visit = ended(town, yesterday(hour), person=person)
        thumb = picture(1, size, 80)
        visits.confirm(visit, actor=SYSTEM, at=timezone.now(), how="thumbprint", thumbprint=thumb)
    actions.look_through(at=timezone.now())
    assert not Check.everywhere.exists()


def picture(seed: int, size: int, quality: int) -> io.BytesIO:
    """A drawn room, the same for a seed."""
    import random

    chance = random.Random(seed)
    canvas = Image.new("RGB", (1200, 900), "beige")
    draw = ImageDraw.Draw(canvas)
    for _ in range(25):
        x, y = chance.randrange(1100), chance.randrange(800)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + chance.randrange(40, 400), y + chance.randrange(40, 300)), fill=colour)
    out = io.BytesIO()
    canvas.resize((size, size * 3 // 4)).save(out, "JPEG", quality=quality)
    out.seek(0)
    out.name = "room.jpg"
    return out


def test_both_values_of_a_correction_are_kept() -> None:
    town = made.town()
    visit = ended(town, yesterday(9), minutes=30)
    begun, gone = visit.arrived_at, visit.left_at
    assert begun is not None
    assert gone is not None
    visits.correct_visit(
        visit,
        actor=town.user("organisation_manager", town.organisation),
        at=timezone.now(),
        arrived_at=begun,
        left_at=begun + timedelta(minutes=60),
        cause="forgot_out",
        reason="忘记签退",
    )
    (kept,) = Correction.everywhere.all()
    assert (kept.left_before, kept.left_after) == (gone, begun + timedelta(minutes=60))
    actions.look_through(at=timezone.now())
    (check,) = Check.everywhere.all()
    assert "corrected" in check.signs
    page = town.client("inspector").get(f"/visit-checks/{check.pk}/").content.decode()
    assert "忘记签退" in page


def test_a_correction_after_a_decision_is_looked_at_anew() -> None:
    town = made.town()
    visit = ended(town, yesterday(9), minutes=100)
    visits.add_note(visit, actor=SYSTEM, at=timezone.now(), note="助浴完成")
    other = ended(town, yesterday(9) + timedelta(minutes=10), person=made.person("周大姐"))
    manager = town.user("organisation_manager", town.organisation)

    def correct(minutes: int) -> None:
        begun = yesterday(7)
        visits.correct_visit(
            visit,
            actor=manager,
            at=timezone.now(),
            arrived_at=begun,
            left_at=begun + timedelta(minutes=minutes),
            cause="forgot_out",
            reason="忘记签退",
        )
        actions.look_through(at=timezone.now())

    actions.look_through(at=timezone.now())
    correct(90)
    check = Check.everywhere.get(visit=visit)
    assert check.signs == ["corrected", "overlap_worker"]
    inspector = town.client("inspector")
    cleared = {"reason": "confirmed_by_person"}
    assert inspector.post(f"/visit-checks/{check.pk}/clear/", cleared).status_code == 302
    actions.look_through(at=timezone.now())
    visit.refresh_from_db()
    assert visit.counts
    correct(100)
    check.refresh_from_db()
    visit.refresh_from_db()
    assert (check.state, check.signs) == (State.OPEN, ["corrected"])
    assert not visit.counts
    page = inspector.get(f"/visit-checks/{check.pk}/").content.decode()
    assert "时间由人工录入" in page
    assert "另一次服务重叠" not in page, "the times do not overlap any more"
    assert inspector.post(f"/visit-checks/{check.pk}/clear/", cleared).status_code == 302
    Visit.everywhere.filter(pk=visit.pk).update(looked_at=None)
    actions.look_through(at=timezone.now())
    check.refresh_from_db()
    assert check.state == State.CLEARED, "nothing changed since"
    assert Check.everywhere.get(visit=other).state == State.OPEN


def test_whoever_corrected_a_visit_does_not_clear_it() -> None:
    town = made.town()
    visit = ended(town, yesterday(9))
    officer = town.user("county_officer")
    Visit.everywhere.filter(pk=visit.pk).update(flags=["corrected"], corrected_by_id=officer.pk)
    actions.look_through(at=timezone.now())
    (check,) = Check.everywhere.all()
    with pytest.raises(Refused, match="somebody else"):
        actions.clear(check, actor=officer, at=timezone.now(), reason="explained", words="")


def test_a_stay_in_hospital_entered_with_the_care_plan_speaks_against_visits_meanwhile() -> None:
    town = made.town()
    visit = ended(town, yesterday(9))
    day = timezone.localdate(visit.arrived_at)
    Absence.everywhere.create(
        person=town.person,
        region_id=town.person.region_id,
        kind=AbsenceKind.HOSPITAL,
        since=day - timedelta(days=2),
        until=day + timedelta(days=2),
        entered_by="李护士",
        entered_at=timezone.now(),
    )
    actions.look_through(at=timezone.now())
    (check,) = Check.everywhere.all()
    assert check.signs == ["away_hospital"]
    page = town.client("inspector").get(f"/visit-checks/{check.pk}/").content.decode()
    assert "照护计划" in page
