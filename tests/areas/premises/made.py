"""Compounds, idle rooms and projects for stories."""

from __future__ import annotations

import io
import itertools
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from tests import make

from songhe.areas.premises import actions, queries
from songhe.areas.premises.models import (
    Compound,
    CompoundKind,
    Condition,
    Idle,
    Origin,
    Paper,
    Phase,
    Proposal,
    Upgrade,
)
from songhe.areas.premises.rules import STEPS
from songhe.areas.providers.api import Kind
from songhe.engines.access.api import SYSTEM, Scope, User, entered
from songhe.engines.regions.models import Region

PDF = b"%PDF-1.4\n%%EOF\n"
_numbers = itertools.count(1)


def today() -> date:
    """The day in the city."""
    return timezone.localdate()


def pdf(name: str = "文件.pdf") -> SimpleUploadedFile:
    """A document to attach."""
    return SimpleUploadedFile(name, PDF, "application/pdf")


def picture() -> SimpleUploadedFile:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(out, "JPEG")
    return SimpleUploadedFile("照片.jpg", out.getvalue(), "image/jpeg")


def compound(region: int = 0, **values: Any) -> Compound:
    """A new compound with a permit of a year ago, which owes 20 m² for 100 households."""
    given: dict[str, Any] = {
        "name": f"松鹤花园{next(_numbers)}期", "kind": CompoundKind.NEW, "households": 1_000,
        "permitted_on": today() - timedelta(days=400), "developer": "某某置业",
    }  # fmt: skip
    with entered(Scope.EVERYTHING):
        return actions.register_compound(
            actor=SYSTEM, at=timezone.now(), region=Region.objects.get(pk=region or make.village()), **given | values
        )  # fmt: skip


def phase(of: Compound | None = None, *, households: int = 1_000, m2: int = 200, **due: date) -> Phase:
    """A phase with premises, its planning to be prepared."""
    whole = of or compound()
    with entered(Scope.EVERYTHING):
        actions.add_phase(whole, actor=SYSTEM, at=timezone.now(), households=households, m2=m2, **due)
        return queries.phases_of(whole)[-1]


def stepped(row: Phase, *, until: str = "deliver", m2: int = 0, by: User | None = None) -> Phase:
    """A phase that has passed its steps up to and with one."""
    first, second = by or make.user("town_officer"), make.user("county_officer")
    for kind in STEPS[STEPS.index(row.step) : STEPS.index(until) + 1]:
        with entered(Scope.EVERYTHING):
            prepared(row, m2=m2 or row.asked_m2, by=first)
            actions.submit_step(row, actor=first, at=timezone.now())
            actions.pass_step(row, actor=second, at=timezone.now())
        assert row.step != kind
    return row


def prepared(row: Phase, *, m2: int, by: User) -> None:
    """Floor area, day and every document of the step that is under way."""
    at = timezone.now()
    actions.prepare_step(row, actor=by, at=at, m2=m2, on=today() - timedelta(days=1))
    step = queries.step_now(row)
    for paper in Paper.everywhere.filter(step=step, needed=True):
        actions.attach_paper(row, actor=by, at=at, paper=paper.code, file=pdf())


def idle(region: int = 0, **values: Any) -> Idle:
    """Free rooms."""
    given: dict[str, Any] = {
        "name": f"原村小学{next(_numbers)}", "origin": Origin.SCHOOL, "owner": "村集体", "area_m2": 600,
        "condition": Condition.REPAIR,
    }  # fmt: skip
    with entered(Scope.EVERYTHING):
        return actions.list_idle(
            actor=SYSTEM, at=timezone.now(), region=Region.objects.get(pk=region or make.village()), **given | values
        )  # fmt: skip


def proposal(of: Idle | None = None, *, by: User | None = None, cost: int = 30_000_000) -> Proposal:
    """A proposal for free rooms."""
    with entered(Scope.EVERYTHING):
        return actions.propose_reuse(
            of or idle(), actor=by or SYSTEM, at=timezone.now(), kind=Kind.HAPPINESS_HOME, area_m2=300,
            cost=actions.Fen(cost), who="村委会",
        )  # fmt: skip


def upgrade(region: int = 0, **values: Any) -> Upgrade:
    """A draft of a project with one milestone."""
    given: dict[str, Any] = {
        "name": f"某镇敬老院改造{next(_numbers)}", "kind": "township_home", "due": today() + timedelta(days=90),
        "planned": actions.Fen(200_000_000),
    }  # fmt: skip
    at, by = timezone.now(), make.user("town_officer")
    with entered(Scope.EVERYTHING):
        row = actions.draft_upgrade(
            actor=by, at=at, region=Region.objects.get(pk=region or make.village()), **given | values
        )
        return actions.plan_milestone(
            row, actor=by, at=at, milestone="begun", planned_on=today() - timedelta(days=3), planned=actions.Fen(1000)
        )  # fmt: skip
