"""Comparing lists of other departments with the registry, and deciding what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.actions.grants import stop_grant
from songhe.areas.entitlement.departments import Department, departments
from songhe.areas.entitlement.models import (
    DepartmentList,
    GrantState,
    ListEntry,
    Mismatch,
    MismatchKind,
    MismatchState,
    Said,
)
from songhe.areas.registry.api import (
    Death,
    Person,
    Source,
    deaths_of,
    report_death,
    tag,
    tagged,
    tags_on,
    terms,
    untag,
)
from songhe.core.codes.region import span
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scope
from songhe.engines.acts.api import act, add_detail, record_bulk
from songhe.engines.acts.once import digest_of
from songhe.kit.fields import Field

K = MismatchKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference about one person; ``sign`` names it, so that it is listed once."""

    person_id: UUID
    kind: MismatchKind
    term: str = ""
    sign: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[UUID, str, str, str]:
        """By what it is known."""
        return self.person_id, self.kind.value, self.term, self.sign


def compare(of: DepartmentList, *, scope: Scope, actor: Actor, at: datetime) -> int:
    """Put on the worklist where a list and the registry differ; how many wait. Again, it adds nothing.

    A difference whose cause is gone is settled by itself. One that was decided is not listed again.
    """
    entries = list(ListEntry.everywhere.filter(of=of).select_related("person").order_by("pk"))
    found = {one.key: one for one in _differences(of, entries, scope)}
    inside = Mismatch.everywhere.filter(source=of.source).within_region(*span(of.region_id))
    known = {(row.person_id, row.kind, row.term, row.sign): row for row in inside}
    gone = [row.pk for key, row in known.items() if key not in found and row.state == MismatchState.OPEN]
    back = [row.pk for key, row in known.items() if key in found and row.state == MismatchState.GONE]
    Mismatch.everywhere.filter(pk__in=gone).update(state=MismatchState.GONE, decided_at=at)
    Mismatch.everywhere.filter(pk__in=back).update(state=MismatchState.OPEN, decided_at=None, found_at=at)
    fresh = [one for key, one in found.items() if key not in known]
    _keep(of, fresh, at)
    DepartmentList.everywhere.filter(pk=of.pk).update(compared_at=at)
    record_bulk(
        "entitlement.compare",
        model=Mismatch,
        count=len(fresh),
        digest=digest_of([str(of.pk), sorted(map(str, found))]),
        actor=actor,
        at=at,
        region_id=of.region_id,
    )
    return int(inside.filter(state=MismatchState.OPEN).count())


@act("entitlement.compare")
def confirm(
    mismatch: Mismatch,
    *,
    actor: Actor,
    at: datetime,
    note: Annotated[str, Field(label=_("Note"), size=400)] = "",
) -> Mismatch:
    """Find the list right: the registry learns it from the department, as of the list's day; grants follow.

    A death is reported to the registry, where somebody else confirms it.
    """
    _open(mismatch)
    _written(mismatch, actor=actor, at=at)
    return _decide(mismatch, MismatchState.CONFIRMED, note, actor, at)


@act("entitlement.compare")
def reject(
    mismatch: Mismatch,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=400)],
) -> Mismatch:
    """Find the registry right, with the reason; the same difference is not listed again."""
    _open(mismatch)
    return _decide(mismatch, MismatchState.REJECTED, reason, actor, at)


def _differences(of: DepartmentList, entries: list[ListEntry], scope: Scope) -> Iterator[Difference]:
    kind = departments()[of.source]
    people = {entry.person_id: entry.person for entry in entries}
    paid = queries.with_grants(people, of.as_of)
    reported = deaths_of(people)
    for entry in entries:
        if entry.said == Said.DEAD and people[entry.person_id].is_living and entry.person_id not in reported:
            on = (entry.on or of.as_of).isoformat()
            yield Difference(entry.person_id, K.DECEASED, sign=on, detail={"on": on})
        elif entry.said == Said.MOVED and entry.person_id in paid:
            on = (entry.on or of.as_of).isoformat()
            yield Difference(entry.person_id, K.MOVED_OUT, sign=on, detail={"on": on})
    if kind.terms:
        yield from _of_tags(of, kind, entries, scope)


