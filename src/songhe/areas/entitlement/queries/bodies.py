"""Who applies for facilities, organisations and workers, what their benefits ask, and what policies say to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from songhe.areas.entitlement.models import BodyApplication, BodyKind, BodyPaper, BodyState, Shown
from songhe.areas.entitlement.queries.benefits import Benefit
from songhe.areas.entitlement.rules import is_rural
from songhe.areas.entitlement.rules.bodies import asked, plain, typed, whose
from songhe.areas.entitlement.terms import SILENT, book
from songhe.areas.providers.api import Facility, Organisation, Worker
from songhe.core.refusal import Hidden, Refused
from songhe.core.rules import FactValue, Outcome, Tags, decide, program, received
from songhe.core.rules.document import Fact
from songhe.engines.access.api import Actor, Scope, elevated
from songhe.engines.policies import api as policies
from songhe.engines.regions.models import Region

CLAIM = "entitlement.claim"
ENDED = (BodyState.GRANTED, BodyState.REFUSED, BodyState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Body:
    """A facility, an organisation or a worker that may receive a benefit."""

    kind: BodyKind
    row: Any

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.row.pk}"

    @property
    def organisation_id(self) -> UUID:
        """The organisation it is or belongs to."""
        found: UUID = self.row.pk if self.kind == BodyKind.ORGANISATION else self.row.organisation_id
        return found

    @property
    def region_id(self) -> int:
        """Where it is, whose policies hold for it."""
        return int(self.row.region_id)

    def __str__(self) -> str:
        return f"{self.row} · {self.kind.label}"


MODELS: Mapping[BodyKind, Any] = {
    BodyKind.FACILITY: Facility,
    BodyKind.ORGANISATION: Organisation,
    BodyKind.WORKER: Worker,
}


def bodies(user: Actor) -> list[Body]:
    """Everything that a user may apply for: the own organisation, its facilities and its workers."""
    scope = user.scope(CLAIM)
    return [
        Body(kind, row)
        for kind, model in MODELS.items()
        for row in model.objects.within(scope).order_by("name", "id")[:500]
    ]


def the_body(key: str, scope: Scope) -> Body:
    """One of them by its key; hidden where it is elsewhere or nowhere."""
    kind, _colon, pk = key.partition(":")
    try:
        return Body(BodyKind(kind), MODELS[BodyKind(kind)].objects.take(UUID(pk), scope))
    except ValueError:
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=Organisation._meta.verbose_name,
        ) from None


def body_of(row: BodyApplication) -> Body:
    """Who applied, as the register has it now."""
    with elevated():  # whoever reaches the application may read what the register says of its applicant
        return Body(
            BodyKind(row.holder_kind), MODELS[BodyKind(row.holder_kind)].everywhere.get(pk=row.holder_id)
        )


@dataclass(frozen=True, slots=True)
class Registered:
    """A body as money is paid to it. ``account_name``: its own name for a worker, else its organisation's, which is the
    legal person. ``until``: when it closed or left."""

    kind: str
    id: UUID
    organisation_id: UUID
    region_id: int
    name: str
    account_name: str
    until: date | None


def registered_as(kind: str, ids: Collection[UUID]) -> dict[UUID, Registered]:
    """Bodies of one kind by their ids."""
    model = MODELS[BodyKind(kind)]
    join = () if kind == BodyKind.ORGANISATION else ("organisation",)
    found: dict[UUID, Registered] = {}
    with elevated():  # whoever pays a body may know to whom its account belongs
        for row in model.everywhere.filter(pk__in=ids).select_related(*join):
            body = Body(BodyKind(kind), row)
            legal = row.organisation if kind == BodyKind.FACILITY else row
            until = getattr(row, "until", None)
            found[row.pk] = Registered(
                kind, row.pk, body.organisation_id, body.region_id, row.name, legal.name, until
            )
    return found


def body_benefits(kind: str, region: int, day: date) -> list[Benefit]:
    """What the policies in force somewhere grant to one kind of body on application."""
    found = []
    for version, document in policies.at(day, region):
        found += [
            Benefit(version, document, rule)
            for rule in program(document, on=day, region=region).grants
            if whose(document, rule) == kind and book().of(rule.code).mode != SILENT
        ]
    return found


def the_body_benefit(code: str, body: Body, day: date) -> Benefit:
    """One of a body's benefits by its code; refused where there is none."""
    for found in body_benefits(body.kind, body.region_id, day):
        if found.code == code:
            return found
    raise Refused(
        "entitlement.no_such_body_benefit",
        "No policy in force there grants this benefit to this applicant. Choose another one.",
        field="benefit",
    )


