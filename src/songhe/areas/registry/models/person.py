"""Persons, and the tokens by which their names are found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.rules.ages import age_on
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import CodeField, region_field


class Sex(models.TextChoices):
    """As on the identity card."""

    MALE = "male", _("Male")
    FEMALE = "female", _("Female")
    UNKNOWN = "unknown", _("Not known")


class State(models.TextChoices):
    """Whether the row stands for somebody."""

    ALIVE = "alive", _("Living")
    DEAD = "dead", _("Deceased")
    MERGED = "merged", _("Merged into another")
    ERASED = "erased", _("Erased")


class Person(Scoped):
    """An elder or any natural person. Identity number, phone, address and place are sealed with the person's own key.

    ``region`` is where the person lives, ``household_region`` where the household is registered. ``first_source``,
    ``first_by_id``: who said what the first entry holds, and who entered it; facts exist only where something changed since.
    """

    name = models.CharField(_("Name"), max_length=60)
    name_pinyin = models.CharField(max_length=240, db_default="")
    sex = models.CharField(
        _("Gender"), max_length=8, choices=Sex, default=Sex.UNKNOWN, db_default=Sex.UNKNOWN
    )
    born = models.DateField(_("Born"), null=True)
    region = region_field(verbose_name=_("Lives in"), db_index=False)
    household_region = region_field(verbose_name=_("Registered in"), null=True, db_index=False)
    id_number_sealed = models.BinaryField(default=b"", db_default=b"")
    id_number_hash = models.BinaryField(null=True, max_length=16)
    phone_sealed = models.BinaryField(default=b"", db_default=b"")
    phone_hash = models.BinaryField(null=True, max_length=16)
    address_sealed = models.BinaryField(default=b"", db_default=b"")
    address_hash = models.BinaryField(null=True, max_length=16)
    place_sealed = models.BinaryField(default=b"", db_default=b"")
    state = models.CharField(
        _("State"), max_length=8, choices=State, default=State.ALIVE, db_default=State.ALIVE
    )
    died_on = models.DateField(_("Died"), null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    is_provisional = models.BooleanField(_("Provisional"), default=False, db_default=False)
    is_enrolled = models.BooleanField(_("Enrolled"), default=False, db_default=False)
    created_at = models.DateTimeField(_("Registered"))
    first_source = models.CharField(max_length=12, null=True)  # noqa: DJ001  unknown of entries from before it was kept
    first_by_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = Lines(person="id")
    protected: ClassVar[tuple[str, ...]] = (
        "id_number_sealed",
        "id_number_hash",
        "phone_sealed",
        "phone_hash",
        "address_sealed",
        "address_hash",
        "place_sealed",
    )
    names: ClassVar[tuple[str, ...]] = ("name", "name_pinyin", "born")
    if TYPE_CHECKING:
        household_region_id: int | None
        merged_into_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Person")
        indexes = [
            models.Index(fields=["name_pinyin", "id", "region"], name="person_by_name"),
            models.Index(
                fields=["region", "id"],
                include=["name_pinyin", "born", "state", "is_enrolled"],
                name="person_of_region",
            ),
            models.Index(
                fields=["region", "born", "id"],
                include=["name_pinyin", "state", "is_enrolled"],
                name="person_by_region_and_birth",
            ),
            models.Index(
                fields=["born"], include=["region", "state", "is_enrolled", "id"], name="person_by_birth"
            ),
            models.Index(
                fields=["phone_hash"], condition=Q(phone_hash__isnull=False), name="person_by_phone"
            ),
            models.Index(
                fields=["address_hash"], condition=Q(address_hash__isnull=False), name="person_by_address"
            ),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="person_merged"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id_number_hash"], name="one_person_per_id_number"),
            models.CheckConstraint(
                condition=Q(state=State.DEAD, died_on__isnull=False) | ~Q(state=State.DEAD),
                name="dead_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="merged_into_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def age_on(self, day: date) -> int | None:
        """Full years on a day; None where the birthday is not known."""
        return age_on(self.born, day) if self.born else None

    def alive_on(self, day: date) -> bool:
        """Whether the person lived on a day; the day of death still counts."""
        return self.died_on is None or day <= self.died_on

    @property
    def is_living(self) -> bool:
        """Whether the row stands for a living person."""
        return self.state == State.ALIVE


class PersonToken(models.Model):
    """One token of one name, hashed with the search key. Read with the region's range first."""

    pk = models.CompositePrimaryKey("token", "region_id", "person")
    token = models.BigIntegerField()
    region_id = CodeField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens", db_constraint=False)

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    if TYPE_CHECKING:
        person_id: UUID
