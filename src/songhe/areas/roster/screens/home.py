"""What waits for a planner on the home page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import organisation_names
from songhe.areas.roster import queries
from songhe.areas.roster.models import Roster, State
from songhe.kit.pages import HomeList, home_panel


def tomorrow(user: Any, scope: Any, at: datetime) -> HomeList:
    """Own organisations that have something to do tomorrow and no published roster for it."""
    day = timezone.localdate(at) + timedelta(days=1)
    own = organisation_names(user.scope("roster.plan").holders)
    rows = []
    for key, name in sorted(own.items(), key=lambda pair: pair[1]):
        count = queries.to_be_planned([key], day)
        if not count or queries.is_published(key, day):
            continue
        draft = Roster.objects.within(user.scope("roster.plan")).filter(
            organisation_id=key, first=day, state=State.DRAFT
        )
        found = draft.order_by("-made_at").first()
        url = reverse("roster.board", args=[found.pk]) if found else ask_url(key, day)
        note = ngettext("{n} order without a worker", "{n} orders without a worker", count).format(n=count)
        rows.append(
            (
                f"{day:%m-%d} · {name}",
                url,
                f"{note} · {gettext('drafted') if found else gettext('not planned')}",
            )
        )
    return HomeList(len(rows), rows, reverse("roster.planner"), "warn" if rows else "")


def ask_url(key: Any, day: Any) -> str:
    """The form that plans a day of an organisation."""
    return f"{reverse('rosters.do', args=['plan_days'])}?organisation={key}&first={day.isoformat()}"


home_panel(
    title=_("Tomorrow's roster not published"),
    right="roster.plan",
    rows=tomorrow,
    icon="calendar-stats",
    order=8,
    none=_("Tomorrow is published, or there is nothing to do."),
)
