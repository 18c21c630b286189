"""Tags at homes: a printed code or an NFC sticker that proves that a phone was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class HomeTag(Scoped):
    """One tag, bound to a person's home until it is revoked. The token is sealed with the person's key, for printing
    again; a phone's token is found by its digest."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    digest = models.BinaryField(max_length=32, unique=True)
    token_sealed = models.BinaryField()
    issued_at = models.DateTimeField(_("Issued at"))
    issued_by = models.CharField(_("Tag issued by"), max_length=80)
    revoked_at = models.DateTimeField(_("Revoked"), null=True)
    revoked_by = models.CharField(_("Revoked by"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("digest", "token_sealed")
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Home tag")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(revoked_at=None), name="one_tag_in_force")
        ]
        indexes = [models.Index(fields=["region", "issued_at"], name="tag_by_region")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.issued_at):%Y-%m-%d %H:%M}"

    @property
    def in_force(self) -> bool:
        """Whether it proves anything."""
        return self.revoked_at is None
