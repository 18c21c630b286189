"""An explanation as plain data for programs: codes and numbers, with the words of the data in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from songhe.areas.entitlement.explaining import (
    cause_text,
    change_text,
    difference_text,
    is_fact,
    supposed_text,
)
from songhe.areas.entitlement.queries import Explained, Standing
from songhe.areas.entitlement.queries.origins import Origin
from songhe.core.labels import Label
from songhe.core.rules import Cause, Change, Supposed, Told
from songhe.kit.refusals import problem


def plain(told: Explained) -> dict[str, Any]:
    """Everything of an explanation. Amounts in the unit named (fen, minutes, meals); a null amount is pending."""
    return {
        "person": str(told.person.pk),
        "day": told.day.isoformat(),
        "benefits": [_standing(one, told.origins) for one in told.standings],
        "coming": [_change(one) for one in told.coming],
        "hypothetical": [_supposed(one) for one in told.supposed],
    }


def _standing(one: Standing, origins: Mapping[str, Origin]) -> dict[str, Any]:
    benefit, outcome = one.look.benefit, one.look.outcome
    trace = outcome.as_data() if outcome else {}
    inputs = [entry["name"] for step in trace.get("steps", ()) for entry in step["inputs"]]
    names = [name for name in dict.fromkeys(inputs) if is_fact(name, benefit.document)]
    grant, application = one.grant, one.application
    return {
        "benefit": benefit.code,
        "name": _label(benefit.rule.label),
        "policy": {"code": benefit.document.code, "number": benefit.document.number},
        "unit": benefit.rule.unit,
        "amount": outcome.value if outcome else None,
        "pending": one.look.pending,
        "problem": problem(one.look.refused) if one.look.refused else None,
        "grant": None
        if grant is None
        else {
            "id": str(grant.pk),
            "number": grant.number,
            "state": grant.state,
            "from_month": grant.from_month.isoformat(),
        },
        "application": None
        if application is None
        else {"id": str(application.pk), "number": application.number, "state": application.state},
        "why": trace,
        "origins": {name: _origin(origins[name]) if name in origins else None for name in names},
        "changes": [_change(change) for change in one.changes],
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "where": origin.where,
        "source": origin.source,
        "note": origin.note,
        "since": _day(origin.since),
        "until": _day(origin.until),
        "recorded_at": origin.recorded_at.isoformat() if isinstance(origin.recorded_at, datetime) else None,
        "number": origin.number,
        "done_on": _day(origin.done_on),
        "evidence": origin.evidence,
        "row": str(origin.row) if origin.row else None,
        "region": origin.place,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "month": change.month.isoformat(),
        "benefit": change.rule.code,
        "name": _label(change.rule.label),
        "unit": change.rule.unit,
        "before": _told(change.before),
        "after": _told(change.after),
        "more": change.more,
        "causes": [_cause(cause) for cause in change.causes],
        "text": change_text(change),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "what": cause.what,
        "name": cause.name,
        **_label(cause.label),
        "before": _value(cause.before),
        "after": _value(cause.after),
        "unit": cause.unit,
        "text": cause_text(cause),
    }


def _supposed(one: Supposed) -> dict[str, Any]:
    return {
        "what": one.what,
        "name": one.name,
        **_label(one.label),
        "value": _value(one.value),
        "bring": _label(one.bring),
        "text": supposed_text(one),
        "differences": [
            {
                "benefit": each.rule.code,
                "unit": each.rule.unit,
                "before": _told(each.before),
                "after": _told(each.after),
                "text": difference_text(each),
            }
            for each in one.differences
        ],
    }


def _told(told: Told) -> dict[str, Any]:
    return {
        "amount": told.value,
        "pending": told.outcome is not None and told.outcome.pending,
        "bring": [_label(paper) for paper in told.outcome.bring] if told.outcome else [],
        "problem": problem(told.refused) if told.refused else None,
    }


def _label(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}


def _value(value: Any) -> Any:
    """A value of a fact or a parameter."""
    return (
        value.isoformat() if isinstance(value, date) else dict(value) if isinstance(value, Mapping) else value
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