def _of_tags(
    of: DepartmentList, kind: Department, entries: list[ListEntry], scope: Scope
) -> Iterator[Difference]:
    living = [entry for entry in entries if entry.said == Said.TAG and entry.person.is_living]
    held = tags_on({entry.person_id for entry in living}, of.as_of)
    listed: dict[str, set[UUID]] = defaultdict(set)
    for entry in living:
        listed[entry.term].add(entry.person_id)
        own = held.get(entry.person_id, {})
        since = (entry.on or of.as_of).isoformat()
        if entry.term not in own:
            told = {"grade": entry.grade, "since": since}
            yield Difference(entry.person_id, K.NO_TAG, entry.term, entry.grade, told)
        elif entry.grade and own[entry.term] != entry.grade:
            told = {"grade": entry.grade, "before": own[entry.term]}
            yield Difference(entry.person_id, K.OTHER_GRADE, entry.term, entry.grade, told)
    yield from _excluding(listed)
    for term in kind.terms:
        if not listed[term]:
            continue  # a list that says nothing of a status says nothing about who lost it
        rows = Person.objects.within(scope).within_region(*span(of.region_id))
        gone = rows.filter(state="alive", pk__in=tagged(term, of.as_of)).exclude(pk__in=listed[term])
        for key in gone.values_list("pk", flat=True):
            yield Difference(key, K.NO_ENTRY, term, of.as_of.isoformat()[:7])


def _excluding(listed: Mapping[str, set[UUID]]) -> Iterator[Difference]:
    for term, people in listed.items():
        for other in terms()[term].excludes:
            if term < other:
                for key in people & listed.get(other, set()):
                    yield Difference(key, K.DUPLICATE, term, other, {"other": other})


def _keep(of: DepartmentList, fresh: Iterable[Difference], at: datetime) -> None:
    fresh = list(fresh)
    regions = dict(
        Person.everywhere.filter(pk__in={one.person_id for one in fresh}).values_list("pk", "region_id")
    )
    paid = queries.with_grants(regions, of.as_of)
    Mismatch.everywhere.bulk_create(
        [
            Mismatch(
                of=of,
                source=of.source,
                person_id=one.person_id,
                region_id=regions[one.person_id],
                kind=one.kind,
                term=one.term,
                sign=one.sign,
                detail=dict(one.detail),
                paid=one.person_id in paid,
                as_of=of.as_of,
                found_at=at,
            )
            for one in fresh
            if one.person_id in regions
        ],
        batch_size=1_000,
        ignore_conflicts=True,
    )


def _written(mismatch: Mismatch, *, actor: Actor, at: datetime) -> None:
    kind, person, told = departments()[mismatch.source], mismatch.person, mismatch.detail
    where = f"{kind.label.zh} {mismatch.as_of.isoformat()}"
    if mismatch.kind == K.DECEASED:
        source = Death.Source(kind.death or Death.Source.POLICE)
        on = date.fromisoformat(told["on"])
        report_death(person, actor=actor, at=at, died_on=on, source=source, note=where)
    elif mismatch.kind == K.MOVED_OUT:
        on = min(date.fromisoformat(told["on"]), timezone.localdate(at))
        for grant in queries.grants_of(person.pk).exclude(state=GrantState.STOPPED):
            stop_grant(grant, actor=actor, at=at, on=on, why="moved_out", note=where)
    elif mismatch.kind in (K.NO_TAG, K.OTHER_GRADE):
        grade = f"{mismatch.term}:{told['grade']}" if told.get("grade") else None
        tag(
            person,
            actor=actor,
            at=at,
            tag=mismatch.term,
            grade=grade,
            since=mismatch.as_of,
            source=Source.AUTHORITY,
            where_from=where,
        )
    elif mismatch.kind == K.NO_ENTRY:
        untag(person, actor=actor, at=at, tag=mismatch.term, on=mismatch.as_of, where_from=where)


def _open(mismatch: Mismatch) -> None:
    if mismatch.state != MismatchState.OPEN:
        raise Refused("entitlement.mismatch_decided", "This was decided already. Load the page again.")


def _decide(mismatch: Mismatch, state: MismatchState, note: str, actor: Actor, at: datetime) -> Mismatch:
    mismatch.state, mismatch.note = state, normalise(note, lines=True)[:400]
    mismatch.decided_at, mismatch.decided_by_id, mismatch.decided_by = at, actor.id, actor.name[:80]
    mismatch.save()
    add_detail(list=str(mismatch.of_id))
    return mismatch
