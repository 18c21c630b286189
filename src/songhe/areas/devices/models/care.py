"""Consent to be located, safe areas, tasks about devices, and the tags that strangers scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.models.devices import WORN, Device
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field

OF_PERSON = Lines(person="person_id")


class GivenBy(models.TextChoices):
    """Who agreed."""

    SELF = "self", _("The person")
    GUARDIAN = "guardian", _("The legal guardian")


class Agreement(Scoped):
    """A person agreed that places are kept and shown; without an open one none is, and older ones are hidden."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    given_at = models.DateTimeField(_("Given"))
    given_by = models.CharField(_("Given by"), max_length=8, choices=GivenBy)
    giver = models.CharField(_("Name of consenting person"), max_length=60, blank=True, db_default="")
    evidence_id = models.UUIDField(null=True)
    recorded_by = models.CharField(_("Recorded by"), max_length=80)
    withdrawn_at = models.DateTimeField(_("Withdrawn at"), null=True)
    withdrawn_by = models.CharField(_("Withdrawal recorded by"), max_length=80, blank=True, db_default="")

    scope_by: ClassVar[Lines] = OF_PERSON
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Location consent")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(withdrawn_at=None), name="one_agreement_to_be_located"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="location_agreement_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_given_by_display())


class Fence(Scoped):
    """An area that a person should stay in, or keep out of. Its shape, which tells where the home is, is sealed."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Name of the area"), max_length=60)
    keep_in = models.BooleanField(_("Stay inside"), default=True)
    shape_sealed = models.BinaryField()
    made_by = models.CharField(_("Entered by"), max_length=80)
    made_at = models.DateTimeField(_("Entered at"))
    ended_at = models.DateTimeField(_("Ended"), null=True)

    scope_by: ClassVar[Lines] = OF_PERSON
    protected: ClassVar[tuple[str, ...]] = ("shape_sealed",)
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Safe area")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], condition=Q(ended_at=None), name="one_fence_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ChoreKind(models.TextChoices):
    """What is to be done about a device."""

    SILENT = "silent", _("Silent")
    BATTERY = "battery", _("Battery low")
    TEST = "test", _("Test due")
    ASK = "ask", _("Query a test")
    COLLECT = "collect", _("Collect the device")


class Outcome(models.TextChoices):
    """What came of a task."""

    WORKS = "works", _("Works again")
    CHARGED = "charged", _("Charged or battery changed")
    TESTED = "tested", _("Tested")
    WAS_TEST = "was_test", _("It was a test")
    WAS_CALL = "was_call", _("Help was wanted")
    AWAY = "away", _("Person is away")
    NOT_WORN = "not_worn", _("Not worn")
    FAULTY = "faulty", _("Device is faulty")
    COLLECTED = "collected", _("Collected")
    BY_ITSELF = "by_itself", _("Cleared by itself")


class Chore(Scoped):
    """One task about one device, for its helper; the same task is open once."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="chores", verbose_name=_("Device"))
    region = region_field(verbose_name=_("Region"))
    holder_id = models.UUIDField(null=True)
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    kind = models.CharField(_("Task"), max_length=8, choices=ChoreKind)
    helper_id = models.UUIDField(null=True)
    helper = models.CharField(_("Helper"), max_length=80, blank=True, db_default="")
    opened_at = models.DateTimeField(_("Task created at"))
    due_on = models.DateField(_("Due"))
    closed_at = models.DateTimeField(_("Done"), null=True)
    closed_by = models.CharField(_("Done by"), max_length=80, blank=True, db_default="")
    outcome = models.CharField(_("Outcome"), max_length=9, choices=Outcome, blank=True, db_default="")
    note = models.CharField(_("Note"), max_length=400, blank=True, db_default="")

    scope_by: ClassVar[Lines] = WORN
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        device_id: UUID
        person_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Device task")
        constraints = [
            models.UniqueConstraint(
                fields=["device", "kind"], condition=Q(closed_at=None), name="one_open_chore_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="chore_ends_with_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "kind"], condition=Q(closed_at=None), name="chore_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.device}"


class Tag(Scoped):
    """The code on a tag that a stranger scans. It says nothing about anybody; only its hash finds it."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="tags", verbose_name=_("Device"))
    region = region_field(db_index=False, verbose_name=_("Region"))
    holder_id = models.UUIDField(null=True)
    person = models.ForeignKey(
        "registry.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Person"),
    )
    digest = models.BinaryField(max_length=32, unique=True)
    token_sealed = models.BinaryField()
    made_by = models.CharField(_("Code created by"), max_length=80)
    made_at = models.DateTimeField(_("Created at"))
    revoked_at = models.DateTimeField(_("Revoked"), null=True)

    scope_by: ClassVar[Lines] = WORN
    protected: ClassVar[tuple[str, ...]] = ("digest", "token_sealed")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        device_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Tag code")
        constraints = [
            models.UniqueConstraint(fields=["device"], condition=Q(revoked_at=None), name="one_code_of_a_tag")
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class Finding(Scoped):
    """What a stranger who found somebody sent: sealed with the device's own key, since nothing of it is the person's."""

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, related_name="findings", verbose_name=_("Device"))
    region = region_field(verbose_name=_("Region"))
    person = models.ForeignKey(
        "registry.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Person"),
    )
    at = models.DateTimeField(_("When"))
    address_hash = models.BinaryField(max_length=16)
    phone_sealed = models.BinaryField(default=b"", db_default=b"")
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    place_sealed = models.BinaryField(default=b"", db_default=b"")

    scope_by: ClassVar[Lines] = OF_PERSON
    protected: ClassVar[tuple[str, ...]] = ("address_hash", "phone_sealed", "words_sealed", "place_sealed")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        device_id: UUID
        tag_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Finder's message")
        indexes = [
            models.Index(fields=["tag", "-at"], name="finding_by_tag"),
            models.Index(fields=["address_hash", "-at"], name="finding_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
