"""Past months of compounds and projects, as they were at their end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.premises import made
from tests.areas.providers.made import client_of

from songhe.areas.premises import actions
from songhe.areas.premises.figures import premises_handed_over, premises_in_order, upgrades_on_time
from songhe.areas.premises.models import Milestone, Phase, Step, Upgrade
from songhe.core.measure import Period
from songhe.engines.access.api import Scope, entered
from songhe.engines.cases.api import Case
from songhe.engines.indicators.api import Span

pytestmark = pytest.mark.django_db


def test_a_past_month_is_counted_as_it_was_at_its_end_and_not_as_things_stand_today() -> None:
    """Once each past month was told by today's standing, so that every month was as good or as bad as this one."""
    day = made.today()
    first = day.replace(day=1)
    held = first - timedelta(days=20)
    good = made.stepped(made.phase(made.compound(make.village()), m2=200))
    dropped = made.phase(made.compound(make.village()), m2=200)
    with entered(Scope.EVERYTHING):
        actions.drop_phase(dropped, actor=make.user("county_officer"), at=timezone.now(), reason="不建")
    Step.everywhere.filter(phase__in=[good, dropped]).update(on=held)
    Step.everywhere.filter(phase=dropped, kind="plan").update(
        state="passed", m2=200, prepared_by_id=good.pk, decided_by_id=dropped.pk
    )
    now, before, long_ago = (Span(Period.holding(on), make.COUNTY, make.COUNTY + 10**6) for on in (day, held, held - timedelta(days=31)))  # fmt: skip
    told = [
        (list(premises_in_order(span)), list(premises_handed_over(span))) for span in (now, before, long_ago)
    ]
    village = make.village()
    assert told == [
        ([(village, 1, 2)], [(village, 200, 400)]),
        ([(village, 2, 2)], [(village, 200, 400)]),
        ([(village, 0, 2)], [(village, 0, 400)]),
    ]
    Phase.everywhere.filter(pk=good.pk).update(use="other", used_on=day)
    assert list(premises_in_order(now)) == [(village, 0, 2)]
    assert list(premises_in_order(before)) == [(village, 2, 2)], "it was used as it should until now"
    shown = (
        client_of(make.user("county_officer", make.COUNTY))
        .get(f"/cockpit/indicator/premises_in_order/?region={make.COUNTY}")
        .content.decode()
    )
    assert "以往月份按各环节的实际日期重新判定" in shown, "what of the past is not kept"


def test_projects_of_a_past_month_are_on_time_or_late_as_they_were_then() -> None:
    day = made.today()
    held = day.replace(day=1) - timedelta(days=5)
    rows = [made.upgrade(make.village()) for _ in range(4)]
    Upgrade.everywhere.update(state="under_way", approved_at=timezone.now() - timedelta(days=200))
    Milestone.everywhere.update(planned_on=held - timedelta(days=20), done_on=None)
    finished, mended, off, new = rows
    Upgrade.everywhere.filter(pk=finished.pk).update(state="finished", finished_on=day, beds_after=1)
    Milestone.everywhere.filter(upgrade__in=[finished, mended]).update(done_on=day)
    with entered(Scope.EVERYTHING):
        off.refresh_from_db()
        Case.everywhere.filter(pk=off.case_id).update(state="under_way")
        actions.drop_upgrade(off, actor=make.user("county_officer"), at=timezone.now(), reason="不建")
    Upgrade.everywhere.filter(pk=new.pk).update(approved_at=timezone.now())
    now, before, long_ago = (Span(Period.holding(on), make.COUNTY, make.COUNTY + 10**6) for on in (day, held, held - timedelta(days=62)))  # fmt: skip
    assert list(upgrades_on_time(now)) == [(make.village(), 2, 3)], "one is dropped, one late"
    assert list(upgrades_on_time(before)) == [(make.village(), 0, 3)], "all that were approved were late"
    assert list(upgrades_on_time(long_ago)) == [(make.village(), 3, 3)]
