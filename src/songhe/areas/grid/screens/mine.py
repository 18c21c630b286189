"""The helper's own page on a phone: my elders, what is to do today, report something, available or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.models import Helper, Pair, Report, ReportKind
from songhe.areas.grid.queries.books import holding, own_helper, person_names
from songhe.areas.grid.queries.day import tasks_of
from songhe.areas.grid.screens.common import NOW_TONES, NOW_WORDS, ROLE_TONES, now_of
from songhe.areas.registry.api import Person, secrets_of_many, tags_on, terms
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.engines.acts.models import Act
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.tree import full_name
from songhe.engines.vault.api import reveal
from songhe.kit.clock import now
from songhe.kit.days import begin_of
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

READ = "grid.read_address"
DANGERS = ("living_alone", "no_kin", "left_behind", "functional_loss", "dementia", "disability")
"""Tags that a helper at the door has to know."""


def _elders(helper: Helper, user: Any, at: datetime) -> list[dict[str, Any]]:
    """The helper's elders with address and telephone; showing them is logged once a day each."""
    day = timezone.localdate(at)
    with elevated():  # a helper reaches exactly the persons paired with the helper
        rows = Pair.everywhere.filter(holding(day), helper=helper, person__state="alive").select_related(
            "person"
        )
        pairs = list(rows.order_by("person__name_pinyin", "person_id"))
        persons = [row.person for row in pairs]
        secrets = secrets_of_many(persons)
        tags = tags_on([one.pk for one in persons], day)
        _log(persons, user, at, day)
    known = terms()
    out = []
    for row in pairs:
        told = secrets.get(row.person_id)
        out.append(
            {
                "pair": row, "person": row.person, "age": row.person.age_on(day), "tone": ROLE_TONES[row.role],
                "phone": told.phone if told else "", "address": told.address if told else "",
                "place": full_name(row.region_id, below=3), "point": told.place if told else None,
                "risks": [(known[code].label, known[code].tone) for code in DANGERS if code in tags.get(row.person_id, {}) and code in known],
            }
        )  # fmt: skip
    return out


def _log(persons: list[Person], user: Any, at: datetime, day: Any) -> None:
    start = begin_of(day)
    ids: list[UUID] = [one.pk for one in persons]
    seen = Act.objects.filter(verb=READ, actor_id=user.pk, subject_id__in=ids, at__gte=start)
    done = set(seen.values_list("subject_id", flat=True))
    for one in persons:
        if one.pk not in done:
            record_read(READ, one, actor=user, at=at, purpose="visit")


def _answers(helper: Helper, user: Any) -> list[tuple[Report, str]]:
    rows = list(
        Report.objects.within(user.scope("grid.help")).filter(helper=helper).order_by("-reported_at")[:5]
    )
    return [(row, reveal(row.owner_id, row.answer_sealed)) for row in rows]


def context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows."""
    user, at = who(request), now()
    helper = own_helper(user)
    if helper is None:
        return {"helper": None}
    tasks = tasks_of(helper, at)
    state = now_of(helper)
    return {
        "helper": helper,
        "day": timezone.localdate(at),
        "elders": _elders(helper, user, at),
        "tasks": tasks,
        "names": person_names(one.person_id for one in tasks),
        "kinds": ReportKind.choices,
        "answers": _answers(helper, user),
        "state": state,
        "state_words": NOW_WORDS[state],
        "state_tone": NOW_TONES[state],
        "keys": [str(uuid7()) for _n in range(3)],
    }


mine = page(
    "grid.mine",
    path="my-elders/",
    title=_("My elders"),
    right="grid.help",
    template="grid/mine.html",
    context=context,
    nav=NavItem("today", "heart-handshake", 30),
    offline="/my-elders/",
    home_for=("helper",),
)
