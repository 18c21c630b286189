"""The family's page, in large type."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.family import queries
from songhe.areas.hotline.api import complaints_by
from songhe.areas.roster.api import news_of
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who


def context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows."""
    user, at = who(request), now()
    return {
        "relatives": queries.relatives(
            user.scope("visits.view"),
            at,
            alarms=user.scope("alarms.view") if user.may("alarms.view") else None,
        ),
        "complaints": complaints_by(user.pk, user.scope("hotline.view")),
        "news": news_of(user.scope("roster.feed")).count(),
        "today": timezone.localdate(at),
        "tomorrow": timezone.localdate(at) + timedelta(days=1),
        "may_order": user.may("hotline.create"),
    }


family = page(
    "family.home",
    path="family/",
    title=_("My family"),
    right="visits.rate",
    template="family/home.html",
    context=context,
    nav=NavItem("today", "home-heart", 5),
    home_for=("family",),
    large=True,
)
