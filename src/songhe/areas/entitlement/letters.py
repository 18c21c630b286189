"""What a letter to a person says, in plain words: a decision, a grant suspended or stopped, or everything there is.

A letter is made of parts, so that the page and the PDF say the same. It is for the person and shows what concerns the
person; identity numbers, telephones, addresses and what offices note for themselves are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from songhe.areas.entitlement.explaining import (
    change_text,
    day_words,
    facts_of,
    lost_text,
    month_words,
    paid_of,
    reasons,
    say,
)
from songhe.areas.entitlement.models import Application, ApplicationState, Grant, GrantState, Notice
from songhe.areas.entitlement.queries import (
    Explained,
    Origin,
    Standing,
    appeal_until,
    look,
    origins,
    readable,
    the_benefit,
)
from songhe.areas.entitlement.queries.origins import decided_on
from songhe.areas.entitlement.reasons import LIFE, reason_said, reason_text
from songhe.areas.entitlement.terms import SILENT, book
from songhe.areas.registry.api import Person
from songhe.core.codes.region import COUNTY, at_level
from songhe.core.refusal import Refused
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.tree import name_of
from songhe.kit.words import label_of

DECIDED = (ApplicationState.NOTICED, ApplicationState.GRANTED, ApplicationState.REFUSED)


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences under a heading; ``listed``: one below the other with a dot."""

    heading: str
    lines: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One benefit in the table of a statement."""

    name: str
    state: str
    amount: str
    reason: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. ``assumed``: what of it is in no published text, for whoever sends it."""

    title: str
    issuer: str
    number: str
    day: date
    to: str
    decision: str
    parts: tuple[Part, ...]
    rows: tuple[Row, ...] = ()
    assumed: tuple[str, ...] = ()


def of_application(row: Application, day: date) -> Letter:
    """The letter about a decision on an application; refused while there is none."""
    if row.state not in DECIDED or row.decided_at is None:
        raise Refused(
            "entitlement.no_letter",
            "There is no decision yet to put in a letter. Decide the application first.",
        )
    known = origins(row.person, decided_on(row.decided_at, day), known_at=row.decided_at)
    granted = row.state != ApplicationState.REFUSED
    parts = [
        *_why(row.reason if granted else _refusal(row), row.policy),
        *_looked_at(row.reason, row.policy, known),
    ]
    if granted:
        notice = Notice.everywhere.filter(application=row, taken_down_at=None).first()
        parts += [*_after_granting(row.state, notice), *_objecting()]
    else:
        parts += _appealing(day_words(appeal_until(row.decided_at)))
    return Letter(
        gettext("Benefit decision letter"),
        issuer_of(row.region_id),
        row.decision_number or row.number,
        decided_on(row.decided_at, day),
        _name(row.person),
        _granted(row)
        if granted
        else gettext("Your application for “{name}” is refused.").format(name=row.name),
        (*parts, _asking()),
        assumed=tuple(_assumed(row.reason, appeal=not granted)),
    )


def of_grant(row: Grant, day: date) -> Letter:
    """The letter about what was last decided about a grant to a person."""
    if row.person is None:
        raise Refused(
            "entitlement.letter_to_person",
            "This grant is held by an organisation. Letters go to persons; write to the organisation instead.",
        )
    span = row.spans.order_by("-from_month").first()
    texts = {
        GrantState.IN_FORCE: gettext("You receive “{name}” from {month} on."),
        GrantState.SUSPENDED: gettext("“{name}” is suspended from {month} on."),
        GrantState.STOPPED: gettext("“{name}” is stopped from {month} on."),
    }
    state = GrantState(row.state)
    month = span.from_month if span is not None else row.from_month
    trace = _trace(row.person, row.benefit, day) if state == GrantState.IN_FORCE else {}
    parts = [
        *(
            _amount(trace, row.policy)
            if trace
            else [Part(gettext("Why"), (reason_said(row.why) + gettext("."),))]
        ),
        *(_looked_at(trace, row.policy, origins(row.person, day)) if trace else []),
        *(_resuming(row) if state == GrantState.SUSPENDED else []),
        *(_appealing(day_words(appeal_until(row.changed_at))) if state != GrantState.IN_FORCE else []),
    ]
    return Letter(
        gettext("Benefit letter"),
        issuer_of(row.region_id),
        row.number,
        decided_on(row.changed_at, day),
        _name(row.person),
        texts[state].format(name=row.name, month=month_words(month)),
        (*parts, _asking()),
        assumed=tuple(_assumed(trace, appeal=state != GrantState.IN_FORCE)),
    )


