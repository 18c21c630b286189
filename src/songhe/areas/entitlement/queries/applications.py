"""Reads of applications, and the choices that their forms offer."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.entitlement.models import (
    Application,
    ApplicationState,
    BodyApplication,
    Channel,
    Objection,
    Paper,
    Shown,
)
from songhe.areas.entitlement.queries.benefits import readable
from songhe.areas.entitlement.queries.policies import policies_for
from songhe.areas.entitlement.terms import SILENT, book
from songhe.engines.access.api import Relation, Scope, elevated, role
from songhe.kit.clock import today
from songhe.kit.words import is_chinese


def benefit_choices(_row: Any, user: Any) -> list[tuple[str, str]]:
    """The benefits that one may apply for somewhere in a user's area."""
    found: dict[str, str] = {}
    day: date = today()
    for version in policies_for(user.scope("entitlement.apply")).order_by("code"):
        document = readable(version)
        for rule in document.rules if document else ():
            is_for_persons = rule.grants and rule.beneficiary == "person"
            if is_for_persons and rule.holds(day) and book().of(rule.code).mode != SILENT:
                found[rule.code] = rule.label.zh if is_chinese() else rule.label.en
    return list(found.items())


def applicant_choices(user: Any) -> Channel:
    """How an application of this user comes in: by the family, by the village, or at a counter."""
    roles = [grant.role for grant in user.grants_in_force]
    if all(role(code).relation in (Relation.KIN, Relation.OWN) for code in roles):
        return Channel.FAMILY
    return Channel.VILLAGE if "village_officer" in roles else Channel.COUNTER


def paper_choices(row: Application, _user: Any) -> list[tuple[str, str]]:
    """The papers of an application that are not shown yet, then the others."""
    papers = sorted(row.papers.all(), key=lambda paper: (paper.shown != Shown.OPEN, paper.rank))
    return [(str(paper.pk), str(paper)) for paper in papers]


def open_papers(row: Application) -> QuerySet[Paper]:
    """The papers that nobody has shown yet."""
    rows: QuerySet[Paper] = Paper.everywhere.filter(application=row, shown=Shown.OPEN)
    return rows.order_by("rank")


def in_way(person_id: UUID, rule: str) -> Application | None:
    """An application of a person for a benefit that is not decided yet."""
    rows = Application.everywhere.filter(person_id=person_id, rule=rule)
    found: Application | None = rows.exclude(state__in=["granted", "refused", "withdrawn"]).first()
    return found


def _waiting(scope: Scope, state: ApplicationState) -> QuerySet[Application]:
    rows: QuerySet[Application] = Application.objects.within(scope).filter(state=state)
    return rows.select_related("person").order_by("due_at", "id")


def to_accept(scope: Scope) -> QuerySet[Application]:
    """Applications of a scope that nobody has taken up, the oldest deadline first."""
    return _waiting(scope, ApplicationState.FILED)


def to_verify(scope: Scope) -> QuerySet[Application]:
    """Applications of a scope that wait for the visit to the household."""
    return _waiting(scope, ApplicationState.ACCEPTED)


def to_decide(scope: Scope) -> QuerySet[Application]:
    """Applications of a scope that wait for a decision."""
    return _waiting(scope, ApplicationState.VERIFIED)


def object_lines(row: Application | BodyApplication) -> list[Objection]:
    """The objections to an application's decision, the latest first."""
    which = Q(body=row) if isinstance(row, BodyApplication) else Q(application=row)
    with elevated():  # whoever may see the application as an office sees what was said against it
        rows: QuerySet[Any] = Objection.everywhere.filter(which)
        return list(rows.order_by("-received_at", "-id"))
