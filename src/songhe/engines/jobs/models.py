"""Jobs and the schedule of those that come back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.regions.ids import uuid7


class Job(models.Model):
    """One piece of work, from waiting to its end."""

    class Lane(models.TextChoices):
        TIMER = "timer", _("Timer")
        OUTBOX = "outbox", _("Outbox")
        CHORE = "chore", _("Routine")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Stopped")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("Kind"), max_length=64)
    lane = models.CharField(max_length=8, choices=Lane, default=Lane.CHORE)
    key = models.CharField(max_length=120, null=True)  # noqa: DJ001  null keeps unkeyed jobs out of the unique index
    args = models.JSONField(default=dict)
    actor_id = models.UUIDField()
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.WAITING)
    run_at = models.DateTimeField()
    created_at = models.DateTimeField(_("Started"))
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    done = models.IntegerField(_("Done"), default=0)
    total = models.IntegerField(_("Of"), default=0)
    note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Job")
        indexes = [
            models.Index(fields=["lane", "run_at"], condition=Q(state="waiting"), name="job_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running"),
            models.Index(fields=["actor_id", "created_at"], name="job_by_actor"),
            models.Index(fields=["finished_at"], condition=Q(state="failed"), name="job_failed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_open_job_per_key",
            )
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_open(self) -> bool:
        """Whether it may still change."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class Schedule(models.Model):
    """When a periodic job is due next, and when it was last started."""

    kind = models.CharField(primary_key=True, max_length=64)
    next_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kind