def of_person(told: Explained, number: str) -> Letter:
    """The statement of everything that a person is entitled to, as it is on a day."""
    rows = tuple(map(_row, told.standings))
    held = [one for one in told.standings if one.grant is not None]
    coming = sorted(
        (change for one in told.standings for change in one.changes), key=lambda change: change.month
    )
    bring = {
        say(paper): None
        for one in told.standings
        if one.look.outcome is not None and one.look.pending
        for paper in one.look.outcome.bring
    }
    used: dict[str, str] = {}
    traces = [one.look.outcome.as_data() if one.look.outcome else {} for one in told.standings]
    for one, trace in zip(told.standings, traces, strict=True):
        for line in facts_of(trace, one.look.benefit.document, told.origins, inside=False):
            used[line.place] = _fact(line.name, line.value, line.origin)
    parts = [
        Part(gettext("What was taken into account"), tuple(used.values()), listed=True),
        Part(gettext("What to bring"), tuple(bring), listed=True),
        Part(
            gettext("What changes next"),
            tuple(
                gettext("{benefit}: {change}").format(
                    benefit=say(change.rule.label), change=change_text(change)
                )
                for change in (*coming, *told.coming)
            ),
            listed=True,
        ),
        _correcting(),
    ]
    return Letter(
        gettext("Statement of benefits"),
        issuer_of(told.person.region_id),
        number,
        told.day,
        told.person.name,
        gettext("As of {day}, {count} of the {all} benefits in your area are granted to you.").format(
            day=day_words(told.day), count=len(held), all=len(rows)
        ),
        (*(part for part in parts if part.lines), _asking()),
        rows,
        tuple(dict.fromkeys(name for trace in traces for name in _assumed(trace, appeal=False))),
    )


def issuer_of(region: int) -> str:
    """The county's civil affairs bureau."""
    return gettext("Civil Affairs Bureau of {county}").format(county=name_of(at_level(region, COUNTY)))


def _name(person: Person) -> str:
    return person.name if person.is_living else gettext("the family of {name}").format(name=person.name)


def _granted(row: Application) -> str:
    assert row.from_month is not None
    month, amount = month_words(row.from_month), paid_of(row.reason, readable(row.policy))
    if amount:
        text = gettext("“{name}” is granted to you from {month} on: {amount}.")
        return text.format(name=row.name, month=month, amount=amount)
    return gettext("“{name}” is granted to you from {month} on.").format(name=row.name, month=month)


def _why(trace: Mapping[str, Any], policy: PolicyVersion) -> Iterable[Part]:
    """The reason in one or two sentences, with the clause in words."""
    found = reasons(trace)[:2]
    if not found:
        return
    clauses = {line.clause: line.clause_text for line in found}
    told = [
        gettext("“{policy}”, clause {clause}: {text}").format(policy=policy, clause=code, text=text)
        for code, text in clauses.items()
    ]
    sentences = gettext("; ").join(line.text for line in found)
    yield Part(
        gettext("Why"), (sentences + gettext("."), *told, *filter(None, [lost_text(trace, readable(policy))]))
    )


def _refusal(row: Application) -> dict[str, Any]:
    """The office's own reason, told like a policy's."""
    document = readable(row.policy)
    clause = document.clauses.get(row.clause) if document else None
    words = {"en": row.refusal.rstrip("。. "), "zh": row.refusal.rstrip("。. ")}
    text = {"en": clause.label.en, "zh": clause.label.zh} if clause else {"en": "", "zh": ""}
    return {"steps": [{"why": words, "clause": {"code": row.clause, **text}, "inputs": []}]}


def _looked_at(
    trace: Mapping[str, Any], policy: PolicyVersion, known: Mapping[str, Origin]
) -> Iterable[Part]:
    lines = facts_of(trace, readable(policy), known, inside=False)
    if lines:
        told = tuple(_fact(line.name, line.value, line.origin) for line in lines)
        yield Part(gettext("What was taken into account"), told, listed=True)


