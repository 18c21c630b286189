"""A server with a published day and an urgent order: ``python -m tests.journeys.board_serve``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.served import serve


def board() -> None:
    """Three workers with eight visits tomorrow, one new order, a draft of the day after, a month that is counted, and the
    dispatcher."""
    from tests.areas.roster import made, samples

    from songhe.areas.roster.models import WorkMonth
    from songhe.core.kept import keep_in
    from songhe.engines.access.api import User
    from songhe.site.kernels import Folder

    folder = Path(__file__).parents[2] / ".cache" / "kernels"
    folder.parent.mkdir(exist_ok=True)
    keep_in(Folder(folder))
    here = made.office(orders=8)
    made.published(here, made.plan(here))
    made.order(here, 9, hour=10)
    here.day += timedelta(days=1)
    for n in (6, 12):
        made.order(here, n, hour=9)
    made.plan(here)
    samples.work_months(2, here.organisation.region_id)
    WorkMonth.everywhere.update(organisation=here.organisation)
    User.objects.filter(pk=here.planner.pk).update(is_demo=True, name="李调度")


if __name__ == "__main__":
    serve(board)
