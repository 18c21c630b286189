"""Who is paid: a person, or a facility, an organisation or a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import HolderKind
from songhe.engines.access.api import Lines

LINES: Final = Lines(holders=("holder_id", "organisation_id"), person="person_id")
"""A body reads what is its own, and its organisation what is of its facilities and workers."""
WHO: Final = Coalesce("person_id", "holder_id")
"""Whose a row is, whoever it is."""


class Held(models.Model):
    """Somebody's: a person's (``person``), or a body's (``holder_id``, with its organisation and its name)."""

    holder_kind = models.CharField(
        _("Held by"),
        max_length=12,
        choices=HolderKind,
        default=HolderKind.PERSON,
        db_default=HolderKind.PERSON,
    )
    holder_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    holder_name = models.CharField(_("Facility or organisation"), max_length=120, blank=True, db_default="")
    if TYPE_CHECKING:
        person: Any
        person_id: UUID | None

    class Meta:
        abstract = True

    @property
    def who(self) -> UUID:
        """The key of whose it is."""
        found = self.person_id or self.holder_id
        assert found is not None, "a check of the table says so"
        return found

    @property
    def held_by(self) -> str:
        """Whose it is, in words."""
        return str(self.person) if self.person_id else self.holder_name


def held_by(name: str) -> models.CheckConstraint:
    """That a row is a person's, or a body's, and not both."""
    return models.CheckConstraint(
        condition=Q(holder_kind="person", person__isnull=False, holder_id=None, organisation_id=None)
        | (~Q(holder_kind="person") & Q(person=None, holder_id__isnull=False, organisation_id__isnull=False)),
        name=name,
    )


def holder_of(row: Held) -> dict[str, Any]:
    """The same holder, for a row made from this one."""
    return {
        "person_id": row.person_id,
        "holder_kind": row.holder_kind,
        "holder_id": row.holder_id,
        "organisation_id": row.organisation_id,
        "holder_name": row.holder_name,
    }
