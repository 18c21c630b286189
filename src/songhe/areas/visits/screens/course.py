"""An order's course on its page: its moments, who has it now, what its clock says, and who could take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.api import Step
from songhe.areas.providers.api import organisation_names, said, worker_names
from songhe.areas.visits import bidding
from songhe.areas.visits.models import Order, OrderState
from songhe.areas.visits.saying import in_plain_words
from songhe.core.ordering import MOMENTS, Owner, owner
from songhe.engines.access.api import elevated
from songhe.engines.cases.api import Case, CaseStep
from songhe.kit.clock import now
from songhe.kit.who import who

TO_PROPOSE = (OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN, OrderState.DISPATCHED)
MOMENT_WORDS = {
    "placed": _("Ordered"),
    "offered": _("Offered"),
    "taken": _("Taken by an organisation"),
    "assigned": _("Worker assigned"),
    "accepted": _("Worker accepted"),
    "departed": _("Set out"),
    "arrived": _("Worker arrived"),
    "done": _("Done"),
    "confirmed": _("Accepted by the person"),
    "called_back": _("Called back"),
    "settled": _("Settled"),
}
OWNER_WORDS = {
    Owner.DESK: _("The desk"),
    Owner.FINANCE: _("Finance"),
    Owner.NOBODY: "",
}


def has_it(row: Order, case: Case) -> str:
    """Who has to do something now."""
    found = owner(
        case.flow, row.state, organisation=row.organisation_id is not None, worker=row.worker_id is not None,
        level=bool(row.above),
    )  # fmt: skip
    if found is Owner.LEVEL:
        return " · ".join(part for part in (level_label(row.above), row.above_names) if part)
    if found is Owner.WORKER and row.worker_id:
        return worker_names([row.worker_id]).get(row.worker_id, "")
    if found is Owner.ORGANISATION and row.organisation_id:
        return organisation_names([row.organisation_id]).get(row.organisation_id, "")
    return str(OWNER_WORDS.get(found, ""))


def level_label(code: str) -> str:
    """A level of the network in the language of the page."""
    return Step(code, 0, None, "", "", (), gap=False).label


def course(row: Order, request: Any) -> Mapping[str, Any]:
    """The moments in their order, with the time since the one before."""
    with elevated():  # whoever sees the order sees where its case stands
        case = Case.everywhere.get(pk=row.case_id)
    at, last = now(), row.placed_at
    lines = []
    for name in MOMENTS:
        moment = row.moments[name]
        lines.append((MOMENT_WORDS[name], moment, _since(last, moment)))
        last = moment or last
    due = case.due_at if case.kind == "open" else None
    return {
        "moments": lines,
        "has_it": has_it(row, case),
        "plain": in_plain_words(row) if not who(request).may("visits.offers") else "",
        "due": due,
        "late": due is not None and due < at,
        "row": row,
        "level": level_label(row.above) if row.above else "",
        "priority": case.get_priority_display(),
        "urgent": case.priority >= 2,
    }


def _since(last: datetime, moment: datetime | None) -> int | None:
    """Minutes from the moment before."""
    if moment is None or moment <= last:
        return None
    return int((moment - last).total_seconds()) // 60


def proposed(row: Order, request: Any) -> Mapping[str, Any]:
    """Organisations that could take the order, the best first, each with its reasons."""
    user = who(request)
    lines = [
        (one.organisation, one.decision.value, one.worker, [say_now(r.text).format(**r.values) for r in one.decision.reasons],
         one.decision.refused)
        for one in bidding.proposals(row, now())
    ]  # fmt: skip
    above = bool(row.above) and user.may("visits.escalated")
    move = "step_in_hand_over" if above else "hand_over" if user.may("hotline.dispatch") else ""
    return {
        "order": row,
        "able": [line for line in lines if not line[4]],
        "unable": [line for line in lines if line[4]],
        "move": move,
        "held": row.organisation_id,
    }


def steps(row: Order, request: Any) -> Iterable[Mapping[str, Any]]:
    """The history of an order, the latest first."""
    with elevated():  # whoever sees the order sees its history
        found = list(CaseStep.everywhere.filter(case_id=row.case_id).order_by("-at", "-id")[:100])
        flow = row.case.flow
    words = {move.code: said(move.label) for move in flow.moves}
    words |= {rule.code: said(rule.label) for state in flow.states for rule in state.escalations}
    words |= {"open": say_now("Order placed"), "warning": say_now("Warned: due soon")}
    english = {rule.code: str(rule.label) for state in flow.states for rule in state.escalations}
    for step in found:
        note = (
            step.note.removeprefix(english.get(step.move, "")).removeprefix(" · ")
            if step.escalates
            else step.note
        )
        yield {
            "at": step.at,
            "text": words.get(step.move, step.note),
            "note": " · ".join(filter(None, ("" if step.escalates else step.actor_name, note))),
            "tone": "danger"
            if step.escalates and step.move != "warning"
            else "warn"
            if step.escalates
            else "",
        }
