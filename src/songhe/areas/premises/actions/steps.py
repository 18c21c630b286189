"""The four steps of a phase: prepared with documents and floor area, handed in, let pass by another, or returned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import queries
from songhe.areas.premises.actions.common import (
    Reason,
    because,
    keep_file,
    line,
    move,
    need_state,
    past,
)
from songhe.areas.premises.actions.compounds import MOST_M2, add_step, settle
from songhe.areas.premises.models import Compound, Paper, Phase, PhaseState, Step, StepState, Use
from songhe.areas.premises.rules import STEPS, Prepared, furthest, may_pass, ready
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import Case
from songhe.kit.fields import Field

WhichPaper = Annotated[str, Field(label=_("Document"), choices=queries.paper_choices)]


@act("premises.record")
def prepare_step(
    phase: Phase,
    *,
    actor: Actor,
    at: datetime,
    m2: Annotated[int, Field(label=_("Floor area (m²)"), least=1, most=MOST_M2)],
    on: Annotated[date, Field(label=_("Day"))],
    body: Annotated[str, Field(label=_("Decided by (bureau)"), size=120)] = "",
    words: Annotated[str, Field(label=_("Remark"), long=True, size=400)] = "",
) -> Phase:
    """Enter floor area and day of the step that is under way."""
    step = need_state(queries.step_now(phase), StepState.OPEN)
    if not 1 <= m2 <= MOST_M2:
        raise Refused("area", "The floor area is 1 to {most} m².", field="m2", most=MOST_M2)
    step.m2, step.on = m2, past(on, at=at, field="on")
    step.body = line(body, "body", needed=False)
    step.words = because(words, "words", needed=False)
    _touched(step, actor, at)
    add_detail(step=step.kind, m2=m2, on=on.isoformat())
    return phase


@act("premises.record")
def attach_paper(
    phase: Phase,
    *,
    actor: Actor,
    at: datetime,
    paper: WhichPaper,
    file: Annotated[UploadedFile, Field(label=_("File"), accept="image/*,application/pdf")],  # type: ignore[type-arg]
) -> Phase:
    """Attach a picture or PDF of a document; it is kept encrypted with a key of the compound's own."""
    step = need_state(queries.step_now(phase), StepState.OPEN)
    found: Paper | None = Paper.everywhere.filter(step=step, code=paper).first()
    if found is None:
        raise Refused("no_such_paper", "There is no such document. Choose one from the list.", field="paper")
    found.attachment_id = keep_file(
        file, owner=phase.compound_id, about=phase.pk, region=phase.region_id, actor=actor, at=at
    )
    found.added_by, found.added_at = actor.name[:80], at
    found.save()
    _touched(step, actor, at)
    add_detail(step=step.kind, paper=found.code)
    return phase


@act("premises.record")
def submit_step(phase: Phase, *, actor: Actor, at: datetime) -> Phase:
    """Hand in the step that is under way; refused while its floor area, day or a document is missing."""
    step = need_state(queries.step_now(phase), StepState.OPEN)
    ready(_prepared(phase, step), timezone.localdate(at)).or_refuse()
    step.state, step.returned = StepState.HANDED_IN, ""
    _touched(step, actor, at)
    return _moved(phase, "submit", actor=actor, at=at, passed=("documents", "area"))


@act("premises.decide")
def pass_step(
    phase: Phase,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[
        str,
        Field(
            label=_("Reason for passing"),
            help=_("Required if the floor area is less than it should be"),
            long=True,
            size=400,
        ),
    ] = "",
) -> Phase:
    """Let a step pass that somebody else prepared. A handover of less than was accepted is one of a part."""
    step = need_state(queries.step_now(phase), StepState.HANDED_IN)
    four_eyes(step.prepared_by_id, actor)
    compound = _compound(phase)
    why = because(reason, needed=False)
    prepared = _prepared(phase, step)
    rest = (prepared.before_m2 or 0) - phase.delivered_m2 - (step.m2 or 0) if step.kind == "deliver" else 0
    may_pass(
        replace(prepared, before_m2=None) if step.kind == "deliver" else prepared,
        owed=compound.required_m2 if step.kind == "plan" else 0,
        planned=_with(compound, phase, step, timezone.localdate(at)),
        because=why,
    ).or_refuse()
    step.state, step.reason = StepState.PASSED, why
    step.decided_by_id, step.decided_by, step.decided_at = actor.id, actor.name[:80], at
    step.save()
    if step.kind == "deliver":
        phase.delivered_m2 += step.m2 or 0
    add_detail(step=step.kind, m2=step.m2)
    is_part = rest > 0 and not why
    _moved(phase, "part" if is_part else "pass", actor=actor, at=at, passed=("another",), note=why)
    if is_part:
        with elevated():
            add_step(phase, "deliver", number=step.number + 1, due=step.due, state=StepState.OPEN)
    else:
        _open_next(phase)
    settle(compound, timezone.localdate(at))
    return phase


