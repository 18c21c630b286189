"""The four steps of each phase's premises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import actions, queries
from songhe.areas.premises.limits import say, terms
from songhe.areas.premises.models import PREPARING, REVIEWED, Idle, Phase, PhaseState, StepState, Use
from songhe.areas.premises.screens.common import PHASE_TONES
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb

TONES = {
    StepState.AHEAD: "muted",
    StepState.OPEN: "warn",
    StepState.HANDED_IN: "info",
    StepState.PASSED: "ok",
}
_STATE = spec.state("state", tones=PHASE_TONES, sort="state")


def _steps(row: Phase, request: HttpRequest) -> Mapping[str, Any]:
    day, assumed = today(), terms().papers_assumed
    return {
        "assumed": say(assumed) if assumed else "",
        "steps": [
            {
                "row": step,
                "name": f"{step} {step.number}" if step.number > 1 else str(step),
                "body": say(terms().step(step.kind).body),
                "tone": TONES[StepState(step.state)],
                "word": step.get_state_display(),
                "late": step.due is not None and step.due < day and step.state != StepState.PASSED,
                "papers": sorted(step.papers.all(), key=lambda paper: paper.rank),
            }
            for step in queries.steps_of(row)
        ],
    }


def _idle(row: Phase, request: HttpRequest) -> list[Idle]:
    return list(Idle.everywhere.filter(phase=row))


def _preparing(row: Phase, user: Any) -> bool:
    return row.state in PREPARING


def _may_decide(row: Phase, user: Any) -> bool:
    step = queries.step_now(row) if row.state in REVIEWED else None
    return step is not None and step.prepared_by_id != user.pk


def _to_operate(row: Phase, user: Any) -> bool:
    return bool(row.delivered_m2) and not row.facility_id and not Idle.everywhere.filter(phase=row).exists()


def _entered(row: Phase, user: Any) -> dict[str, Any]:
    step = queries.step_now(row)
    if step is None:
        return {}
    before = queries.step_before(row, step.kind)
    m2 = step.m2 or ((before.m2 or 0) - row.delivered_m2 if before else row.asked_m2)
    body = step.body or say(terms().step(step.kind).body)
    return {"m2": max(m2, 0) or None, "on": step.on or today(), "body": body, "words": step.words}


phases = record(
    Phase,
    slug="premises",
    right="premises.view",
    title=_("Care premises by phase"),
    one=_("Premises of a phase"),
    intro=_("Each step is prepared with its documents and floor area, and passed by somebody else."),
    columns=[
        spec.link("caption", _("Compound and phase"), sort="caption"),
        spec.region("region"),
        spec.number("households", sort="households"),
        spec.number("asked_m2", sort="asked_m2"),
        _STATE,
        spec.day("due_on", sort="due_on"),
        spec.number("delivered_m2", sort="delivered_m2"),
        spec.state("use", tones={"care": "ok", "empty": "warn", "other": "danger"}),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.flag(
            "late",
            _("Past due"),
            narrow=lambda rows, yes: (
                rows.filter(due_on__lt=today()) if yes else rows.exclude(due_on__lt=today())
            ),
        ),
        spec.choice("use", options=[(use.value, use.label) for use in Use if use]),
        spec.date_range("due_on"),
    ],
    search=("caption", "compound.developer"),
    order=("due_on", "id"),
    state=_STATE,
    heading=lambda row: row.caption,
    panels={
        _("Planned, built, accepted, handed over"): panel(
            "premises/steps.html", query=_steps, when=lambda row: row.state != PhaseState.NONE
        ),
        _("In the inventory of idle property"): grid(
            _idle,
            [spec.link("name"), spec.number("area_m2"), spec.state("state", tones={"available": "ok"})],
            none=_("Not in the inventory."),
        ),
    },
    aside={
        _("Phase"): [
            spec.link("compound"), "number", "households", "asked_m2", "delivered_m2", spec.day("due_on", optional=True),
            spec.text("reason", optional=True),
        ],
        _("Subsequent use"): [
            spec.link("facility"), spec.state("use", tones={"care": "ok", "empty": "warn", "other": "danger"}), "used_on",
            spec.text("use_words", optional=True),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.prepare_step, label=_("Floor area and day"), icon="pencil", when=_preparing, initial=_entered),
        verb(actions.attach_paper, label=_("Attach a document"), icon="paperclip", when=_preparing),
        verb(actions.submit_step, label=_("Submit the step"), icon="send", primary=True, when=_preparing),
        verb(actions.pass_step, label=_("Pass the step"), icon="check", primary=True, when=_may_decide),
        verb(actions.return_step, label=_("Return"), danger=True, when=lambda row, user: row.state in REVIEWED),
        verb(actions.open_facility, label=_("Becomes a facility"), icon="building-hospital", primary=True, when=_to_operate,
             initial=lambda row, user: {"name": row.caption, "since": today()}),
        verb(actions.keep_idle, label=_("Add to the inventory"), icon="door", when=_to_operate),
        verb(actions.look_at_use, label=_("What it is used for"), icon="eye", when=lambda row, user: bool(row.delivered_m2),
             initial=lambda row, user: {"on": today()}),
        verb(actions.drop_phase, label=_("Abandon"), danger=True, when=_preparing),
    ],
    nav=NavItem("planning", "checklist", 31),
    empty=_("No phase yet. Open a compound and add one."),
)  # fmt: skip
