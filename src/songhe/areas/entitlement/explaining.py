"""How an explanation reads: reasons, facts with where they come from, what changes next and what would be otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from songhe.areas.assessment.api import Level
from songhe.areas.entitlement.queries.origins import Origin
from songhe.areas.entitlement.words import counted, shown
from songhe.core.labels import Label
from songhe.core.rules import HANDED_ON, Cause, Change, Difference, Document, Rule, Supposed, Told
from songhe.engines.regions.tree import full_name
from songhe.kit.refusals import said
from songhe.kit.words import is_chinese, label_of

NOTHING = Origin("nowhere")
ONE_DAY = timedelta(days=1)
ALONE = "__alone"
"""The end of the name of what a member of an exclusive group would give by itself."""


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact that was looked at: its name, its value, and where it comes from. ``place``: the name in the trace."""

    place: str
    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One sentence that decided, with its clause in words."""

    text: str
    clause: str
    clause_text: str


def say(label: Label) -> str:
    """A label of the data in the language of the page."""
    return label.zh if is_chinese() else label.en


def month_words(month: date) -> str:
    """A month as people say it."""
    return f"{month.year}年{month.month}月" if is_chinese() else f"{month:%B %Y}"


def day_words(day: date) -> str:
    """A day as people write it in a letter."""
    return f"{day.year}年{day.month}月{day.day}日" if is_chinese() else f"{day.day} {day:%B %Y}"


def monthly(value: int, unit: str | None, once_per: str = "") -> str:
    """An amount of each month, or of what is given once in a year or a lifetime."""
    return _often(counted(value, unit), once_per)


def _often(amount: str, once_per: str) -> str:
    if once_per == "year":
        return gettext("{amount}, once a year").format(amount=amount)
    if once_per == "lifetime":
        return gettext("{amount}, once").format(amount=amount)
    return gettext("{amount} a month").format(amount=amount)


def paid_of(trace: Mapping[str, Any], document: Document | None) -> str:
    """What a decision gives, with how often; empty for nothing."""
    value = trace.get("value")
    if not isinstance(value, int) or isinstance(value, bool) or not value:
        return ""
    rules = document.rules if document else ()
    once = next((rule.once_per for rule in rules if rule.code == trace.get("rule")), "")
    return monthly(value, trace.get("unit"), once)


def reasons(trace: Mapping[str, Any]) -> list[ReasonLine]:
    """What decided, in sentences: the household's, else those of the deciding cases, each once; nothing while pending."""
    if yielded := trace.get("yielded"):
        clause = yielded["clause"]
        return [ReasonLine(label_of(yielded["why"]), clause["code"], label_of(clause))]
    found: dict[str, ReasonLine] = {}
    if trace.get("needs"):
        return []
    for step in trace.get("steps", ()):
        why = step["why"]
        if why and why != HANDED_ON and label_of(why) not in found:
            found[label_of(why)] = ReasonLine(label_of(why), step["clause"]["code"], label_of(step["clause"]))
    return list(found.values())


def facts_of(
    trace: Mapping[str, Any],
    document: Document | None,
    origins: Mapping[str, Origin],
    *,
    inside: bool = True,
) -> list[FactLine]:
    """The facts that were looked at, each once. ``inside``: for an office, which may know who recorded them."""
    found: dict[str, FactLine] = {}
    for step in trace.get("steps", ()):
        for entry in step["inputs"]:
            name = str(entry["name"])
            if is_fact(name, document) and name not in found:
                origin = origins.get(name, NOTHING)
                found[name] = FactLine(
                    name,
                    label_of(dict(entry)),
                    fact_value(name, entry["value"], entry["unit"]),
                    origin_text(origin, held=entry["value"] is not False, inside=inside),
                )
    return list(found.values())


def is_fact(name: str, document: Document | None) -> bool:
    """Whether an input of a trace is a fact about the person and not a value of the text or another rule."""
    return name.startswith("tag:") or (document is not None and name in document.facts)


def fact_value(name: str, value: Any, unit: str | None) -> str:
    """A fact's value; a level of ability by its name."""
    if name == "level" and isinstance(value, int) and value in Level.values:
        return str(Level(value).label)
    return shown(value, unit)


def origin_text(origin: Origin, *, held: bool = True, inside: bool = True) -> str:
    """Where a fact comes from, in one line."""
    if origin.where == "nowhere":
        return gettext("the registry has nothing about it")
    if origin.where == "list" and not held and origin.until is not None:
        return gettext("was valid until {day}").format(day=f"{origin.until - ONE_DAY:%Y-%m-%d}")
    parts = list(_parts(origin))
    if origin.recorded_at is not None and inside and origin.where == "list":
        day = f"{timezone.localdate(origin.recorded_at):%Y-%m-%d}"
        by = origin.by or gettext("the system")
        parts.append(gettext("recorded on {day} by {who}").format(day=day, who=by))
    return " · ".join(parts)


