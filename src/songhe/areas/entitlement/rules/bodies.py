"""Which facts a benefit asks of a facility, an organisation or a worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from songhe.areas.entitlement.rules.amounts import amount_from
from songhe.core.rules import Document, FactValue, Rule
from songhe.core.rules.document import Fact

COMPUTED = "__"
"""Marks facts that are worked out from what was granted before; nobody is asked for them."""
Plain = str | int | bool | None


def whose(document: Document, rule: Rule) -> str:
    """Whose benefit a granting rule is: the rule's own word, else the document's, else a person's."""
    return str(getattr(rule, "beneficiary", None) or getattr(document, "beneficiary", None) or "person")


def asked(document: Document, rule: Rule) -> tuple[Fact, ...]:
    """The facts that a rule reads, itself or through other rules, in the order of the document."""
    rules = {one.code: one for one in document.rules}
    seen: set[str] = set()
    waiting = [rule.code]
    while waiting:
        code = waiting.pop()
        if code in seen:
            continue
        seen.add(code)
        if code in rules:
            waiting += rules[code].reads
    return tuple(fact for code, fact in document.facts.items() if code in seen and COMPUTED not in code)


def plain(value: FactValue) -> Plain:
    """A fact as data."""
    return value.isoformat() if isinstance(value, date) else value  # type: ignore[return-value]  # tags are no facts of bodies


def typed(fact: Fact, value: Plain) -> FactValue:
    """A fact out of data; what does not fit its kind is not known."""
    if value is None:
        return None
    if fact.kind == "date":
        return date.fromisoformat(str(value))
    kinds: Mapping[str, type] = {"whole": int, "yes_no": bool, "text": str}
    return value if type(value) is kinds[fact.kind] else None


YES_OR_NO: Mapping[str, bool] = {"yes": True, "no": False, "是": True, "否": False}


def heard(fact: Fact, text: str) -> FactValue:
    """A fact as somebody types it; None where that is no value of its kind, or lies outside its bounds."""
    said = text.strip()
    if fact.kind == "yes_no":
        return YES_OR_NO.get(said.lower())
    if fact.kind == "date":
        try:
            return date.fromisoformat(said) if len(said) == 10 else None
        except ValueError:
            return None
    if fact.kind == "text":
        return said or None
    value = amount_from(said, fact.unit)
    return value if value is not None and fact.least <= value <= fact.most else None