def registered(body: Body, day: date) -> dict[str, FactValue]:
    """What the register of providers knows of a body, by the names that policies use."""
    row = body.row
    dated = of_register(body, day)
    if body.kind == BodyKind.FACILITY:
        operates = row.operates(day)
        return dated | {
            "beds": row.beds,
            "nursing_beds": row.nursing_beds,
            "area_m2": row.area_m2,
            "operates": operates,
        }
    if body.kind == BodyKind.WORKER:
        return dated
    sites = Facility.everywhere.filter(organisation=row, state="active", until=None)
    return dated | {
        "facilities": sites.count(),
        "beds": int(sites.aggregate(total=Sum("beds"))["total"] or 0),
    }


def of_register(body: Body, day: date, region: Region | None = None) -> dict[str, FactValue]:
    """What the register knows of a body for any day, now or long ago. How many beds there were then it does not know."""
    row = body.row
    region = region or Region.objects.get(pk=row.region_id)
    rural = is_rural(row.region_id, region.is_urban)
    shared: dict[str, FactValue] = {"rural": rural, "village": rural, "since": row.since}
    if body.kind == BodyKind.FACILITY:
        own: dict[str, FactValue] = {
            "opened_on": row.since,
            "kind": row.kind,
            "ownership": row.ownership or None,
        }
    elif body.kind == BodyKind.WORKER:
        own = {"employed": row.employed(day), "certified": row.certified(day)}
    else:
        own = {"registered_on": row.since}
    return shared | own


def facts_known(body: Body, benefit: Benefit, day: date) -> dict[str, FactValue]:
    """Those facts of a benefit that the register knows, each of the kind and in the bounds that the policy names."""
    known = registered(body, day)
    found: dict[str, FactValue] = {}
    for fact in asked(benefit.document, benefit.rule):
        value = typed(fact, plain(known.get(fact.code)))
        if value is not None and not (fact.kind == "whole" and not fact.least <= int(value) <= fact.most):  # type: ignore[arg-type]
            found[fact.code] = value
    return found


def facts_asked(body: Body, benefit: Benefit, day: date) -> tuple[Fact, ...]:
    """Those that the applicant has to tell."""
    known = facts_known(body, benefit, day)
    return tuple(fact for fact in asked(benefit.document, benefit.rule) if fact.code not in known)


def look_at(body: Body, benefit: Benefit, told: Mapping[str, FactValue], day: date, month: date) -> Outcome:
    """What a policy says on a day to a body, about a month, with what the register knows and the applicant told."""
    facts: dict[str, FactValue] = {"tags": Tags(frozenset()), **told, **facts_known(body, benefit, day)}
    rules = program(benefit.document, on=day, region=body.region_id)
    for rule in benefit.document.rules:
        if rule.once_per:
            facts[received(rule.code)] = _received(body, rule.code, rule.once_per, month)
    facts = {code: value for code, value in facts.items() if code == "tags" or code in benefit.document.facts}
    return decide(rules, benefit.code, facts, month=month)


def _received(body: Body, rule: str, once_per: str, month: date) -> int:
    """What was granted to a body otherwise: for any month of the month's year, or ever."""
    rows = BodyApplication.everywhere.filter(holder_id=body.row.pk, rule=rule, state=BodyState.GRANTED)
    if once_per == "year":
        rows = rows.filter(from_month__year=month.year)
    with elevated():
        return int(rows.aggregate(total=Sum("amount"))["total"] or 0)


def open_for(body: Body, rule: str) -> BodyApplication | None:
    """An application of a body for a benefit that is not decided yet."""
    rows = BodyApplication.everywhere.filter(holder_id=body.row.pk, rule=rule)
    found: BodyApplication | None = rows.exclude(state__in=ENDED).first()
    return found


def in_state(scope: Scope, state: BodyState) -> QuerySet[BodyApplication]:
    """Applications of a scope in one state, the oldest deadline first."""
    rows: QuerySet[BodyApplication] = BodyApplication.objects.within(scope).filter(state=state)
    return rows.order_by("due_at", "id")


def papers_open(row: BodyApplication) -> list[BodyPaper]:
    """The papers that nobody has shown yet."""
    return list(BodyPaper.everywhere.filter(application=row, shown=Shown.OPEN).order_by("rank"))


def body_paper_choices(row: BodyApplication, _user: Any) -> list[tuple[str, str]]:
    """The papers of an application, those not shown yet first."""
    papers = sorted(row.papers.all(), key=lambda paper: (paper.shown != Shown.OPEN, paper.rank))
    return [(str(paper.pk), str(paper)) for paper in papers]
