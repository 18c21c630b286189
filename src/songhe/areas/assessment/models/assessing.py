"""Assessments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.cases.api import Case
from songhe.engines.forms.api import Answers
from songhe.engines.regions.fields import region_field


class State(models.TextChoices):
    """The states of the flow ``assessment``."""

    REQUESTED = "requested", _("Requested")
    RETURNED = "returned", _("Returned to requester")
    ASSIGNED = "assigned", _("To be assessed")
    ANSWERED = "answered", _("To be signed")
    SIGNED = "signed", _("To be confirmed")
    APPROVED = "approved", _("To be delivered")
    DELIVERED = "delivered", _("Objection period")
    OBJECTED = "objected", _("Objected to")
    CONFIRMED = "confirmed", _("In force")
    SUPERSEDED = "superseded", _("Replaced by a correction")
    CANCELLED = "cancelled", _("Cancelled")


class Level(models.IntegerChoices):
    """Ability levels of GB/T 42195-2022."""

    INTACT = 0, _("0 · ability intact")
    MILD = 1, _("1 · mild impairment")
    MODERATE = 2, _("2 · moderate impairment")
    SEVERE = 3, _("3 · severe impairment")
    COMPLETE = 4, _("4 · complete loss of ability")


class Medical(models.TextChoices):
    """Which assessor has a medical or nursing background."""

    FIRST = "first", _("First assessor")
    SECOND = "second", _("Second assessor")
    BOTH = "both", _("Both")
    NEITHER = "neither", _("Neither")


class Cause(models.TextChoices):
    """Why an assessment is made."""

    REQUEST = "request", _("A request")
    CORRECTION = "correction", _("A correction")
    OBJECTION = "objection", _("An objection")


class Delivery(models.TextChoices):
    """How a result reached the person."""

    IN_PERSON = "in_person", _("Handed over in person")
    POST = "post", _("By post")
    TELEPHONE = "telephone", _("By telephone")
    MESSAGE = "message", _("By message")
    NOTICE = "notice", _("Left at the home with a witness")


class Recipient(models.TextChoices):
    """Who received a result, or speaks for the person."""

    PERSON = "person", _("The person")
    FAMILY = "family", _("A relative")
    GUARDIAN = "guardian", _("The guardian")
    CARER = "carer", _("A carer")
    OFFICER = "officer", _("A village or community officer")


class Absence(models.TextChoices):
    """Why nobody could be assessed at an appointment."""

    NOT_HOME = "not_home", _("Not at home")
    HOSPITAL = "hospital", _("In hospital")
    REFUSED = "refused", _("Refuses the assessment")


class Signing(models.TextChoices):
    """How whoever gave the information signs."""

    WRITTEN = "written", _("Signature")
    THUMB = "thumb", _("Thumbprint")
    WITNESS = "witness", _("Cannot write: a witness signs")


class EvidenceKind(models.TextChoices):
    """What a paper proves."""

    DIAGNOSIS = "diagnosis", _("Diagnosis")
    DISABILITY = "disability", _("Disability certificate")
    DISCHARGE = "discharge", _("Hospital discharge letter")
    OTHER = "other", _("Other document")


OPEN = (State.REQUESTED, State.RETURNED, State.ASSIGNED, State.ANSWERED)
EDITABLE = (State.ASSIGNED, State.ANSWERED)
UNDECIDED = (State.SIGNED, State.APPROVED, State.DELIVERED, State.OBJECTED)
"""Signed and not yet in force: no other assessment is begun meanwhile."""
JUDGED = (*UNDECIDED, State.CONFIRMED, State.SUPERSEDED)
"""Signed by both, so that a result can be shown."""
GRANTED = (State.APPROVED, State.DELIVERED, State.OBJECTED, State.CONFIRMED)


class Assessment(Scoped):
    """One assessment of one person. ``state`` and ``due_at`` follow the case."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24)
    state = models.CharField(_("State"), max_length=12, choices=State, default=State.REQUESTED)
    due_at = models.DateTimeField(_("Due"), null=True)
    answers = models.OneToOneField(Answers, models.PROTECT, null=True, related_name="+")
    first_assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("First assessor"),
    )
    second_assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Second assessor"),
    )
    appointment_at = models.DateTimeField(_("Appointment"), null=True)
    attempts = models.SmallIntegerField(_("Unsuccessful attempts"), default=0)
    medical = models.CharField(
        _("Medical background"), max_length=8, choices=Medical, default=Medical.NEITHER
    )
    first_signed_at = models.DateTimeField(_("First signature"), null=True)
    second_signed_at = models.DateTimeField(_("Second signature"), null=True)
    asked = models.SmallIntegerField(_("Level applied for"), choices=Level, null=True)
    judged = models.SmallIntegerField(_("Assessed level"), choices=Level, null=True)
    level = models.SmallIntegerField(_("Approved level"), choices=Level, null=True)
    assessed_on = models.DateField(_("Assessed on"), null=True)
    holds_until = models.DateField(_("Valid until"), null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    cause = models.CharField(_("Reason for assessment"), max_length=12, choices=Cause, default=Cause.REQUEST)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("Replaces")
    )
    namesakes_differ = models.BooleanField(_("Only shares a relative's name"), default=False)
    requested_at = models.DateTimeField(_("Asked at"))
    requested_by_id = models.UUIDField()
    confirmed_at = models.DateTimeField(_("Confirmed"), null=True)
    confirmed_by_id = models.UUIDField(null=True)
    approval_note = models.CharField(_("Why another level"), max_length=400, blank=True)
    delivered_on = models.DateField(_("Delivered on"), null=True)
    delivery = models.CharField(_("Delivery method"), max_length=12, choices=Delivery, blank=True)
    recipient = models.CharField(_("Signed for by"), max_length=12, choices=Recipient, blank=True)
    recipient_name = models.CharField(_("Name of recipient"), max_length=60, blank=True)
    delivered_by_id = models.UUIDField(null=True)
    objections_until = models.DateField(_("Objection deadline"), null=True)
    objected_at = models.DateTimeField(_("Objected at"), null=True)
    objector = models.CharField(_("Who objects"), max_length=60, blank=True)
    in_force_on = models.DateField(_("In force since"), null=True)
    if TYPE_CHECKING:
        person_id: UUID
        corrects_id: UUID | None
        first_assessor_id: UUID | None
        second_assessor_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("first_assessor_id", "second_assessor_id"), person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Assessment")
        indexes = [
            models.Index(fields=["region", "state"], name="assessment_by_region"),
            models.Index(fields=["person", "assessed_on"], name="assessment_by_person"),
            models.Index(fields=["number"], name="assessment_by_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=[str(s) for s in OPEN]), name="one_open_assessment"
            ),
            models.CheckConstraint(
                condition=Q(first_assessor=None) | ~Q(first_assessor=F("second_assessor")),
                name="assessors_differ",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", *[str(s) for s in GRANTED]])
                | Q(first_signed_at__isnull=False, second_signed_at__isnull=False, judged__isnull=False),
                name="signed_by_both",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[str(s) for s in GRANTED])
                | Q(level__isnull=False, confirmed_at__isnull=False),
                name="granted_with_level",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(in_force_on__isnull=False), name="in_force_since_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_assessor(self, user_id: UUID | None) -> bool:
        """Whether a user is one of the two assessors."""
        return user_id is not None and user_id in (self.first_assessor_id, self.second_assessor_id)

    def has_signed(self, user_id: UUID | None) -> bool:
        """Whether a user has signed."""
        if user_id == self.first_assessor_id:
            return self.first_signed_at is not None
        return user_id == self.second_assessor_id and self.second_signed_at is not None

    def counts(self, on: date) -> bool:
        """Whether the result counts on a day."""
        begun = self.in_force_on is not None and self.in_force_on <= on
        return (
            self.state == State.CONFIRMED and begun and self.holds_until is not None and on < self.holds_until
        )


class Attempt(Scoped):
    """An appointment at which nobody could be assessed. Rows are only ever added."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("Assessment"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    appointment_at = models.DateTimeField(_("Appointment"), null=True)
    absence = models.CharField(_("Reason"), max_length=12, choices=Absence)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    next_at = models.DateTimeField(_("Next appointment"), null=True)
    at = models.DateTimeField(_("Attempted at"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    if TYPE_CHECKING:
        assessment_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Attempt")
        indexes = [models.Index(fields=["assessment", "at"], name="attempt_by_assessment")]

    def __str__(self) -> str:
        return str(self.get_absence_display())


class Signature(Scoped):
    """Whoever gave the information signed the answers as they then were. Rows are only ever added.

    ``digest`` is that of the answers: a signature stands for no others, so a change of the form makes it void.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("Assessment"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    way = models.CharField(_("Signing method"), max_length=8, choices=Signing)
    relation = models.CharField(_("Relationship"), max_length=12, choices=Recipient)
    name = models.CharField(_("Name"), max_length=60)
    witness = models.CharField(_("Witness"), max_length=60, blank=True)
    attachment_id = models.UUIDField(null=True)
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(_("Signed"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("Collected by"), max_length=80)
    if TYPE_CHECKING:
        assessment_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Informant's signature")
        indexes = [models.Index(fields=["assessment", "at"], name="signature_by_assessment")]

    def __str__(self) -> str:
        return self.name


class Evidence(Scoped):
    """A paper behind an answer, kept with the vault. Rows are only ever added."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("Assessment"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Document"), max_length=12, choices=EvidenceKind)
    attachment_id = models.UUIDField()
    at = models.DateTimeField(_("Added"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    if TYPE_CHECKING:
        assessment_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Supporting document")
        indexes = [models.Index(fields=["assessment", "at"], name="evidence_by_assessment")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Version(Scoped):
    """Answers that came after others to the same form, from a device without network or a second window.

    They are sealed with the person's own key and wait beside the answers that are kept, until an assessor decides.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("To decide")
        TAKEN = "taken", _("Adopted")
        DROPPED = "dropped", _("Dropped")

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("Assessment"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    answers_sealed = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.WAITING)
    at = models.DateTimeField(_("At"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    if TYPE_CHECKING:
        assessment_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("answers_sealed",)
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Other version")
        indexes = [models.Index(fields=["assessment", "state"], name="version_by_assessment")]

    def __str__(self) -> str:
        return self.by_name
