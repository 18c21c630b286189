"""A care bed at home: set up by one, accepted by another, resting while the person lives in an institution."""

from __future__ import annotations

import pytest
from tests import make
from tests.areas.providers import made as providers
from tests.areas.stays import made

from songhe.areas.stays import actions
from songhe.areas.stays.models import HomeBed, HomeBedState, Provided, Setting, SettingKind
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Tie, tie
from songhe.engines.indicators.api import Span, provider_of

pytestmark = pytest.mark.django_db


def in_service(who: made.Person | None = None, *, since: int = -20) -> HomeBed:
    bed = made.home_bed(who)
    actions.accept_home_bed(bed, actor=make.user("town_officer", make.COUNTY), at=made.now())
    return actions.begin_home_bed(bed, actor=SYSTEM, at=made.now(), on=made.today(since))


def test_set_up_by_the_organisation_accepted_by_the_town_and_seen_by_kin() -> None:
    owner, who = providers.organisation(), made.person(3, name="宋春梅")
    tie(who.pk, owner.pk, Tie.Kind.ORGANISATION, region_id=who.region_id, since=made.today(-3))
    manager = providers.client_of(make.user("organisation_manager", make.COUNTY, holder_id=owner.pk))
    town = providers.client_of(make.user("town_officer", make.COUNTY))
    form = {
        "person": str(who.pk), "organisation": str(owner.pk), "contract_no": "JT-001", "month_minutes": "30:00",
        "plan": "每周三次上门助浴",
    }  # fmt: skip
    answer = manager.post("/family-care-beds/do/draft_home_bed/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    bed = HomeBed.everywhere.get()
    page = f"/family-care-beds/{bed.pk}/"
    assert bed.month_minutes == 1800
    assert "大庄许家" in manager.get(page).content.decode(), "the address of the registry"
    assert "助浴".encode() not in bytes(bed.plan_sealed), "sealed"
    assert "大庄".encode() not in bytes(bed.address_sealed)
    item = {"kind": "device", "name": "紧急呼叫按钮", "count": "2", "on": made.today().isoformat()}
    assert manager.post(f"{page}provide/", item).status_code == 302
    assert Provided.everywhere.get().count == 2
    assert manager.post(f"{page}accept_home_bed/").status_code == 403
    assert f"{page}" in town.get("/").content.decode(), "among what is to be done"
    assert town.post(f"{page}accept_home_bed/").status_code == 302
    assert manager.post(f"{page}begin_home_bed/", {"on": made.today().isoformat()}).status_code == 302
    bed.refresh_from_db()
    assert bed.state == HomeBedState.ACTIVE
    kin = make.user("family", make.COUNTY)
    tie(who.pk, kin.pk, Tie.Kind.KIN, region_id=who.region_id, since=made.today(-1))
    assert providers.client_of(kin).get(page).status_code == 200
    rival = providers.organisation()
    tie(who.pk, rival.pk, Tie.Kind.ORGANISATION, region_id=who.region_id, since=made.today(-1))
    neighbour = providers.client_of(make.user("organisation_manager", make.COUNTY, holder_id=rival.pk))
    assert neighbour.get(page).status_code == 404, "who serves the same person does not see it"
    with pytest.raises(Refused, match="already"):
        made.home_bed(who, rival)


def test_who_drafted_it_does_not_accept_it_and_an_assessment_is_needed() -> None:
    both = make.user("organisation_manager", make.COUNTY)
    make.grant(both, "town_officer", make.COUNTY)
    bed = made.home_bed(made.person(None))
    HomeBed.everywhere.filter(pk=bed.pk).update(drafted_by_id=both.pk)
    bed.refresh_from_db()
    with pytest.raises(Refused):
        actions.accept_home_bed(bed, actor=both, at=made.now())
    with pytest.raises(Refused, match="assessment"):
        actions.accept_home_bed(bed, actor=make.user("town_officer", make.COUNTY), at=made.now())


def test_it_rests_during_a_stay_and_goes_on_when_the_person_comes_home() -> None:
    who, house = made.person(3), made.house()
    bed = in_service(who)
    stay = made.admitted(house, who)
    bed.refresh_from_db()
    assert bed.state == HomeBedState.RESTING
    spans = Setting.everywhere.filter(person=who).order_by("since").values_list("kind", "since", "until")
    assert list(spans) == [("home_bed", made.today(-20), made.today()), ("stay", made.today(), None)]
    with pytest.raises(Refused, match=house.facility.name):
        actions.resume_home_bed(bed, actor=SYSTEM, at=made.now(), on=made.today())
    actions.discharge(stay, actor=SYSTEM, at=made.now(), on=made.today(), ending="home")
    bed.refresh_from_db()
    assert bed.state == HomeBedState.ACTIVE
    assert Setting.everywhere.get(person=who, until=None).kind == SettingKind.HOME_BED


def test_after_another_home_it_goes_on_only_when_somebody_says_so() -> None:
    who, house = made.person(3), made.house()
    bed = in_service(who)
    stay = made.admitted(house, who)
    actions.discharge(stay, actor=SYSTEM, at=made.now(), on=made.today(), ending="hospital")
    bed.refresh_from_db()
    assert bed.state == HomeBedState.RESTING
    actions.resume_home_bed(bed, actor=SYSTEM, at=made.now(), on=made.today())
    bed.refresh_from_db()
    assert bed.state == HomeBedState.ACTIVE


def test_it_does_not_begin_while_the_person_lives_in_an_institution() -> None:
    who, house = made.person(3), made.house()
    bed = made.home_bed(who)
    actions.accept_home_bed(bed, actor=make.user("town_officer", make.COUNTY), at=made.now())
    made.admitted(house, who)
    with pytest.raises(Refused) as refusal:
        actions.begin_home_bed(bed, actor=SYSTEM, at=made.now(), on=made.today())
    assert (refusal.value.code, refusal.value.values["place"]) == ("other_setting", house.facility.name)


def test_it_ends_with_the_person_and_is_counted_apart_from_beds() -> None:
    who = made.person(3)
    bed = in_service(who)
    other = in_service()
    made.house()
    provider = provider_of("family_care_beds")
    assert provider is not None
    span = Span(Period.holding(made.today()), make.COUNTY, make.COUNTY + 10**6)
    assert sum(row[1] or 0 for row in provider(span)) == 2
    death = made.dead(who, on=made.today())
    bed.refresh_from_db()
    assert (bed.state, bed.until) == (HomeBedState.ENDED, made.today())
    made.lives(death)
    bed.refresh_from_db()
    assert bed.state == HomeBedState.RESTING
    actions.end_home_bed(other, actor=SYSTEM, at=made.now(), on=made.today(), reason="搬离")
    assert not Setting.everywhere.filter(until=None).exists()
