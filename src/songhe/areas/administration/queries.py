"""Reads of users, grants, acts and jobs within a scope."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.engines.access.api import SYSTEM, Grant, Lines, Scope, User
from songhe.engines.acts.models import Act
from songhe.engines.jobs.models import Job

_BY_REGION = Lines()


def grants(scope: Scope) -> QuerySet[Any]:
    """Roles given inside a scope."""
    return Grant.objects.filter(_BY_REGION.allows(scope)).select_related("user", "region")


def users(scope: Scope) -> QuerySet[Any]:
    """Users with a role inside a scope, and those without any role yet."""
    theirs = Grant.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(theirs.filter(_BY_REGION.allows(scope))) | ~Exists(theirs))


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


def _own(scope: Scope) -> Q:
    return Q(actor_id=scope.actor_id) if scope.actor_id else Q(pk__in=[])
