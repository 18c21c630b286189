"""One piece of news."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import region_field


class Event(Scoped):
    """News of one topic in one region, perhaps belonging to one holder (an organisation, a facility).

    The table has two more columns that only the database fills: ``xid`` and ``horizon``, by which a reader that
    saw this event finds those that were numbered before it and committed after it.
    """

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]  # the order of Last-Event-ID
    topic = models.CharField(_("Topic"), max_length=40)
    region = region_field(db_index=False)
    holder_id = models.UUIDField(null=True)
    at = models.DateTimeField(_("At"))
    payload = models.JSONField(default=dict)

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("News")
        indexes = [
            models.Index(fields=["topic", "id"], name="event_by_topic"),
            models.Index(fields=["at"], name="event_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
