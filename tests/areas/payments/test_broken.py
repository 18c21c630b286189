"""A run whose job breaks, dies or is stopped says so, and another can be prepared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import MONTH, Caller, Office, lines

from songhe.areas.payments import actions, tasks
from songhe.areas.payments.models import Posting, Run
from songhe.core.refusal import Refused
from songhe.core.sources import DataError
from songhe.engines.access.api import SYSTEM, Grant
from songhe.engines.jobs.api import ask_to_stop, run_due, start
from songhe.engines.jobs.models import Job
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db


def prepared(office: Office) -> Run:
    """A run that nobody worked out yet."""
    county = Region.objects.get(pk=office.region)
    return actions.prepare_run(actor=office.clerk, at=office.at, region=county, month=MONTH)


def looked_after(run: Run, office: Office) -> Run:
    """The run after the system looked for those whose job has died."""
    at = office.at + timedelta(hours=1)
    start("payments.look_after_runs", actor=SYSTEM, at=at)
    run_due(at)
    run.refresh_from_db()
    return run


def test_a_run_that_breaks_each_time_fails_and_another_can_begin(
    office: Office, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller("甲")
    run = prepared(office)

    def broken(*_args: object, **_more: object) -> None:
        raise DataError("a rule cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "compute", broken)
        for turn in range(6):
            run_due(office.at + timedelta(minutes=10 * turn))
    assert Job.objects.get(pk=run.job_id).state == "failed"
    assert looked_after(run, office).state == "failed"
    page = signed_in(office.clerk).get(f"/payment-runs/{run.pk}/").content.decode()
    assert "interrupted by a fault" in page and "a rule cannot be read" not in page
    assert (office.run().postings, Posting.everywhere.filter(run=run).count()) == (3, 0)


def test_a_fault_that_passes_is_tried_again(
    office: Office, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller("甲")
    run = prepared(office)
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "compute", lambda *_args, **_more: 1 / 0)
        run_due(office.at)
    assert looked_after(run, office).state == "ready"
    assert len(lines(run)) == 3


@pytest.mark.parametrize("how", ["stopped", "no longer active", "right taken away", "worker killed"])
def test_a_run_whose_job_ends_without_a_result_can_be_prepared_again(
    how: str, office: Office, caller: Caller
) -> None:
    caller("甲")
    run = prepared(office)
    jobs = Job.objects.filter(pk=run.job_id)
    if how == "stopped":
        assert run.job_id is not None
        ask_to_stop(run.job_id, at=office.at)
    elif how == "no longer active":
        type(office.clerk).objects.filter(pk=office.clerk.pk).update(is_active=False)
        run_due(office.at)
    elif how == "right taken away":
        Grant.objects.filter(user=office.clerk).delete()
        run_due(office.at)
    else:
        jobs.update(state="running", attempts=5, lease_until=office.at - timedelta(minutes=1))
        run_due(office.at)
    assert jobs.get().state in ("cancelled", "failed", "done")
    again = actions.prepare_run(
        actor=SYSTEM, at=office.at, region=Region.objects.get(pk=office.region), month=MONTH
    )
    run.refresh_from_db()
    assert (run.state, again.state) == ("failed", "computing")
    run_due(office.at)
    again.refresh_from_db()
    assert (again.state, again.postings) == ("ready", 3)


def test_a_run_whose_job_is_alive_is_left_alone(office: Office, caller: Caller) -> None:
    caller("甲")
    run = prepared(office)
    with pytest.raises(Refused, match="still open"):
        prepared(office)
    run.refresh_from_db()
    assert run.state == "computing"
