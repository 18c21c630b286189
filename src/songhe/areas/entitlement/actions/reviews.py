"""The monthly review: what changed for those whose grants are in force, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.actions.grants import (
    end_at_death,
    plain_basis,
    stop_grant,
    suspend_grant,
)
from songhe.areas.entitlement.models import (
    Finding,
    FindingKind,
    FindingState,
    Grant,
    GrantState,
    HolderKind,
    LifeCheck,
)
from songhe.areas.entitlement.reasons import choices_for
from songhe.areas.entitlement.terms import book
from songhe.areas.registry.api import Death, deaths_of, suspected
from songhe.core.codes.region import is_within
from songhe.core.days import month_after, month_of
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.engines.policies.api import document_of
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

Area = Annotated[Region, Field(label=_("Region"))]
Remark = Annotated[str, Field(label=_("Note"), long=True, size=400)]
REASON_OF = {
    FindingKind.DIED: "deceased",
    FindingKind.MOVED_OUT: "moved_out",
    FindingKind.STATUS_LOST: "status_lost",
    FindingKind.LEVEL: "status_lost",
    FindingKind.FACT: "status_lost",
    FindingKind.NOT_ENTITLED: "status_lost",
    FindingKind.DUPLICATE: "duplicate",
    FindingKind.LIFE: "life_certification",
}


@act("entitlement.review")
def review_region(*, actor: Actor, at: datetime, region: Area) -> Job:
    """Go through the grants in force of a region; what changed comes onto the worklist."""
    if not actor.scope("entitlement.review").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    return start("entitlement.review", {"region": region.pk}, actor=actor, at=at, key=str(region.pk))


@act("entitlement.suspend")
def suspend_found(
    finding: Finding,
    *,
    actor: Actor,
    at: datetime,
    from_month: Annotated[date, Field(label=_("From month"), help=_("Any day of the month."))],
    note: Remark = "",
) -> Finding:
    """Suspend the grant for what was found."""
    _open(finding)
    why = REASON_OF.get(FindingKind(finding.kind), "other")
    why = why if why in dict(choices_for("suspend")(None, None)) else "other"
    suspend_grant(finding.grant, actor=actor, at=at, from_month=from_month, why=why, note=note)
    return _decide(finding, FindingState.SUSPENDED, note, actor, at)


@act("entitlement.suspend")
def stop_found(
    finding: Finding,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("On"), help=_("The day on which the reason arose."))],
    note: Remark = "",
) -> Finding:
    """Stop the grant for what was found."""
    _open(finding)
    why = REASON_OF.get(FindingKind(finding.kind), "other")
    why = why if why in dict(choices_for("stop")(None, None)) else "other"
    stop_grant(finding.grant, actor=actor, at=at, on=on, why=why, note=note)
    return _decide(finding, FindingState.STOPPED, note, actor, at)


@act("entitlement.review")
def keep(
    finding: Finding,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=400)],
) -> Finding:
    """Keep the grant as it is, with the reason; the same change is not listed again."""
    _open(finding)
    return _decide(finding, FindingState.KEPT, reason, actor, at)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed. ``sign`` names it, so that it is listed once."""

    kind: FindingKind
    sign: str
    detail: dict[str, Any] = field(default_factory=dict)


def review(grants: Sequence[Grant], *, actor: Actor, at: datetime) -> int:
    """Compare what is known today with what was known when the grants were made; how many findings are open.

    A finding whose cause is gone is settled by itself, one that comes back is opened again. Nothing is listed twice.
    """
    today = timezone.localdate(at)
    persons = {grant.person.pk: grant.person for grant in grants if grant.person is not None}
    facts, deaths = queries.known(persons.values(), today), deaths_of(persons)
    twins, said = suspected(persons), queries.looks(persons.values(), today)
    next_month = queries.looks(persons.values(), month_after(today))
    life = queries.life_due(persons, today + timedelta(days=book().life.remind_days))
    opened = 0
    for grant in grants:
        if grant.person is None or _is_dead(grant, actor, at):
            continue
        key = grant.person.pk
        seen = _Seen(grant, facts[key], said[key], next_month[key], deaths.get(key), twins.get(key, []), life)
        opened += _list(grant, list(seen.changes()), at)
    return opened