@act("premises.decide")
def return_step(phase: Phase, *, actor: Actor, at: datetime, reason: Reason) -> Phase:
    """Return a step with what is to be mended."""
    step = need_state(queries.step_now(phase), StepState.HANDED_IN)
    step.state, step.returned = StepState.OPEN, because(reason)
    step.save()
    return _moved(phase, "return", actor=actor, at=at, note=step.returned)


@act("premises.decide")
def drop_phase(phase: Phase, *, actor: Actor, at: datetime, reason: Reason) -> Phase:
    """Drop the premises of a phase that is not built; the compound still owes what it owes."""
    phase.reason = because(reason)
    _moved(phase, "drop", actor=actor, at=at, note=phase.reason)
    settle(_compound(phase), timezone.localdate(at))
    return phase


@act("premises.record")
def look_at_use(
    phase: Phase,
    *,
    actor: Actor,
    at: datetime,
    use: Annotated[Use, Field(label=_("Used for"), choices=[(u.value, u.label) for u in Use if u])],
    on: Annotated[date, Field(label=_("Looked at on"))],
    words: Annotated[str, Field(label=_("What was seen"), long=True, size=400)] = "",
) -> Phase:
    """Enter what premises that were handed over are used for; something else than care puts the compound on the list."""
    if not phase.delivered_m2:
        raise Refused("not_delivered", "Nothing was handed over yet, so nothing can be used.")
    phase.use, phase.used_on = use, past(on, at=at, field="on")
    phase.use_words = because(words, "words", needed=use == Use.OTHER)
    phase.save()
    settle(_compound(phase), timezone.localdate(at))
    return phase


def _compound(phase: Phase) -> Compound:
    """Locked, so that two phases of one compound do not add up at the same time."""
    found: Compound = Compound.everywhere.select_for_update(no_key=True).get(pk=phase.compound_id)
    return found


def _prepared(phase: Phase, step: Step) -> Prepared:
    before = queries.step_before(phase, step.kind)
    return Prepared(
        m2=step.m2,
        on=step.on,
        lacking=queries.lacking(step),
        before_m2=before.m2 if before else None,
        before_on=before.on if before else None,
    )


def _with(compound: Compound, phase: Phase, step: Step, on: date) -> int:
    """What all phases of the compound give, this one with the step that is decided."""
    parts = queries.seen([compound], on)[compound.pk].parts
    return sum(furthest(part) for part in parts if part.number != phase.number) + (step.m2 or 0)


def _open_next(phase: Phase) -> None:
    if phase.state == PhaseState.DONE:
        return
    Step.everywhere.filter(phase=phase, kind=phase.step, state=StepState.AHEAD).update(state=StepState.OPEN)


def _moved(
    phase: Phase, code: str, *, actor: Actor, at: datetime, passed: tuple[str, ...] = (), note: str = ""
) -> Phase:
    if phase.case_id is None:
        raise Refused("no_premises", "This phase has no premises, so it has no steps.")
    case: Case = move(phase.case_id, code, actor=actor, at=at, passed=passed, note=note)
    phase.state = PhaseState(case.state)
    due = (
        Step.everywhere.filter(phase=phase, kind=phase.step).order_by("-number").values_list("due", flat=True)
    )
    phase.due_on = due.first() if phase.step in STEPS else None
    phase.save()
    return phase


def _touched(step: Step, actor: Actor, at: datetime) -> None:
    """Whoever changed a step last is the one who may not let it pass."""
    step.prepared_by_id, step.prepared_by, step.prepared_at = actor.id, actor.name[:80], at
    step.save()
