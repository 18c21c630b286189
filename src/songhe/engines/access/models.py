"""Users, their dated grants, ties between persons and holders, and attempts to log in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.core.codes.region import span
from songhe.engines.access.lines import Lines
from songhe.engines.access.prepared import rows_of
from songhe.engines.access.roles import Relation, role, roles
from songhe.engines.access.scope import Range, Scope, merged
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import CodeField, region_field
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region


class UserManager(BaseUserManager["User"]):
    """Users by their log-in name."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of a log-in name."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who logs in; what they may do comes only from grants. ``made_by_id``, ``made_in``: who added them, and the smallest
    region around what that one administers; they tell who manages a user who never had a role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("Log-in name"), max_length=64, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    is_active = models.BooleanField(_("Active"), default=True)
    is_demo = models.BooleanField(default=False)
    organisation_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    language = models.CharField(max_length=8, blank=True)
    epoch = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=None, null=True)
    made_by_id = models.UUIDField(null=True)
    made_in = CodeField(null=True)

    USERNAME_FIELD = "username"
    protected: ClassVar[tuple[str, ...]] = ("password",)
    objects = UserManager()

    class Meta:
        verbose_name = _("User")

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def grants_in_force(self) -> list[Grant]:
        """The grants that hold today and were not revoked; read once for each user object."""
        if not hasattr(self, "_grants"):
            self._grants = Grant.held_by(self.pk)
        return self._grants

    def may(self, right: str) -> bool:
        """Whether any grant in force gives a right somewhere."""
        return right in self.rights

    @property
    def rights(self) -> frozenset[str]:
        """All rights held somewhere."""
        if not self.is_active:
            return frozenset()
        if not hasattr(self, "_rights"):
            self._rights = frozenset[str]().union(*(role(g.role).rights for g in self.grants_in_force))
        return self._rights

    def scope(self, right: str | None = None) -> Scope:
        """What the user may reach; with ``right``, only by the grants that give it. A page asks dozens of times."""
        if not self.is_active:
            return Scope.NOTHING
        if not hasattr(self, "_scopes"):
            self._scopes: dict[str | None, Scope] = {}
        if right not in self._scopes:
            self._scopes[right] = self._reached(right)
        return self._scopes[right]

    def _reached(self, right: str | None) -> Scope:
        areas, bounds, holders = [], [], {self.pk}
        for g in self.grants_in_force:
            kind = role(g.role)
            if right is not None and right not in kind.rights:
                continue
            if kind.relation is Relation.ALL:
                areas.append(g.region)
            else:
                bounds.append(g.region)
                holders |= {g.holder_id} if g.holder_id else set()
        (seen, ended), (bound, gone) = _ranges(areas), _ranges(bounds)
        return Scope((*seen, *ended), (*bound, *gone), frozenset(holders), self.pk, (*ended, *gone))


class Grant(models.Model):
    """One role of one user in one region, dated, and revocable at once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("User"))
    role = models.CharField(_("Role"), max_length=40)
    region = region_field(verbose_name=_("Region"))
    holder_id = models.UUIDField(null=True)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    given_by_id = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)
    if TYPE_CHECKING:
        region_id: int
        user_id: UUID

    class Meta:
        verbose_name = _("Grant")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="grant_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.region}"

    @property
    def label(self) -> str:
        """The role's name in the language of the page."""
        known = roles().get(self.role)
        return known.label if known else self.role

    @classmethod
    def in_force(cls, user_id: UUID) -> models.QuerySet[Grant]:
        """The grants of a user that hold by the database's clock."""
        today = TruncDate(Now())
        return (
            cls.objects.filter(user_id=user_id, revoked_at=None, since__lte=today, role__in=list(roles()))
            .filter(Q(until=None) | Q(until__gt=today))
            .select_related("region")
            .order_by("since", "id")
        )

    @classmethod
    def held_by(cls, user_id: UUID) -> list[Grant]:
        """The same as a list. Every request asks this, so it is put into SQL once and not each time."""
        sql, given = _question(timezone.get_current_timezone_name(), tuple(roles()))
        rows = rows_of(sql, [user_id if value == ANYBODY else value for value in given])
        own, above = _columns(cls), _columns(Region)
        found = []
        for row in rows:
            one = cls.from_db(connection.alias, own, row[: len(own)])
            one.region = Region.from_db(connection.alias, above, row[len(own) :])
            found.append(one)
        return found


def _ranges(regions: Iterable[Region]) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """The ranges of some regions, and those of codes that ended and came to lie in them."""
    here = merged((region.code, region.upper) for region in regions)
    ended = (span(code) for region in regions for code in region.former)
    return here, merged(one for one in ended if not any(low <= one[0] < high for low, high in here))


ANYBODY = UUID(int=0)
"""Stands for the user in a question that is kept."""


@lru_cache(maxsize=4)
def _question(_zone: str, _roles: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """The grants of a user in force, each beside its region, as SQL; what else it depends on are the arguments."""
    columns = [*_columns(Grant), *(f"region__{name}" for name in _columns(Region))]
    asked: tuple[str, tuple[Any, ...]] = Grant.in_force(ANYBODY).values_list(*columns).query.sql_with_params()
    return asked


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


class Tie(Scoped):
    """A person is known to a holder (organisation, facility, worker, relative) from one day until another."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Served by")
        FACILITY = "facility", _("Attends")
        WORKER = "worker", _("Visited by")
        ASSESSOR = "assessor", _("Assessed by")
        KIN = "kin", _("Relative")

    person_id = models.UUIDField(db_index=True)
    holder_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind)
    region = region_field()
    since = models.DateField()
    until = models.DateField(null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Link")
        indexes = [models.Index(fields=["holder_id", "person_id"], name="tie_by_holder")]
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "holder_id", "kind"], condition=Q(until=None), name="one_open_tie"
            )
        ]

    @classmethod
    def persons_of(cls, holders: Iterable[UUID]) -> models.QuerySet[Any, Any]:
        """Ids of the persons tied today to any of the holders."""
        today = TruncDate(Now())
        return (
            cls.everywhere.filter(holder_id__in=list(holders), since__lte=today)
            .filter(Q(until=None) | Q(until__gt=today))
            .values("person_id")
        )


class Token(models.Model):
    """A program's key to the API in a user's name; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("User"))
    name = models.CharField(_("Used by"), max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(_("Created at"))
    expires_at = models.DateTimeField(_("Valid until"))
    revoked_at = models.DateTimeField(_("Revoked"), null=True)
    protected: ClassVar[tuple[str, ...]] = ("digest",)
    if TYPE_CHECKING:
        user_id: UUID

    class Meta:
        verbose_name = _("API token")

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """One try to log in, kept for the lock-out."""

    username = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField()
    succeeded = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["username", "at"], name="attempt_by_name"),
            models.Index(fields=["address", "at"], name="attempt_by_address"),
        ]
