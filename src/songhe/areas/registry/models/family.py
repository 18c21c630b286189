"""Households with their members, and the people to call."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.models.person import Person
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Household(Scoped):
    """People who live together."""

    region = region_field(verbose_name=_("Region"))
    head = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("Head"))
    number = models.CharField(_("Household number"), max_length=40, blank=True, db_default="")
    created_at = models.DateTimeField(_("Registered"))
    ended_on = models.DateField(_("Ended"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        head_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Household")

    def __str__(self) -> str:
        return str(self.head) if self.head_id else (self.number or str(_("Household")))


class Relation(models.TextChoices):
    """What a person is to the head of the household, or a contact to the person."""

    HEAD = "head", _("Head")
    SPOUSE = "spouse", _("Spouse")
    CHILD = "child", _("Son or daughter")
    CHILD_IN_LAW = "child_in_law", _("Son- or daughter-in-law")
    PARENT = "parent", _("Parent")
    SIBLING = "sibling", _("Brother or sister")
    GRANDCHILD = "grandchild", _("Grandchild")
    RELATIVE = "relative", _("Other relative")
    NEIGHBOUR = "neighbour", _("Neighbour")
    CARER = "carer", _("Live-in carer")
    OFFICER = "officer", _("Village or community officer")
    OTHER = "other", _("Other")


class Member(Scoped):
    """A person in a household from one day until another."""

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="members", verbose_name=_("Household")
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field()
    relation = models.CharField(_("Relationship"), max_length=12, choices=Relation, default=Relation.OTHER)
    since = models.DateField(_("From"), null=True)
    until = models.DateField(_("Until"), null=True)

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID
        household_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Member")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until=None), name="one_household_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="member_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Contact(Scoped):
    """Somebody to call about a person. ``owner_id`` is whose key sealed the number."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(db_index=False)
    name = models.CharField(_("Name"), max_length=60)
    relation = models.CharField(_("Relationship"), max_length=12, choices=Relation, default=Relation.OTHER)
    owner_id = models.UUIDField()
    phone_sealed = models.BinaryField(default=b"", db_default=b"")
    phone_hash = models.BinaryField(null=True, max_length=16)
    is_emergency = models.BooleanField(_("Call in an emergency"), default=False, db_default=False)
    rank = models.SmallIntegerField(_("Calling order"), default=1, db_default=1)
    user_id = models.UUIDField(null=True)
    added_at = models.DateTimeField(_("Added"))

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("phone_sealed", "phone_hash")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Contact")
        indexes = [
            models.Index(
                fields=["phone_hash"], condition=Q(phone_hash__isnull=False), name="contact_by_phone"
            )
        ]

    def __str__(self) -> str:
        return self.name
