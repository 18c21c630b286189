"""What is late and what is not yet due, also where a complaint comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.visits import made

from songhe.areas.hotline import actions
from songhe.areas.hotline.figures import complaints_overdue
from songhe.areas.hotline.models import Complaint, Finding
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM
from songhe.engines.indicators.api import Row, Span

pytestmark = pytest.mark.django_db


def counted(at: datetime) -> list[Row]:
    period = Period.holding(timezone.localdate(at))
    return list(complaints_overdue(Span(period, make.COUNTY, make.COUNTY + 10**6)))


def test_a_complaint_is_late_when_its_day_is_over_and_stays_late_when_it_comes_back() -> None:
    now = timezone.now()
    order = made.order(made.town())
    fresh = actions.complain(actor=SYSTEM, at=now, order=order, words="没有来")
    assert fresh.due_at > now and counted(fresh.due_at) == [], "not due yet"
    old = actions.complain(actor=SYSTEM, at=now - timedelta(days=70), order=order, words="送餐晚了")
    first = old.due_at
    assert counted(first) == [(order.region_id, 1, 1)], "unanswered"
    actions.escalate_overdue(old, actor=SYSTEM, at=first + timedelta(seconds=1))
    for step, more in (
        (actions.take_up, {}),
        (actions.investigate, {"finding": Finding.UNFOUNDED, "words": "已核实"}),
        (actions.answer_complaint, {"words": "已道歉"}),
        (actions.reopen_complaint, {"why": "仍未解决"}),
    ):
        old = step(Complaint.everywhere.get(pk=old.pk), actor=SYSTEM, at=now, **more)
    assert old.due_at is not None and old.due_at > now and old.answered_at is None
    assert counted(first) == [(order.region_id, 1, 1)], "where it was late first"
    assert counted(old.due_at) == [], "the new day is to come"
