"""How amounts and reasons of entitlements read on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from songhe.areas.entitlement.models import Entitlement, Unit
from songhe.core.rules import HANDED_ON
from songhe.kit.words import is_chinese, label_of, spent, yuan


def amount(row: Entitlement) -> str:
    """What is granted, in words."""
    return counted(row.amount, row.unit) if row.amount else ""


def carried(row: Entitlement) -> str:
    """What of it was left of the month before, in words."""
    return counted(row.carried, row.unit) if row.carried else ""


def moved(row: Entitlement) -> str:
    """What of it went on to the month after, in words."""
    return counted(row.moved, row.unit) if row.moved else ""


def counted(value: int, unit: str | None) -> str:
    """A number with its unit: minutes as hours, fen as yuan, meals as meals."""
    if unit == Unit.MINUTE:
        return spent(value)
    if unit == Unit.FEN:
        return f"¥{yuan(value)}"
    if unit == Unit.MEAL:
        return ngettext("{n} meal", "{n} meals", value).format(n=f"{value:,}")
    if unit == "year":
        return ngettext("{n} year", "{n} years", value).format(n=value)
    return f"{value:,}"


def why(trace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps of a decision, from the result down to what really decided."""
    return [
        {
            "name": label_of(step),
            "value": shown(step["value"], step["unit"]),
            "why": label_of(step["why"]) if step["why"] else gettext("Not decided yet"),
            "clause": step["clause"]["code"],
            "clause_text": label_of(step["clause"]),
            "when": step["when"],
            "give": step["give"],
            "inputs": _inputs(step["inputs"]),
        }
        for step in trace.get("steps", ())
    ]


def short_reason(trace: Mapping[str, Any]) -> str:
    """The one sentence that decided: the household's, the document to bring, or the deciding case's.

    A rule that only hands on what another worked out says nothing itself: the first that has a reason of its own does.
    """
    if yielded := trace.get("yielded"):
        return label_of(yielded["why"])
    if bring := trace.get("bring"):
        names = ("、" if is_chinese() else ", ").join(label_of(paper) for paper in bring)
        return gettext("Please bring: {papers}").format(papers=names)
    whys = [step["why"] for step in trace.get("steps", ()) if step["why"]]
    return label_of(next((why for why in whys if why != HANDED_ON), whys[0] if whys else {}))


def shown(value: Any, unit: str | None) -> str:
    """A value of a fact, a parameter or a step."""
    if value is None:
        return gettext("not known")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int):
        return counted(value, unit)
    if isinstance(value, Mapping):
        return gettext("table")
    return str(value)


def _inputs(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": label_of(dict(entry)),
            "value": shown(entry["value"], entry["unit"]),
            "clause": entry["clause"],
            "assumed": entry["assumed"],
        }
        for entry in given
    ]


def told(trace: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the page of reasons shows of a trace; nothing where there is none."""
    if trace is None:
        return {"steps": ()}
    return {
        "steps": why(trace),
        "short": short_reason(trace),
        "assumed": [(label_of(entry), entry["clause"]) for entry in trace.get("assumed", ())],
        "yielded": trace.get("yielded"),
        "bring": [label_of(paper) for paper in trace.get("bring", ())],
    }
