"""What an administrator and an auditor look at first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.administration import queries
from songhe.areas.administration.subjects import subjects_of
from songhe.engines.access.api import Scope
from songhe.engines.acts.models import Act
from songhe.engines.jobs.models import Job
from songhe.kit.history import purpose_of
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.spec import RECORDS, url_of
from songhe.kit.words import ago

FAILED_SHOWN = timedelta(days=7)


def _failed(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: Iterable[Job]) -> list[tuple[str, str | None, str]]:
        return [(row.kind, RECORDS["all-jobs"].url_of(row), _when(row, at)) for row in found]

    rows = queries.failed_jobs(user.scope("jobs.manage"), since=at - FAILED_SHOWN)
    return waiting(rows, lines, url=f"{RECORDS['all-jobs'].url()}?state=failed", tone="danger")


def _when(row: Job, at: datetime) -> str:
    return ago(row.finished_at or row.created_at, at)


def _locked_out(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: Iterable[Any]) -> list[tuple[str, str | None, str]]:
        return [(row.name, url_of(row), row.username) for row in found]

    rows = queries.locked_out(user.scope("access.view"), at)
    return waiting(rows, lines, url=RECORDS["users"].url(), tone="warn")


def _reads(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: Iterable[Act]) -> list[tuple[str, str | None, str]]:
        acts = list(found)
        subject = subjects_of(acts)
        return [
            (f"{row.actor_name} → {subject(row)}", url_of(row), f"{purpose_of(row)} · {ago(row.at, at)}")
            for row in acts
        ]

    rows = queries.sensitive_reads(user.scope("acts.view"), since=at - timedelta(days=1))
    return waiting(rows, lines, url=f"{RECORDS['acts'].url()}?kind=read")


home_panel(
    title=_("Failed jobs"), right="jobs.manage", icon="alert-triangle", order=10, rows=_failed,
    none=_("No job failed in the last seven days."),
)  # fmt: skip
home_panel(
    title=_("Locked out"), right="access.view", icon="lock", order=15, rows=_locked_out,
    none=_("Nobody is locked out at this moment."),
)  # fmt: skip
home_panel(
    title=_("Sensitive reads since yesterday"), right="acts.view", icon="eye", order=20, rows=_reads,
    none=_("Nobody viewed any sealed data."),
)  # fmt: skip
