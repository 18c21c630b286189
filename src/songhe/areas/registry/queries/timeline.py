"""Everything that happened to a person, fed by every area."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext

from songhe.areas.registry.models import Death, Enrolment, Fact, Kind, Merge, Move, Person
from songhe.areas.registry.models.terms import terms
from songhe.areas.registry.queries.having import Source, having, source
from songhe.engines.access.api import Scope, User, asked
from songhe.engines.regions.tree import name_of
from songhe.kit.days import begin_of

MOST = 60


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; ``tone`` is one of the tones of states."""

    at: datetime
    text: str
    note: str = ""
    url: str = ""
    tone: str = ""


Feeder = Callable[[Person, Scope], Iterable[Happening]]
FEEDERS: list[tuple[str, Source | None, Feeder]] = []


def timeline(
    right: str, model: type[Model] | None = None, *, by: str = "person_id"
) -> Callable[[Feeder], Feeder]:
    """Let an area tell what happened to a person: ``feeder(person, scope)`` gives happenings inside the scope.

    Those alone are told who hold the right, each inside the scope in which they hold it. A feeder that tells the rows
    of one table names it: it is asked only where the table has a row whose column ``by`` is the person.
    """

    def added(feeder: Feeder) -> Feeder:
        FEEDERS.append((right, source(model, by) if model else None, feeder))
        return feeder

    return added


def happenings(
    person: Person, user: User, *, most: int = MOST, found: frozenset[Source] | None = None
) -> list[Happening]:
    """The latest of what all areas may tell a user, newest first. ``found``: the sources that have a row of the person."""
    some = having(person) if found is None else found
    told = [
        one
        for right, table, feeder in FEEDERS
        if (table is None or table in some) and user.may(right)
        for one in feeder(person, user.scope(right))
    ]
    return sorted(told, key=lambda one: one.at, reverse=True)[:most]


@timeline("registry.view")
def _registered(person: Person, scope: Scope) -> Iterable[Happening]:
    yield Happening(person.created_at, gettext("Entry created"), name_of(person.region_id))


@asked
def _facts(person: UUID, scope: Scope) -> QuerySet[Fact]:
    return Fact.objects.within(scope).filter(person=person).order_by("-recorded_at")[:MOST]


@timeline("registry.view", Fact)
def _tags(person: Person, scope: Scope) -> Iterable[Happening]:
    for fact in _facts(person.pk, scope.shared):
        what = fact.get_kind_display()
        if fact.kind == Kind.TAG:
            known = terms().get(fact.term)
            what = known.label if known else fact.term
        days = " – ".join(str(day) if day else "…" for day in (fact.valid_from, fact.valid_to))
        ended = gettext("later corrected") if fact.recorded_until else ""
        note = " · ".join(part for part in (str(fact.get_source_display()), days, ended) if part)
        yield Happening(
            fact.recorded_at,
            gettext("Recorded: {what}").format(what=what),
            note,
            "",
            "muted" if ended else "",
        )


@timeline("registry.view", Move)
def _moves(person: Person, scope: Scope) -> Iterable[Happening]:
    for move in Move.objects.within(scope).filter(person=person):
        text = gettext("Transfer to {region}").format(region=name_of(move.to_region_id))
        yield Happening(move.decided_at or move.proposed_at, text, str(move.get_state_display()), "", "info")


@timeline("registry.view", Death)
def _deaths(person: Person, scope: Scope) -> Iterable[Happening]:
    for death in Death.objects.within(scope).filter(person=person):
        note = f"{death.get_state_display()} · {death.get_source_display()}"
        yield Happening(death.decided_at or death.reported_at, gettext("Death"), note, "", "danger")


@timeline("registry.view", Merge, by="kept_id")
def _merges(person: Person, scope: Scope) -> Iterable[Happening]:
    for done in Merge.objects.within(scope).filter(kept=person).select_related("gone"):
        yield Happening(
            done.merged_at, gettext("Another entry was merged into this one"), done.reason, "", "warn"
        )
        if done.undone_at:
            yield Happening(done.undone_at, gettext("The merge was undone"), "", "", "warn")


@timeline("registry.view", Enrolment)
def _enrolments(person: Person, scope: Scope) -> Iterable[Happening]:
    for row in Enrolment.objects.within(scope).filter(person=person):
        yield Happening(begin_of(row.since), gettext("Enrolled in the network"), row.agreement_no, "", "ok")
        if row.until:
            yield Happening(
                begin_of(row.until), gettext("Left the network"), str(row.get_leaving_display()), "", "muted"
            )