def to_review(rows: Any) -> Any:
    """The grants that a review goes through: those that are not over."""
    return (
        rows.filter(holder_kind=HolderKind.PERSON)
        .exclude(state=GrantState.STOPPED)
        .filter(Q(until_month=None))
        .select_related("person", "policy")
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """One grant beside everything that is known today."""

    grant: Grant
    known: queries.Known
    looks: list[queries.Look]
    ahead: list[queries.Look]
    death: Death | None
    twins: list[UUID]
    life: Mapping[UUID, LifeCheck]

    def changes(self) -> Iterator[Change]:
        """What changed, each once."""
        if self.death is not None:
            yield Change(FindingKind.DIED, str(self.death.pk), {"on": self.death.died_on.isoformat()})
        home = self.known.person.household_region_id or self.known.person.region_id
        if not is_within(home, self.grant.policy.region_id):
            yield Change(FindingKind.MOVED_OUT, str(home), {"region": home})
            return
        yield from self._facts()
        yield from self._decision()
        for twin in self.twins:
            yield Change(FindingKind.DUPLICATE, str(twin), {"suspect": str(twin)})
        due = self.life.get(self.known.person.pk)
        if due is not None and self.grant.benefit in book().life.benefits:
            yield Change(FindingKind.LIFE, str(due.pk), {"on": due.due_on.isoformat()})

    def _facts(self) -> Iterator[Change]:
        document = document_of(self.grant.policy)
        now, then = plain_basis(self.known, document), self.grant.basis
        for tag in sorted(set(then.get("tags", ())) - set(now["tags"])):
            label = document.tags[tag].label if tag in document.tags else None
            yield Change(FindingKind.STATUS_LOST, tag, {"en": label.en, "zh": label.zh} if label else {})
        for code, old in then.get("facts", {}).items():
            new = now["facts"].get(code, old)
            if new != old and code in document.facts:
                kind = FindingKind.LEVEL if code == "level" else FindingKind.FACT
                label = document.facts[code].label
                detail = {"en": label.en, "zh": label.zh, "before": old, "now": new}
                yield Change(kind, f"{code}:{old}>{new}"[:64], detail)

    def _decision(self) -> Iterator[Change]:
        now, then = self._said(self.looks), self._said(self.ahead)
        if now is not None and now.outcome is not None and now.outcome.value == 0:
            step = now.outcome.reasons[0] if now.outcome.reasons else None
            why = {"en": step.why.en, "zh": step.why.zh} if step else {}
            yield Change(FindingKind.NOT_ENTITLED, f"{step.clause}:{step.index}" if step else "none", why)
        if now is None or then is None or now.outcome is None or then.outcome is None:
            return
        if now.outcome.value and then.outcome.value is not None and _of_age(now, then):
            reasons = then.outcome.reasons
            detail = {"before": now.outcome.value, "now": then.outcome.value, "unit": now.outcome.rule.unit}
            if reasons:
                detail |= {"en": reasons[0].why.en, "zh": reasons[0].why.zh}
            yield Change(FindingKind.AGE, f"{now.outcome.value}>{then.outcome.value}", detail)

    def _said(self, looks: list[queries.Look]) -> queries.Look | None:
        return next((one for one in looks if one.benefit.code == self.grant.benefit), None)


def _of_age(now: queries.Look, then: queries.Look) -> bool:
    """Whether another case decides next month: amounts by days of the month are no change."""
    assert now.outcome is not None
    assert then.outcome is not None
    return [(s.rule.code, s.index) for s in now.outcome.reasons] != [
        (s.rule.code, s.index) for s in then.outcome.reasons
    ] or (now.outcome.value != then.outcome.value and now.outcome.rule.unit == "fen")


def _is_dead(grant: Grant, actor: Actor, at: datetime) -> bool:
    """A death that was confirmed while nobody stopped the grant is made good here."""
    person = grant.person
    if person is None or person.is_living:
        return False
    if person.died_on is not None:
        death = Death(person=person, died_on=person.died_on)
        end_at_death(person, death, actor, at)
        return True
    return False


def _list(grant: Grant, changes: Sequence[Change], at: datetime) -> int:
    known = {(row.kind, row.sign): row for row in Finding.everywhere.filter(grant=grant)}
    wanted = {(change.kind.value, change.sign): change for change in changes}
    for key, row in known.items():
        if key not in wanted and row.state == FindingState.OPEN:
            row.state, row.decided_at = FindingState.GONE, at
            row.save(update_fields=["state", "decided_at"])
        elif key in wanted and row.state == FindingState.GONE:
            row.state, row.decided_at, row.found_at = FindingState.OPEN, None, at
            row.save(update_fields=["state", "decided_at", "found_at"])
    Finding.everywhere.bulk_create(
        [
            Finding(
                grant=grant,
                person_id=grant.person_id,
                holder_id=grant.holder_id,
                region_id=grant.region_id,
                month=month_of(timezone.localdate(at)),
                kind=change.kind,
                sign=change.sign,
                detail=change.detail,
                found_at=at,
            )
            for key, change in wanted.items()
            if key not in known
        ],
        ignore_conflicts=True,
    )
    return sum(1 for key in wanted if key not in known or known[key].state == FindingState.OPEN)


def _open(finding: Finding) -> None:
    if finding.state != FindingState.OPEN:
        raise Refused("entitlement.finding_decided", "This was decided already. Load the page again.")


def _decide(finding: Finding, state: FindingState, note: str, actor: Actor, at: datetime) -> Finding:
    finding.state, finding.note = state, normalise(note, lines=True)[:400]
    finding.decided_at, finding.decided_by_id, finding.decided_by = at, actor.id, actor.name[:80]
    finding.save()
    add_detail(grant=str(finding.grant_id))
    return finding
