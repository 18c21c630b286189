"""A month that is over keeps the figures of its last minutes, whatever devices say afterwards."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.devices import made

from songhe.areas.devices import api
from songhe.core.measure import Figure, Period
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.indicators import tasks
from songhe.engines.indicators.api import computed_at, figure
from songhe.engines.jobs.api import run_due, start
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
assert callable(tasks.refresh_all), "importing it registers the job"
COUNTY = Scope(((make.COUNTY, make.COUNTY + 10**6),))


def refreshed(at: datetime) -> None:
    start("indicators.refresh", actor=SYSTEM, at=at)
    assert run_due(at) == 1


@pytest.mark.long
def test_a_device_that_speaks_again_was_dormant_when_the_month_ended() -> None:
    this = Period.holding(timezone.localdate())
    ended = timezone.make_aware(datetime.combine(this.start, time(0)))
    before = ended - timedelta(days=60)
    row = made.device(of=make.person(), issued_at=before, installed_at=before)
    county = Region.objects.get(code=make.COUNTY)
    refreshed(ended - timedelta(minutes=2))
    last = this.shift(-1)
    assert figure("devices_dormant", county, last, COUNTY) == Figure(1, 1)
    api.receive([made.signal(row, "heartbeat", timezone.now())], at=timezone.now())
    refreshed(ended + timedelta(days=1))
    assert figure("devices_dormant", county, last, COUNTY) == Figure(1, 1)
    assert figure("devices_dormant", county, this, COUNTY) == Figure(0, 1)
    assert computed_at("devices_dormant", last) == ended - timedelta(minutes=2), (
        "the moment at which it was read"
    )
    assert computed_at("calls_received", last) == ended + timedelta(days=1), "others settle for some days"
