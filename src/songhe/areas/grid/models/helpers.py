"""Helpers: the people near an elder."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.limits import skill_name
from songhe.areas.grid.rules import State, state_at
from songhe.areas.providers.api import Opening, Travel
from songhe.core.codes import Point
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal


class HelperKind(models.TextChoices):
    """In which capacity somebody helps."""

    NEIGHBOUR = "neighbour", _("Good neighbour")
    GRID_WORKER = "grid_worker", _("Grid worker")
    CADRE = "cadre", _("Village or town officer")
    VOLUNTEER = "volunteer", _("Volunteer")
    COOK = "cook", _("Cook")


class Left(models.TextChoices):
    """Why somebody helps no more."""

    OWN_WISH = "own_wish", _("Own request")
    MOVED = "moved", _("Moved away")
    HEALTH = "health", _("Health")
    REMOVED = "removed", _("Taken off the list")
    DIED = "died", _("Deceased")


class Helper(Scoped):
    """Somebody who looks after elders near by. The telephone is sealed with a data key of the helper's own (``owner_id``).

    ``person`` is the helper's own entry in the registry, ``user_id`` the log-in. ``hours`` are as an ``Opening`` keeps them;
    nothing told means at any hour. ``lon`` and ``lat`` are the helper's home in WGS-84, by which distances are reckoned.
    """

    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Name"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=12, choices=HelperKind)
    person = models.ForeignKey(
        "registry.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Entry in the registry"),
    )
    owner_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    phone_sealed = models.BinaryField(default=b"", db_default=b"")
    phone_masked = models.CharField(_("Telephone"), max_length=24, blank=True, db_default="")
    phone_hash = models.BinaryField(null=True, max_length=16)
    skills: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Can help with"), default=list, db_default=Value([], models.JSONField())
    )
    hours: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("Hours"), default=dict, db_default=Value({}, models.JSONField())
    )
    travels = models.CharField(
        _("Travel mode"), max_length=8, choices=Travel, default=Travel.WALK, db_default=Travel.WALK
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    most_elders = models.SmallIntegerField(_("Maximum number of elders"), null=True)
    trained_on = models.DateField(_("Trained on"), null=True)
    consented_on = models.DateField(_("Agreed on"), null=True)
    is_available = models.BooleanField(_("Ready to help"), default=True, db_default=True)
    away_until = models.DateTimeField(_("Not available until"), null=True)
    busy_until = models.DateTimeField(_("Busy until"), null=True)
    busy_with = models.CharField(_("Busy with"), max_length=40, blank=True, db_default="")
    since = models.DateField(_("Helper since"))
    until = models.DateField(_("Helper until"), null=True)
    why_left = models.CharField(_("Why left"), max_length=10, choices=Left, blank=True, db_default="")

    scope_by: ClassVar[Lines] = Lines(holders=("id", "user_id"))
    protected: ClassVar[tuple[str, ...]] = ("phone_sealed", "phone_hash", "lon", "lat")
    if TYPE_CHECKING:
        person_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Helper")
        indexes = [
            models.Index(fields=["region", "until"], name="helper_by_region"),
            models.Index(
                fields=["phone_hash"], condition=Q(phone_hash__isnull=False), name="helper_by_phone"
            ),
            models.Index(fields=["user_id"], condition=Q(user_id__isnull=False), name="helper_by_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="helper_leaves_after"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="helper_place_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(most_elders=None) | Q(most_elders__range=(0, 200)), name="helper_takes_some"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point | None:
        """The home, in WGS-84."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)

    @property
    def opening(self) -> Opening:
        """When somebody can usually come."""
        return Opening.read(self.hours)

    @property
    def phone(self) -> str:
        """The full number; showing it is a recorded read."""
        return reveal(self.id, self.phone_sealed)

    @property
    def skill_names(self) -> str:
        """What the helper can do, in words."""
        return " · ".join(skill_name(code) for code in self.skills)

    def helps_on(self, on: date) -> bool:
        """Whether on the list on a day."""
        return self.since <= on and (self.until is None or on < self.until)

    def state_at(self, local: datetime) -> State:
        """Whether the helper can come at a local moment."""
        return state_at(
            local, in_hours=self.opening.open_at(local) is not False, available=self.is_available,
            away_until=self.away_until, busy_until=self.busy_until,
        )  # fmt: skip
