"""Visits and calls on a person's page and timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.models import OPEN, Caring, Pause, Search, State
from songhe.areas.caring.queries import lists, people
from songhe.areas.caring.screens.carings import carings
from songhe.areas.caring.screens.common import OUTCOME_TONES, SEARCH_TONES, STATE_TONES, group_tone
from songhe.areas.caring.screens.pauses import pauses
from songhe.areas.caring.screens.searches import searches
from songhe.areas.providers.api import said
from songhe.areas.registry.api import Happening, Person, door, had, source, timeline
from songhe.engines.access.api import Scope
from songhe.kit.clock import today
from songhe.kit.spec import panel, panel_on
from songhe.kit.who import who

CARED, PAUSED = source(Caring), source(Pause)
EVERY = {"week": _("Every week"), "month": _("Every month"), "quarter": _("Every quarter")}


def _caring(person: Person, request: HttpRequest) -> Mapping[str, Any]:
    found = had(person, request)
    rows = lists.of_person(person, who(request).scope("caring.view")) if CARED in found else []
    group = people.group_on(person, today()) if person.is_living else None
    names = lists.helper_names(row.helper_id for row in rows)
    return {
        "group": said(group.label) if group else "",
        "every": EVERY[group.every.value] if group else "",
        "tone": group_tone(group.code) if group else "",
        "pause": lists.pause_of(person.pk, today()) if PAUSED in found else None,
        "next": next((row for row in reversed(rows) if row.state in OPEN), None),
        "rows": [
            (row, carings.url_of(row), names.get(row.helper_id, "") if row.helper_id else "", STATE_TONES[row.state], OUTCOME_TONES.get(row.outcome, ""))
            for row in rows[:5]
        ],
    }  # fmt: skip


panel_on(
    "people", _("Visits and caring calls"), panel("caring/person.html", query=_caring, right="caring.view")
)


def _pause_url(person_id: UUID) -> str:
    return f"{pauses.url()}do/pause/?person={person_id}"


door(_("Pause visits"), right="caring.pause", icon="hand-stop", url=_pause_url)


@timeline("caring.view", Caring)
def seen(person: Person, scope: Scope) -> Iterable[Happening]:
    """When somebody visited or called, and what came of it."""
    rows = (
        Caring.objects.within(scope)
        .filter(person=person, state__in=[State.DONE, State.UNREACHED])
        .order_by("-done_at")[:20]
    )
    for row in rows:
        what = gettext("Friendly visit") if row.way == "visit" else gettext("Caring call")
        note = " · ".join(
            part for part in (str(row.get_outcome_display()), row.need_names, row.sign_names) if part
        )
        yield Happening(
            row.done_at or row.due_at, what, note, carings.url_of(row), OUTCOME_TONES.get(row.outcome, "")
        )


@timeline("caring.search", Search)
def searched(person: Person, scope: Scope) -> Iterable[Happening]:
    """When the person was searched for."""
    for row in Search.objects.within(scope).filter(person=person).order_by("-opened_at")[:10]:
        yield Happening(
            row.opened_at,
            gettext("Not found at a visit"),
            str(row.get_state_display()),
            searches.url_of(row),
            SEARCH_TONES[row.state],
        )
