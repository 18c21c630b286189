"""Searching for somebody who was not found: the village, the town, then help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.actions.common import TOPIC, Words, line
from songhe.areas.caring.models import Caring, Search, SearchState
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import Case, Priority, move_case, open_case
from songhe.engines.live.api import publish
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

Lost = Callable[[Search, Actor, datetime], str]
LOST: list[Lost] = []
"""What areas above do when help is called for; the first that answers gives the number of the alarm."""


def when_lost(hook: Lost) -> Lost:
    """Let an area above raise an alarm by hand: ``hook(search, actor, at)`` gives its number, or "" where it cannot."""
    LOST.append(hook)
    return hook


@act("caring.search")
def enter_search(
    search: Search,
    *,
    actor: Actor,
    at: datetime,
    found: Annotated[
        bool, Field(label=_("Was found"), help=_("Unticked: not found, escalated one level"))
    ] = False,
    words: Words = "",
) -> Search:
    """Enter what came of looking. Not found: from the village to the town; there help is called for."""
    _open(search)
    told = line(words, "words", needed=True)
    if found:
        return _moved(search, "find", told, actor=actor, at=at)
    if search.state == SearchState.VILLAGE:
        return _moved(search, "raise", told, actor=actor, at=at)
    raise Refused("call_for_help", "Call for help now, or enter that the person was found.", field="found")


@act("caring.search")
def call_for_help(search: Search, *, actor: Actor, at: datetime, words: Words = "") -> Search:
    """Call for help: an alarm is raised where there is a desk for it, else 110 and 120 are called by hand."""
    if search.state not in (SearchState.VILLAGE, SearchState.TOWN):
        raise _state(search)
    told = line(words, "words", needed=True)
    search.alarm = next((number for hook in LOST if (number := hook(search, actor, at))), "")[:40]
    add_detail(alarm=search.alarm)
    return _moved(search, "alarm", told, actor=actor, at=at)


def begin_search(caring: Caring, *, actor: Actor, at: datetime) -> Search:
    """Let the village look for somebody; one search at a time."""
    with elevated():  # a helper tells the village, whose rows the helper does not reach
        there = Search.everywhere.filter(person_id=caring.person_id).exclude(state=SearchState.FOUND).first()
        if there is not None:
            return there
        made = Search(
            id=uuid7(), caring=caring, person_id=caring.person_id, region_id=caring.region_id, opened_at=at
        )
        made.case = open_case(
            "caring_search", region_id=caring.region_id, person_id=caring.person_id, about=made, actor=actor, at=at,
            priority=Priority.HIGH,
        )  # fmt: skip
        made.number, made.due_at = made.case.number, made.case.due_at
        made.save(force_insert=True)
    _tell(made, at)
    return made


def _moved(search: Search, code: str, words: str, *, actor: Actor, at: datetime) -> Search:
    with elevated():  # whoever may act on the search acts on its case
        case = move_case(Case.everywhere.get(pk=search.case_id), code, actor=actor, at=at)
    search.state, search.due_at = SearchState(case.state), case.due_at
    search.words_sealed = seal(search.person_id, words)
    if search.state == SearchState.FOUND:
        search.closed_by, search.closed_at = actor.name[:80], at
    search.save()
    _tell(search, at)
    return search


def _open(search: Search) -> None:
    if search.state == SearchState.FOUND:
        raise _state(search)


def _state(search: Search) -> Refused:
    return Refused(
        "search_state",
        "This is now “{state}”. Open it again to see what happened.",
        state=search.get_state_display(),
    )


def _tell(search: Search, at: datetime) -> None:
    publish(TOPIC, search.region_id, {"search": str(search.pk), "state": str(search.state)}, at=at)
