"""Who looks after a person, on the person's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.models import Pair, Report
from songhe.areas.grid.queries.above import ladder
from songhe.areas.grid.queries.books import helper_names, helpers_of
from songhe.areas.grid.queries.near import responders
from songhe.areas.grid.screens.common import NOW_TONES, NOW_WORDS, REPORT_TONES
from songhe.areas.grid.screens.helpers import helpers
from songhe.areas.grid.screens.pairs import pairs
from songhe.areas.grid.screens.reports import reports
from songhe.areas.registry.api import Happening, Person, door, had, source, timeline
from songhe.engines.access.api import Scope
from songhe.kit.clock import now, today
from songhe.kit.spec import panel, panel_on
from songhe.kit.who import who

PAIRED = source(Pair)


def _near(person: Person, request: HttpRequest) -> Mapping[str, Any]:
    user, at, paired = who(request), now(), PAIRED in had(person, request)
    scope = user.scope("grid.view")
    found = responders(person, at=at, most=6, scope=scope, paired=paired) if person.is_living else []
    return {
        "person": person,
        "paired": [(row, pairs.url_of(row)) for row in (helpers_of(person, today()) if paired else [])],
        "near": [(one, NOW_WORDS[one.state], NOW_TONES[one.state], f"{helpers.url()}{one.helper_id}/") for one in found],
        "above": ladder(person, at, paired=paired),
        "pair_url": f"{pairs.url()}do/begin_pair/?person={person.pk}" if user.may("grid.pair") and person.is_living else "",
        "approximate": any(one.approximate for one in found),
    }  # fmt: skip


panel_on("people", _("Helpers near by"), panel("grid/person.html", query=_near, right="grid.view"))


def _pair_url(person_id: UUID) -> str:
    return f"{pairs.url()}do/begin_pair/?person={person_id}"


door(_("Pair with a helper"), right="grid.pair", icon="heart-handshake", url=_pair_url)


@timeline("grid.view", Pair)
def paired(person: Person, scope: Scope) -> Iterable[Happening]:
    """Who began to look after the person, and who stopped."""
    rows = list(Pair.objects.within(scope).filter(person=person).order_by("-since")[:20])
    names = helper_names(row.helper_id for row in rows)
    zone = timezone.get_current_timezone()
    for row in rows:
        name, url = names.get(row.helper_id, ""), pairs.url_of(row)
        begun = gettext("Looked after by {name}").format(name=name)
        yield Happening(
            datetime.combine(row.since, time(0), zone), begun, str(row.get_role_display()), url, "ok"
        )
        if row.until:
            ended = gettext("No longer looked after by {name}").format(name=name)
            yield Happening(
                datetime.combine(row.until, time(0), zone),
                ended,
                str(row.get_why_ended_display()),
                url,
                "muted",
            )


@timeline("grid.answer", Report)
def told(person: Person, scope: Scope) -> Iterable[Happening]:
    """What helpers reported."""
    for row in Report.objects.within(scope).filter(person=person).order_by("-reported_at")[:20]:
        text = gettext("A helper reported: {what}").format(what=row.get_kind_display())
        yield Happening(
            row.reported_at, text, str(row.get_state_display()), reports.url_of(row), REPORT_TONES[row.state]
        )
