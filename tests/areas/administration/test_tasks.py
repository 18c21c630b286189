"""The log is sealed without anybody asking."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests import make

from songhe.areas.administration.tasks import seal_acts  # noqa: F401  makes the job known
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts import chain
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.models import Act, Seal
from songhe.engines.jobs.api import run_due, start

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_the_worker_seals_what_happened() -> None:
    record_bulk("test.load", model=Act, count=1, digest="0", actor=SYSTEM, at=AT, region_id=make.COUNTY)
    job = start("acts.seal", actor=SYSTEM, at=AT)
    run_due(AT)
    job.refresh_from_db()
    assert job.result == {"sealed": 1}
    assert Seal.objects.count() == 1
    assert chain.verify() is None
