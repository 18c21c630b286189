"""A search for sites that breaks off is told as such, and can be run again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.circle import made

from songhe.areas.circle import tasks
from songhe.areas.circle.models import Siting
from songhe.engines.access.api import Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.jobs.api import ask_to_stop, run_due
from songhe.engines.jobs.models import Job

pytestmark = pytest.mark.django_db
assert tasks, "the jobs are known"
FORM = {
    "region": make.COUNTY, "kind": made.KIND, "goal": "cover", "where": "given", "sites": "1",
    "given": f"甲, {made.HERE.lon}, {made.HERE.lat}",
}  # fmt: skip


@pytest.fixture
def asked() -> Siting:
    """A search that waits for its turn."""
    with entered(Scope.EVERYTHING):
        made.living(make.village(), made.HERE)
        made.site(made.at(made.HERE, 3000))
        made.worked_out()
    assert made.office().post("/sitings/do/ask_sites/", FORM).status_code == 302
    return Siting.everywhere.get()


def test_a_search_that_broke_off_says_so_with_its_job_and_can_be_run_again(asked: Siting) -> None:
    points = asked.given
    Siting.everywhere.update(given=[{"no": "point"}])
    for hours in range(6):
        run_due(timezone.now() + timedelta(hours=hours))
    job = Job.objects.get(pk=asked.job_id)
    assert job.state == Job.State.FAILED
    officer = made.office()
    page = officer.get(f"/sitings/{asked.pk}/").content.decode()
    assert "与所提问题无关" in page and str(job.pk) in page
    assert str(asked.pk) in officer.get("/sitings/?state=broken").content.decode()
    assert f"/sitings/{asked.pk}/ask_again/" in page
    assert Act.objects.filter(verb="circle.site_broken", subject_id=asked.pk).count() == 1
    Siting.everywhere.update(given=points)
    assert made.office(make.OTHER_COUNTY).post(f"/sitings/{asked.pk}/ask_again/").status_code == 404
    assert officer.post(f"/sitings/{asked.pk}/ask_again/").status_code == 302
    assert "运算中断" not in officer.get(f"/sitings/{asked.pk}/").content.decode()
    run_due(timezone.now())
    asked.refresh_from_db()
    assert asked.state == Siting.State.DONE, asked.result
    assert officer.post(f"/sitings/{asked.pk}/ask_again/").status_code == 422, (
        "an answer is not asked for twice"
    )


def test_a_search_that_was_stopped_says_so(asked: Siting) -> None:
    assert asked.job_id
    ask_to_stop(asked.job_id, at=timezone.now())
    assert "选址运算已被停止" in made.office().get(f"/sitings/{asked.pk}/").content.decode()
