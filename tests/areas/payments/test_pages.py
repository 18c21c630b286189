"""A run through the pages: prepared by the county, posted by finance, explained to the fen."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import Caller, Office

from songhe.areas.payments.models import Posting, Run
from songhe.engines.jobs.api import run_due
from songhe.kit.clock import now

pytestmark = pytest.mark.django_db


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_a_run_from_preparing_to_its_reasons(office: Office, caller: Caller) -> None:
    caller("张桂兰")
    clerk, treasurer = signed_in(office.clerk), signed_in(office.treasurer)
    form = {"region": make.COUNTY, "month": "2026-11-20"}
    assert clerk.post("/payment-runs/do/prepare_run/", form).status_code == 302
    run = Run.everywhere.get()
    assert "refreshes automatically" in page(clerk, f"/payment-runs/{run.pk}/")
    run_due(now())
    shown = page(clerk, f"/payment-runs/{run.pk}/")
    assert "30.00" in shown and "three evaluators" in shown and "To be posted" in shown
    assert f"/payment-runs/{run.pk}/post/" not in shown
    assert "Payment runs to post" in page(treasurer, "/")
    assert treasurer.post(f"/payment-runs/{run.pk}/post/", {}).status_code == 302
    run.refresh_from_db()
    assert run.state == "posted"
    posting = Posting.everywhere.filter(run=run).order_by("month").first()
    assert posting is not None
    why = page(treasurer, f"/payment-postings/{posting.pk}/")
    assert "Enrolled; once for the household" in why and "Clause 1" in why and "Not paid before" in why
    listed = page(clerk, f"/payment-postings/?q={run.number}&cause=late")
    assert listed.count("张桂兰") >= 2


def test_an_unwanted_run_is_discarded_with_a_reason(office: Office, caller: Caller) -> None:
    caller()
    run = office.run()
    clerk = signed_in(office.clerk)
    assert clerk.post(f"/payment-runs/{run.pk}/discard/", {"reason": ""}).status_code == 422
    assert clerk.post(f"/payment-runs/{run.pk}/discard/", {"reason": "wrong month"}).status_code == 302
    assert "wrong month" in page(clerk, f"/payment-runs/{run.pk}/")


def test_an_unchanged_run_says_so(office: Office, caller: Caller) -> None:
    caller()
    office.posted()
    run = office.run()
    assert "Nothing has changed since the last run." in page(
        signed_in(office.clerk), f"/payment-runs/{run.pk}/"
    )
