"""What happens to persons: suspicion of being one, merging, moving, dying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.models.person import Person
from songhe.engines.access.api import Lines, Scope, Scoped
from songhe.engines.regions.fields import region_field


class Suspect(Scoped):
    """Two persons who may be one. The region is the lowest that holds both, so only who sees both decides."""

    class State(models.TextChoices):
        OPEN = "open", _("To decide")
        MERGED = "merged", _("Entries merged")
        DISTINCT = "distinct", _("Two persons")

    region = region_field(verbose_name=_("Region"))
    first = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("One"))
    second = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("The other"))
    score = models.SmallIntegerField(_("Similarity"))
    evidence: models.JSONField[Any, Any] = models.JSONField(_("Evidence"), default=list)
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.OPEN)
    found_at = models.DateTimeField(_("Found"))
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        first_id: UUID
        second_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Suspected duplicate")
        indexes = [models.Index(fields=["region", "state"], name="suspect_by_region")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="suspect_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="suspects_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} = {self.second} ?"


class Merge(Scoped):
    """One row folded into another, with everything that was re-pointed, so that it can be undone, and what could not be."""

    region = region_field(verbose_name=_("Region"))
    kept = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Kept"))
    gone = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Merged"))
    repointed: models.JSONField[Any, Any] = models.JSONField(default=list)
    left_behind: models.JSONField[Any, Any] = models.JSONField(
        default=list, db_default=Value([], models.JSONField())
    )
    filled: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reason = models.CharField(_("Reason"), max_length=200)
    merged_at = models.DateTimeField(_("Merged at"))
    merged_by_id = models.UUIDField()
    undone_at = models.DateTimeField(_("Undone"), null=True)
    undone_by_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        kept_id: UUID
        gone_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Merge")
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="merged_once"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"


@dataclass(frozen=True, slots=True)
class BothEnds(Lines):
    """Seen from the region that is left and from the one that is moved to."""

    def allows(self, scope: Scope) -> Q:
        """Either end in scope."""
        arriving = Lines(region="to_region_id", holders=self.holders, person=self.person)
        leaving = Lines(region=self.region, holders=self.holders, person=self.person)
        return leaving.allows(scope) | arriving.allows(scope)

    def policy(self) -> str:
        """The same for the database."""
        arriving = Lines(region="to_region_id", holders=self.holders, person=self.person)
        leaving = Lines(region=self.region, holders=self.holders, person=self.person)
        return f"({leaving.policy()}) OR ({arriving.policy()})"


class Move(Scoped):
    """A person on the way from one region to another: proposed by the one, accepted by the other."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("To be accepted")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Person"))
    person_name = models.CharField(_("Name"), max_length=60)
    region = region_field(verbose_name=_("Moves from"))
    to_region = region_field(verbose_name=_("Moves to"))
    with_household = models.BooleanField(_("Registration moves too"), default=False)
    effective_on = models.DateField(_("Moving date"))
    reason = models.CharField(_("Reason"), max_length=200)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_by_id = models.UUIDField()
    proposed_at = models.DateTimeField(_("Proposed"))
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    answer = models.CharField(_("Answer"), max_length=200, blank=True)

    scope_by: ClassVar[Lines] = BothEnds()
    keeps_code: ClassVar[Q | None] = ~Q(state=State.PROPOSED)
    names: ClassVar[tuple[str, ...]] = ("person_name",)
    if TYPE_CHECKING:
        person_id: UUID
        to_region_id: int

    class Meta(Scoped.Meta):
        verbose_name = _("Transfer")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="proposed"), name="one_open_transfer"
            ),
            models.CheckConstraint(condition=~Q(region=F("to_region")), name="transfer_goes_somewhere"),
        ]

    def __str__(self) -> str:
        return self.person_name


class Death(Scoped):
    """A death as reported, until somebody else confirms it."""

    class State(models.TextChoices):
        REPORTED = "reported", _("To be confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")
        REVOKED = "revoked", _("Has been revoked")

    class Source(models.TextChoices):
        FAMILY = "family", _("Family")
        VILLAGE = "village", _("Village or community")
        VISIT = "visit", _("A visit or call")
        HOSPITAL = "hospital", _("Hospital")
        POLICE = "police", _("Police list")
        FUNERAL = "funeral", _("Funeral list")
        PENSION = "pension", _("Social insurance office")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    died_on = models.DateField(_("Died"))
    source = models.CharField(_("Source"), max_length=10, choices=Source)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.REPORTED)
    reported_by_id = models.UUIDField()
    reported_at = models.DateTimeField(_("Reported"))
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    undo: models.JSONField[Any, Any] = models.JSONField(default=dict)

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Death")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["reported", "confirmed"]), name="one_death"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