def _fact(name: str, value: str, origin: str) -> str:
    return gettext("{name}: {value} ({origin})").format(name=name, value=value, origin=origin)


def _after_granting(state: str, notice: Notice | None) -> Iterable[Part]:
    if notice is not None and state == ApplicationState.NOTICED:
        text = gettext(
            "The decision is on public notice until {day}. It then comes into force; you need not do anything."
        )
        yield Part(gettext("What happens next"), (text.format(day=day_words(notice.until)),))


def _objecting() -> Iterable[Part]:
    text = gettext("If something in this letter is wrong, say so to {to}, {how}.")
    yield Part(
        gettext("If you do not agree"), (text.format(how=say(book().object_how), to=say(book().object_to)),)
    )


def _appealing(until: str) -> Iterable[Part]:
    appeals = book().appeals
    text = gettext("You may appeal until {day} to {to}, {how}.")
    lines = [text.format(day=until, how=say(appeals.how), to=say(appeals.to))]
    if appeals.assumed:
        lines.append(gettext("Where the law or the city gives you more time, that time counts."))
    yield Part(gettext("If you do not agree"), tuple(lines))


def _correcting() -> Part:
    text = gettext(
        "If something in this letter is wrong or has changed, please tell us, so that it can be corrected."
    )
    return Part(gettext("If you do not agree"), (text,))


def _asking() -> Part:
    return Part(
        gettext("If you have questions"),
        (gettext("Please ask {contact}.").format(contact=say(book().contact)),),
    )


def _amount(trace: Mapping[str, Any], policy: PolicyVersion) -> Iterable[Part]:
    if amount := paid_of(trace, readable(policy)):
        text = gettext("From what is known today it is {amount}.")
        yield Part(gettext("How much"), (text.format(amount=amount),))
    yield from _why(trace, policy)


def _resuming(row: Grant) -> Iterable[Part]:
    if row.why == LIFE:
        text = gettext(
            "Complete a life certification with your identity card; if you cannot come, ask for a home visit."
        )
        yield Part(gettext("How to resume it"), (text,))
        return
    papers = [say(paper) for paper in book().of(row.benefit).documents]
    if papers:
        yield Part(gettext("What to bring to resume it"), tuple(papers), listed=True)


def _trace(person: Person, benefit: str, day: date) -> dict[str, Any]:
    """What the policy says today; empty where it no longer says anything."""
    try:
        the_benefit(benefit, person, day)
    except Refused:
        return {}
    outcome = look(person, benefit, day).outcome
    return outcome.as_data() if outcome else {}


def _row(one: Standing) -> Row:
    benefit, outcome = one.look.benefit, one.look.outcome
    trace = outcome.as_data() if outcome else {}
    amount = paid_of(trace, benefit.document)
    said = gettext("; ").join(line.text for line in reasons(trace)[:2])
    if one.grant is not None:
        since = gettext("from {month} on").format(month=month_words(one.grant.from_month))
        if one.grant.state == GrantState.IN_FORCE:
            return Row(benefit.name, str(one.grant.get_state_display()), amount, since)
        why = reason_text(one.grant.why)
        return Row(benefit.name, str(one.grant.get_state_display()), "", f"{since} · {why}")
    if one.application is not None:
        return Row(benefit.name, gettext("Applied for"), amount, str(one.application.get_state_display()))
    if outcome is None:
        return Row(benefit.name, gettext("Cannot be determined"), "", "")
    if outcome.pending:
        papers = [label_of(paper) for paper in trace["bring"]]
        text = gettext("Please bring: {papers}").format(papers=gettext(", ").join(papers))
        return Row(benefit.name, gettext("A document is missing"), "", text)
    if amount:
        unasked = book().of(benefit.code).mode == SILENT
        note = (
            gettext("Granted automatically; no application needed")
            if unasked
            else gettext("You can apply for it.")
        )
        return Row(benefit.name, gettext("Possible"), amount, note)
    return Row(
        benefit.name,
        gettext("Not entitled"),
        "",
        " ".join(filter(None, (said, lost_text(trace, benefit.document)))),
    )


def _assumed(trace: Mapping[str, Any], *, appeal: bool) -> Iterable[str]:
    for entry in trace.get("assumed", ()):
        yield label_of(dict(entry))
    if appeal and book().appeals.assumed:
        yield gettext("Appeal period")
