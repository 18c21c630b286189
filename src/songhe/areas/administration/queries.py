"""Reads of users, grants, acts and jobs within a scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from songhe.areas.grid.api import Helper
from songhe.areas.providers.api import Facility, Organisation, Worker
from songhe.engines.access.api import SYSTEM, Grant, Lines, Relation, Role, Scope, User
from songhe.engines.access.login import names_locked_out
from songhe.engines.acts.models import Act
from songhe.engines.jobs.models import Job

_BY_REGION = Lines()


def grants(scope: Scope) -> QuerySet[Any]:
    """Roles given inside a scope."""
    return Grant.objects.filter(_BY_REGION.allows(scope)).select_related("user", "region")


def users(scope: Scope) -> QuerySet[Any]:
    """Users with a role inside a scope, and those who never had one and were added by the reader or inside it; whoever added
    them is not known of some, who are left to those beyond whose scope no role holds. ``beyond`` where one may not manage them."""
    theirs = Grant.objects.filter(user=OuterRef("pk"))
    added = Q(made_by_id=scope.actor_id, made_by_id__isnull=False) | Lines("made_in").allows(scope)
    fresh = ~Exists(theirs) & (added | ~Exists(beyond(scope)))
    return User.objects.filter(Exists(theirs.filter(_BY_REGION.allows(scope))) | fresh).annotate(
        beyond=Exists(beyond(scope).filter(user=OuterRef("pk")))
    )


def beyond(scope: Scope) -> QuerySet[Any]:
    """Roles that hold or will hold outside a scope: their users are managed only by who sees all of it."""
    lasting = Q(until=None) | Q(until__gt=TruncDate(Now()))
    return Grant.objects.filter(lasting, revoked_at=None).exclude(_BY_REGION.allows(scope))


def bodies(kind: Role) -> tuple[type[Any], ...]:
    """What a role may be tied to: one row of one of these kinds."""
    if kind.relation is Relation.ASSIGNED:
        by_code: dict[str, tuple[type[Any], ...]] = {
            "worker": (Worker,),
            "volunteer": (Helper, Worker),
            "helper": (Helper,),
        }
        return by_code.get(kind.code, ())
    by_relation: dict[Relation, tuple[type[Any], ...]] = {
        Relation.ORGANISATION: (Organisation,),
        Relation.FACILITY: (Facility,),
    }
    return by_relation.get(kind.relation, ())


def tied(kind: Role, text: str, scope: Scope) -> list[Any]:
    """The bodies of the kinds that fit a role, of this id or exactly this name."""
    try:
        named = Q(pk=UUID(text))
    except ValueError:
        named = Q(name=text)
    return [row for body in bodies(kind) for row in body.objects.within(scope).filter(named)[:2]]


def acts(scope: Scope) -> QuerySet[Any]:
    """Acts on rows inside a scope, and the reader's own."""
    return Act.objects.filter(_BY_REGION.allows(scope) | _own(scope))


def own_jobs(scope: Scope) -> QuerySet[Any]:
    """Jobs that the reader started."""
    return Job.objects.filter(_own(scope))


def all_jobs(scope: Scope) -> QuerySet[Any]:
    """Jobs of the system and of everybody who works inside the scope."""
    if not scope.areas:
        return Job.objects.none()
    return Job.objects.filter(Q(actor_id=SYSTEM.id) | Q(actor_id__in=users(scope).values("pk")) | _own(scope))


def failed_jobs(scope: Scope, *, since: datetime) -> QuerySet[Any]:
    """Those of them that failed for good, the latest first."""
    return all_jobs(scope).filter(state=Job.State.FAILED, finished_at__gte=since).order_by("-finished_at")


def locked_out(scope: Scope, at: datetime) -> QuerySet[Any]:
    """Users inside a scope who cannot log in for a while, since a password was wrong too often."""
    return users(scope).filter(username__in=names_locked_out(at)).order_by("username")


def sensitive_reads(scope: Scope, *, since: datetime) -> QuerySet[Any]:
    """What was shown in the clear since a moment, the latest first; keys of acts run with time."""
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    return acts(scope).filter(pk__gte=first, kind=Act.Kind.READ).order_by("-pk")


def _own(scope: Scope) -> Q:
    return Q(actor_id=scope.actor_id) if scope.actor_id else Q(pk__in=[])
