"""Tags, and other facts that workers state."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import writing
from songhe.areas.registry.models import Fact, Kind, Person, Source
from songhe.areas.registry.models.terms import Term, term, terms
from songhe.areas.registry.queries.facts import current, tags_on
from songhe.core.dated import ABSENT, Span
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field


def _choices(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(found.code, found.label) for found in terms().values()]


def _grades(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [
        (f"{found.code}:{grade[0]}", f"{found.label} · {found.grade_label(grade[0])}")
        for found in terms().values()
        for grade in found.grades
    ]


def _held(row: Any, _user: Any) -> list[tuple[str, str]]:
    rows = Fact.everywhere.filter(person=row, kind=Kind.TAG, recorded_until=None, valid_to=None)
    return [(code, term(code).label) for code in rows.values_list("term", flat=True).distinct()]


@act("registry.tag")
def tag(  # noqa: PLR0913  the form asks for each
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    tag: Annotated[str, Field(label=_("Tag"), choices=_choices)],
    grade: Annotated[str | None, Field(label=_("Grade"), choices=_grades)] = None,
    since: Annotated[date | None, Field(label=_("Since"))] = None,
    until: Annotated[
        date | None, Field(label=_("Until"), help=_("The first day on which it is no longer valid."))
    ] = None,
    source: Annotated[Source, Field(label=_("Source"))] = Source.WORKER,
    where_from: Annotated[str, Field(label=_("Source details"), size=200)] = "",
) -> Person:
    """Let a tag hold from one day to another. Raises Refused for tags that exclude each other on those days."""
    found = term(tag)
    code = _own_grade(found, grade or "")
    if since and until and until <= since:
        raise Refused("tag_days", "The tag would end before it begins. Correct the days.", field="until")
    span = Span(since, until)
    for other in found.excludes:
        if any(known.span.overlaps(span) for known in current(person, Kind.TAG, other)):
            raise Refused(
                "tag_excluded",
                "“{tag}” and “{other}” cannot apply on the same day. End “{other}” first.",
                field="tag",
                rule="data/nation/tags.yaml",
                tag=found.label,
                other=term(other).label,
            )
    said = writing.Said(actor=actor, at=at, source=source, note=where_from)
    writing.state_fact(person, Kind.TAG, {"grade": code}, said, term=found.code, span=span)
    for other in _implied(found):
        if not any(known.span.covers(span) for known in current(person, Kind.TAG, other)):
            worked_out = writing.Said(actor=actor, at=at, source=Source.SYSTEM)
            writing.state_fact(person, Kind.TAG, {"grade": ""}, worked_out, term=other, span=span)
    add_detail(tag=found.code, grade=code, since=str(since or ""), until=str(until or ""))
    return person


@act("registry.tag")
def untag(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    tag: Annotated[str, Field(label=_("Tag"), choices=_held)],
    on: Annotated[date, Field(label=_("Ends on"), help=_("The first day on which it is no longer valid."))],
    where_from: Annotated[str, Field(label=_("Source details"), size=200)] = "",
) -> Person:
    """End a tag; the days before stay tagged."""
    said = writing.Said(actor=actor, at=at, note=where_from)
    if not writing.state_fact(person, Kind.TAG, ABSENT, said, term=tag, span=Span(on, None)):
        raise Refused("tag_absent", "The person does not have this tag on that day.", field="tag")
    add_detail(tag=tag, until=str(on), where_from=where_from)
    return person


@act("registry.tag")
def note(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    text: Annotated[str, Field(label=_("Note"), long=True)],
) -> Person:
    """Keep a note about the person; an earlier one stays in the history."""
    said = writing.Said(actor=actor, at=at)
    kept = normalise(text, lines=True)[:2000]
    writing.state_fact(person, Kind.NOTE, kept, said, span=Span(timezone.localdate(at), None))
    return person


def set_tags(person: Person, wanted: dict[str, str], said: writing.Said, *, day: date) -> bool:
    """Let tags (term → grade) and what they imply hold from a day on where they do not yet; ends none. Returns whether that
    was news."""
    held = tags_on([person.id], day).get(person.id, {})
    worked_out = replace(said, source=Source.SYSTEM, note="")
    told = [(code, grade, said) for code, grade in wanted.items()]
    told += [(code, "", worked_out) for code in implied(wanted)]
    news = False
    for code, grade, by in told:
        if code in held and (held[code] == grade or not grade):
            continue
        news |= writing.state_fact(person, Kind.TAG, {"grade": grade}, by, term=code, span=Span(day, None))
    return news


def implied(codes: Collection[str]) -> list[str]:
    """What some tags imply beyond themselves, at whatever remove."""
    found = {other for code in codes for other in _implied(term(code))}
    return sorted(found - set(codes))


def excluded(codes: Iterable[str], held: Container[str]) -> tuple[Term, Term] | None:
    """A tag and one that is held although it cannot hold on the same day."""
    pairs = ((term(code), term(other)) for code in codes for other in term(code).excludes if other in held)
    return next(pairs, None)


def _own_grade(found: Term, chosen: str) -> str:
    code, _colon, grade = chosen.rpartition(":")
    if code and code != found.code:
        raise Refused(
            "tag_grade_other",
            "This grade belongs to another tag. Choose a grade of “{tag}”.",
            field="grade",
            tag=found.label,
        )
    found.check(grade)
    return grade


def _implied(found: Term) -> list[str]:
    out: list[str] = []
    wanted = list(found.implies)
    while wanted:
        code = wanted.pop()
        if code not in out:
            out.append(code)
            wanted += term(code).implies
    return out
