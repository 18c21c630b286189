"""Settling a doubt: ask the organisation, hear its answer, clear or uphold."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from songhe.areas.verification.guide import guide
from songhe.areas.verification.models import UNDECIDED, Check, Finding, State, due, opened
from songhe.areas.visits.api import Visit, judged, when_verified
from songhe.core.flow import Span
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import calendar
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

LONGEST = 1_000
SAMPLE = "sample"


def reasons(outcome: str) -> list[tuple[str, str]]:
    """The reasons for an outcome, in the reader's language."""
    language = get_language() or ""
    found = [one for one in guide().reasons.values() if one.outcome == outcome]
    return [(one.code, one.label.in_language(language)) for one in found]


Words = Annotated[str, Field(label=_("In words"), long=True, size=LONGEST)]
WhyClear = Annotated[str, Field(label=_("Reason"), choices=lambda row, user: reasons("clear"))]
WhyNot = Annotated[str, Field(label=_("Reason"), choices=lambda row, user: reasons("uphold"))]


@act("verification.ask")
def ask(check: Check, *, actor: Actor, at: datetime, words: Words) -> Check:
    """Ask the organisation to explain, by a day."""
    _must_be(check, State.OPEN, State.ANSWERED)
    check.question_sealed = _sealed(check, words, needed=True)
    check.state, check.asked_at = State.ASKED, at
    check.due_at = calendar().deadline(at, Span("working_days", guide().bounds.answer_days))
    check.save()
    return check


@act("verification.answer")
def answer(check: Check, *, actor: Actor, at: datetime, words: Words) -> Check:
    """Explain a visit that is in doubt; whoever asked decides."""
    _must_be(check, State.OPEN, State.ASKED)
    check.answer_sealed = _sealed(check, words, needed=True)
    check.state, check.answered_by = State.ANSWERED, actor.name[:80]
    check.due_at = due(at)
    check.save()
    return check


@act("verification.decide")
def clear(check: Check, *, actor: Actor, at: datetime, reason: WhyClear, words: Words = "") -> Check:
    """Say that the visit was given as claimed; it may then be settled."""
    _may_decide(check, actor)
    _decided(check, State.CLEARED, reason, words, actor=actor, at=at)
    judged(check.visit_id, given=True, actor=actor, at=at)
    return check


@act("verification.decide")
def uphold(check: Check, *, actor: Actor, at: datetime, reason: WhyNot, words: Words) -> Check:
    """Say that the visit was not given as claimed; it is never paid, and what was paid for it is claimed back."""
    _may_decide(check, actor, outside=True)
    if not words.strip():
        raise Refused("empty", "This must not be empty. Fill it in.", field="words")
    _decided(check, State.UPHELD, reason, words, actor=actor, at=at)
    judged(check.visit_id, given=False, actor=actor, at=at)
    return check


def found_by_sample(visit_id: UUID, words: str, *, actor: Actor, at: datetime) -> Check:
    """Uphold a visit of which the person said in a sample that it was not given; called inside another's act."""
    with elevated():  # whoever calls or visits a person may not see doubts
        visit: Visit = Visit.everywhere.get(pk=visit_id)
        check: Check = Check.everywhere.filter(visit=visit).first() or opened(visit, at)
        check.signs = sorted({*check.signs, SAMPLE})
        check.risk, check.state = guide().risk(check.signs), State.OPEN
        check.save()
        Finding.everywhere.get_or_create(
            doubt=check,
            sign=SAMPLE,
            defaults={
                "region_id": check.region_id,
                "organisation_id": check.organisation_id,
                "found_at": at,
            },
        )
        uphold(check, actor=actor, at=at, reason="not_given", words=words)
    return check


@act("verification.decide", verb="verification.overturn")
def overturn(check: Check, *, actor: Actor, at: datetime, words: Words) -> Check:
    """Say after a dispute that a visit was given after all; it may then be settled."""
    _must_be(check, State.UPHELD)
    four_eyes(check.decided_by_id, actor)
    _decided(check, State.CLEARED, "explained", words, actor=actor, at=at)
    judged(check.visit_id, given=True, actor=actor, at=at, again=True)
    return check


@when_verified
def cleared_with(visit: Visit, reason: str, actor: Actor, at: datetime) -> None:
    """A visit verified on its own page clears its check; a great risk is not for the organisation's own people."""
    with elevated():
        check = Check.everywhere.select_for_update().filter(visit=visit, state__in=UNDECIDED).first()
        if check is not None:
            _may_decide(check, actor, right="visits.verify")
            _decided(check, State.CLEARED, "explained", reason, actor=actor, at=at)


def _may_decide(
    check: Check, actor: Actor, *, outside: bool = False, right: str = "verification.decide"
) -> None:
    """The organisation's own people clear small doubts only."""
    _must_be(check, *UNDECIDED)
    if not decides(check, actor, outside=outside, right=right):
        raise Refused(
            "not_your_own",
            "This doubt is not for the organisation itself to settle. Explain the visit; the inspector or the county "
            "decides.",
        )


def decides(check: Check, actor: Actor, *, outside: bool = False, right: str = "verification.decide") -> bool:
    """Whether a doubt is for somebody to settle; ``outside``: never for the organisation's own people."""
    if actor.id == SYSTEM.id or not _own(check.organisation_id, actor, right):
        return True
    return not outside and check.risk < guide().bounds.supervisor_below


def _own(organisation_id: UUID, actor: Actor, right: str) -> bool:
    return organisation_id in actor.scope(right).holders


def _decided(check: Check, state: State, reason: str, words: str, *, actor: Actor, at: datetime) -> None:
    known = guide().reasons.get(reason)
    if known is None or known.outcome != ("clear" if state == State.CLEARED else "uphold"):
        raise Refused("no_such_reason", "Choose a reason from the list.", field="reason")
    check.words_sealed = _sealed(check, words)
    check.state, check.reason = state, reason
    check.decided_at, check.decided_by_id, check.decided_by = at, actor.id, actor.name[:80]
    check.save()
    add_detail(reason=reason)


def _must_be(check: Check, *states: State) -> None:
    if check.state not in states:
        raise Refused(
            "wrong_state",
            "This doubt is now {state}. Open it again to see what happened.",
            state=check.get_state_display(),
        )


def _sealed(check: Check, words: str, *, needed: bool = False) -> bytes:
    clean = normalise(words, lines=True, field="words")
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field="words")
    if len(clean) > LONGEST:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field="words", most=LONGEST
        )
    with elevated():
        return seal(check.person_id, clean) if clean else b""