def _parts(origin: Origin) -> Iterable[str]:
    if origin.where == "list":
        yield origin.source_text
        if origin.note:
            yield origin.note
    elif origin.where == "entry":
        yield gettext("the entry in the registry")
    elif origin.where == "place":
        yield gettext("by location")
    elif origin.where == "assessment" and origin.done_on is not None:
        day = f"{origin.done_on:%Y-%m-%d}"
        yield gettext("assessment {number} of {day}").format(number=origin.number, day=day)
    elif origin.where == "enrolment":
        yield gettext("the enrolment")
        if origin.number:
            yield origin.number
    if origin.place is not None:
        yield full_name(origin.place)
    if origin.since is not None:
        yield gettext("since {day}").format(day=f"{origin.since:%Y-%m-%d}")
    if origin.until is not None:
        yield gettext("until {day}").format(day=f"{origin.until - ONE_DAY:%Y-%m-%d}")
    if origin.evidence:
        yield gettext("shown by a document")


def change_text(change: Change) -> str:
    """What changes and why: “turning 80 in March 2027: + ¥50.00 a month”."""
    causes = ("、" if is_chinese() else ", ").join(dict.fromkeys(map(cause_text, change.causes)))
    said_when = gettext("{cause} in {month}").format(cause=causes, month=month_words(change.month))
    return gettext("{when}: {effect}").format(
        when=said_when, effect=effect_text(change.before, change.after, change.rule)
    )


def effect_text(before: Told, after: Told, rule: Rule) -> str:
    """What it means for the person."""
    if after.refused is not None:
        return gettext("can no longer be determined. {why}").format(why=said(after.refused))
    if after.outcome is not None and after.outcome.pending:
        return gettext("a document is needed then: {papers}").format(papers=listed(after.outcome.bring))
    now = int(after.value) if isinstance(after.value, int) else 0
    if not isinstance(before.value, int):
        return monthly(now, rule.unit, rule.once_per) if now else gettext("not granted")
    more = now - int(before.value)
    sign = ("+" if more > 0 else "−") + ("" if is_chinese() else " ")
    effect = _often(sign + counted(abs(more), rule.unit), rule.once_per)
    if now and before.value:
        return gettext("{effect}, then {amount}").format(effect=effect, amount=counted(now, rule.unit))
    return effect if now else gettext("{effect}, it ends").format(effect=effect)


def cause_text(cause: Cause) -> str:
    """One cause of a change."""
    name = say(cause.label)
    if cause.what == "age":
        birthday = gettext("turning {n}") if cause.name == "birth" else gettext("{n} years since: {fact}")
        return birthday.format(n=cause.after, fact=name)
    if cause.what == "months":
        return ngettext("{n} month since: {fact}", "{n} months since: {fact}", cause.after or 0).format(
            n=cause.after, fact=name
        )
    if cause.what == "fact" and cause.name == "level" and cause.after is None:
        return gettext("the ability assessment expires")
    if cause.what in ("fact", "value"):
        if isinstance(cause.before, Mapping) or isinstance(cause.after, Mapping):
            return gettext("new table: {name}").format(name=name)
        values = [fact_value(cause.name, value, cause.unit) for value in (cause.before, cause.after)]
        return gettext("{name}: {before} → {after}").format(name=name, before=values[0], after=values[1])
    plain = {
        "tag": gettext("{name} begins") if cause.after else gettext("{name} ends"),
        "begins": gettext("“{name}” comes into force"),
        "ends": gettext("“{name}” ends"),
        "rule": gettext("changed rule: {name}"),
    }
    return plain.get(cause.what, "{name}").format(name=name)


def supposed_text(one: Supposed) -> str:
    """What a fact would be, in the words of the document that shows it."""
    if one.what == "tag":
        return gettext("with “{paper}”").format(paper=say(one.bring))
    value = fact_value(one.name, one.value, one.unit)
    return gettext("if {name} is: {value}").format(name=say(one.label), value=value)


def difference_text(one: Difference) -> str:
    """What would follow for one benefit."""
    effect = effect_text(one.before, one.after, one.rule)
    return gettext("{benefit}: {change}").format(benefit=say(one.rule.label), change=effect)


def listed(labels: Sequence[Label]) -> str:
    """Several papers in one sentence."""
    return ("、" if is_chinese() else ", ").join(map(say, labels))


def lost_text(trace: Mapping[str, Any], document: Document | None) -> str:
    """What is received instead in a group of which only one is given, and by how much it is more."""
    lost = trace.get("lost_to")
    if not lost:
        return ""
    code = str(lost["name"]).removesuffix(ALONE)
    rules = document.rules if document else ()
    other = next((say(rule.label) for rule in rules if rule.code == code), label_of(lost))
    if lost["more"] < 0:
        return gettext("{other} is received instead; it is {less} less.").format(
            other=other, less=monthly(-lost["more"], lost["unit"])
        )
    if lost["more"]:
        return gettext("{other} is received instead; it is {more} more.").format(
            other=other, more=monthly(lost["more"], lost["unit"])
        )
    return gettext("{other} is received instead.").format(other=other)
