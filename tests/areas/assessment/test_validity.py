"""Days between delivery and force, as pure rules; and how long a result counts, by its form and level."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st
from tests.areas.assessment.office import Office, sheet_of

from songhe.areas.assessment.rules.objection import counts_from, delivery, objection, objections_until
from songhe.core.days import months_later
from songhe.core.scoring import holds_until, score
from songhe.engines.forms.api import Answers, FormVersion
from songhe.engines.forms.versions import in_folder

days = st.dates(date(2000, 1, 1), date(2090, 1, 1))
counts = st.integers(0, 400)


@given(days, counts)
def test_a_result_counts_from_the_day_on_which_nobody_may_object(delivered: date, n: int) -> None:
    until = objections_until(delivered, n)
    first = counts_from(delivered, until)
    assert first == (delivered if n == 0 else delivered + timedelta(days=n + 1))
    assert objection(first, until=until, final=False).refused
    if until is not None:
        assert not objection(first - timedelta(days=1), until=until, final=False).refused


@given(days, counts)
def test_nobody_objects_to_a_re_assessment(delivered: date, n: int) -> None:
    assert objection(delivered, until=objections_until(delivered, n), final=True).code == "assessment.final"


@given(days, days, days)
def test_delivered_after_it_was_confirmed_and_not_in_the_future(
    on: date, confirmed: date, today: date
) -> None:
    assert delivery(on, confirmed_on=confirmed, today=today).refused == (not confirmed <= on <= today)


@given(days, st.integers(0, 4))
def test_a_result_holds_whole_months(assessed: date, level: int) -> None:
    form = in_folder("gbt42195-2022")
    end = holds_until(form, level, assessed)
    assert (end.year * 12 + end.month) - (assessed.year * 12 + assessed.month) == form.months_of(level)
    assert end.day <= assessed.day


@pytest.mark.django_db
def test_a_level_with_months_of_its_own_counts_for_as_long(at: datetime) -> None:
    """The form gives complete loss two years: the level approved decides, not the level judged."""
    office = Office(at)
    row = office.requested()
    assert office.assigned(row).status_code == 302
    row.refresh_from_db()
    assert row.answers is not None
    before = row.answers.form
    text = before.text.replace("min: 0, max: 29}", "min: 0, max: 29, valid_months: 24}")
    assert text != before.text
    longer = FormVersion.objects.create(
        code=before.code,
        content_hash="0" * 64,
        text=text,
        title_en="A",
        title_zh="甲",
        in_force=before.in_force,
        loaded_at=at,
    )
    Answers.everywhere.filter(pk=row.answers.pk).update(form=longer)
    row.refresh_from_db()
    sent = sheet_of(row) | {"hand_in": "1"}
    assert office.first.post(f"/assessments/{row.pk}/form/", sent).status_code == 302
    assert office.informed(row).status_code == 302
    for client in (office.first, office.second):
        assert client.post(f"/assessments/{row.pk}/sign/").status_code == 302
    row.refresh_from_db()
    assert row.assessed_on is not None and row.holds_until == months_later(row.assessed_on, 12)
    approved = {"level": "4", "reason": "昏迷"}
    assert office.desk.post(f"/assessments/{row.pk}/confirm/", approved).status_code == 302
    assert office.deliver(row).status_code == 302
    row.refresh_from_db()
    assert row.assessed_on is not None and row.holds_until == months_later(row.assessed_on, 24)


def test_points_that_make_no_total_are_not_shown_as_one() -> None:
    for code, adds_up in (("gbt42195-2022", True), ("mzt039-2013", False)):
        form = in_folder(code)
        shown = render_to_string(
            "assessment/progress.html", {"form": form, "result": score(form, {}), "parts": []}
        )
        assert form.adds_up is adds_up and (f" / {form.total}" in shown) is adds_up
