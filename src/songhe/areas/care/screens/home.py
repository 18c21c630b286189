"""What care plans put on the home page: to sign, and to review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.care import queries
from songhe.areas.care.models import Plan
from songhe.areas.care.screens.plans import plans
from songhe.areas.visits.api import person_names
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel, waiting


def _to_review(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.to_review(user.scope("care.draft"), timezone.localdate(at))
    return waiting(rows, _named, url=f"{plans.url()}?state=active", tone="warn")


def _to_sign(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.drafts(user.scope("care.sign"))
    return waiting(rows, _named, url=f"{plans.url()}?state=draft", tone="info")


def _named(found: list[Plan]) -> Iterable[tuple[Any, ...]]:
    names = person_names(row.person_id for row in found)
    return [(names.get(row.person_id, ""), plans.url_of(row), f"{row.review_on:%Y-%m-%d}") for row in found]


panels = [
    home_panel(
        title=_("Care plans to review"), right="care.draft", rows=_to_review, icon="calendar", order=30,
        none=_("No plan has to be reviewed soon."),
    ),
    home_panel(
        title=_("Care plans to sign"), right="care.sign", rows=_to_sign, icon="pencil", order=40,
        none=_("Every plan is signed."),
    ),
]  # fmt: skip
