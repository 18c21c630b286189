"""Everything a person is entitled to, with its reasons, where the facts come from, and what changes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q

from songhe.areas.entitlement.models import Application, Grant, HolderKind
from songhe.areas.entitlement.queries.benefits import Look, home_of, looks
from songhe.areas.entitlement.queries.courses import asked
from songhe.areas.entitlement.queries.months import Known, known
from songhe.areas.entitlement.queries.origins import Origin, origins
from songhe.areas.registry.api import Person, terms
from songhe.core.days import month_of
from songhe.core.rules import Asked, Change, Supposed, Tags, ahead, supposed


@dataclass(frozen=True, slots=True)
class Standing:
    """One benefit of a person: what the policy says today, the grant or the open application, and what changes."""

    look: Look
    grant: Grant | None
    application: Application | None
    changes: tuple[Change, ...] = ()

    @property
    def rank(self) -> int:
        """What somebody has comes first, then what waits, what could be, and last what is not given."""
        held = (self.grant is not None, self.application is not None, self.look.granted, self.look.pending)
        return next((place for place, true in enumerate(held) if true), len(held))


@dataclass(frozen=True, slots=True)
class Explained:
    """A person's benefits on a day. ``coming``: changes of benefits that no policy grants yet."""

    person: Person
    day: date
    standings: tuple[Standing, ...]
    origins: Mapping[str, Origin]
    coming: tuple[Change, ...]
    supposed: tuple[Supposed, ...]


def standings(
    person: Person, day: date, *, facts: Mapping[UUID, Known] | None = None
) -> tuple[Standing, ...]:
    """Every benefit at a person's home, and how it stands; what somebody has comes first."""
    grants, applied = _grants(person, day), _applied(person)
    found = looks([person], day, facts=facts)[person.pk]
    told = [Standing(one, grants.get(one.benefit.code), applied.get(one.benefit.code)) for one in found]
    return tuple(sorted(told, key=lambda one: one.rank))


def explained(person: Person, day: date) -> Explained:
    """The whole explanation."""
    facts = known([person], day)
    found = standings(person, day, facts=facts)
    question: Asked = asked(facts[person.pk], day, home_of(person))
    changes = ahead(question, day)
    codes = {one.look.benefit.code for one in found}
    return Explained(
        person,
        day,
        tuple(
            Standing(
                one.look,
                one.grant,
                one.application,
                tuple(change for change in changes if change.rule.code == one.look.benefit.code),
            )
            for one in found
        ),
        origins(person, day),
        tuple(change for change in changes if change.rule.code not in codes),
        supposed(question, day, belongs),
    )


def belongs(tags: Tags, tag: str) -> Tags:
    """The tags of who comes to belong to one more group: what excludes it falls away, what it implies comes along."""
    term = terms().get(tag.partition(":")[0])
    gone = {tag.partition(":")[0], *(term.excludes if term else ())}
    kept = frozenset(one for one in tags.held if one.partition(":")[0] not in gone)
    come = {tag, tag.partition(":")[0], *(term.implies if term else ())}
    return Tags(kept | come, tags.unsure - come)


def _grants(person: Person, day: date) -> dict[str, Grant]:
    """By benefit, the grant that covers the month of a day or begins later; the first where there are several."""
    first = month_of(day)
    lasting = Q(until_month=None) | (Q(until_month__gt=first) & Q(until_month__gt=F("from_month")))
    rows = Grant.everywhere.filter(lasting, person=person, holder_kind=HolderKind.PERSON)
    return {row.benefit: row for row in rows.order_by("-from_month")}


def _applied(person: Person) -> dict[str, Application]:
    rows = Application.everywhere.filter(person=person)
    return {row.rule: row for row in rows.exclude(state__in=["granted", "refused", "withdrawn"])}
