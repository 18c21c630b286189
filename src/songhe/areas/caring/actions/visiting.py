"""Visits: the report from the door, and what it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.actions.calling import settled
from songhe.areas.caring.actions.common import line, still_open, tell
from songhe.areas.caring.actions.searching import begin_search
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring, Dropped, Outcome, State
from songhe.areas.caring.rules import Way
from songhe.core.refusal import Refused
from songhe.core.scoring import Answer
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.forms import api as forms
from songhe.engines.vault.api import Place, seal, take_in
from songhe.kit.fields import Field

SEEN = (Outcome.FINE, Outcome.NEEDS)
"""Outcomes with which the form is filled in: somebody was there."""


@act("caring.visit")
def report_visit(  # noqa: PLR0913  the form sends each
    caring: Caring,
    *,
    actor: Actor,
    at: datetime,
    outcome: Outcome,
    answers: Mapping[str, Answer],
    needs: list[str],
    signs: list[str],
    words: str = "",
    back: date | None = None,
    photo: UploadedFile | None = None,  # type: ignore[type-arg]
    device_at: datetime | None = None,
) -> Caring:
    """Report a visit. Who was there is described by the form; nobody there begins a search."""
    if caring.way != Way.VISIT:
        raise Refused("no_visit", "This is a call. Enter it where calls are entered.")
    still_open(caring)
    when = device_at or at
    if photo is not None:
        _keep_photo(caring, photo, actor=actor, at=at)
    if outcome == Outcome.NOBODY:
        return _nobody(caring, words, actor=actor, at=at, when=when)
    if outcome in SEEN:
        _fill(caring, answers, actor=actor, at=at)
    settled(caring, outcome, needs, signs, words, back, actor=actor, at=at)
    caring.done_at = when
    caring.save()
    tell(caring, at)
    add_detail(outcome=str(outcome), signs=caring.signs, needs=caring.needs)
    return caring


@act("caring.assign")
def drop(
    caring: Caring, *, actor: Actor, at: datetime, reason: Annotated[str, Field(label=_("Reason"), size=200)]
) -> Caring:
    """Call off what was planned by mistake."""
    still_open(caring)
    add_detail(reason=line(reason, "reason", needed=True)[:200])
    caring.state, caring.dropped = State.DROPPED, Dropped.MISTAKE
    caring.save()
    tell(caring, at)
    return caring


def _fill(caring: Caring, answers: Mapping[str, Answer], *, actor: Actor, at: datetime) -> None:
    with elevated():  # the answers lie where the person lives, whom the helper is tied to
        version = forms.current(terms().form, on=timezone.localdate(at), at=at)
        row = forms.begin(version, person_id=caring.person_id, region_id=caring.region_id, actor=actor, at=at)
        result = forms.change(row, answers, actor=actor, at=at)
        forms.lock(row, at=at)
    caring.answers, caring.level = row, result.level


def _keep_photo(caring: Caring, photo: UploadedFile, *, actor: Actor, at: datetime) -> None:  # type: ignore[type-arg]
    with elevated():  # kept with the person's key, for the office and whoever took it
        place = Place(
            owner_id=caring.person_id,
            about_id=caring.pk,
            region_id=caring.region_id,
            holder_id=caring.helper_id,
        )
        caring.photo_id = take_in(
            photo, name=str(photo.name or "photo"), place=place, actor_id=actor.id, at=at
        ).pk


def _nobody(caring: Caring, words: str, *, actor: Actor, at: datetime, when: datetime) -> Caring:
    told = line(words, "words")
    caring.state, caring.outcome, caring.tries = State.UNREACHED, Outcome.NOBODY, caring.tries + 1
    caring.done_at, caring.told_at, caring.done_by_id, caring.done_by = when, at, actor.id, actor.name[:80]
    if told:
        caring.words_sealed = seal(caring.person_id, told)
    caring.save()
    found = begin_search(caring, actor=actor, at=at)
    add_detail(search=found.number)
    tell(caring, at)
    return caring
