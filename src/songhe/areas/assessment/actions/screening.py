"""Screening: starting a census, entering what was found, signing its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.actions.reporting import report_of
from songhe.areas.assessment.models import AGAIN, ASKED, Census, Finding, Outcome
from songhe.areas.assessment.queries.screening import finding_of, questions, same_person
from songhe.areas.registry.api import Person, Sex, register
from songhe.core.codes.region import COUNTY, TOWN, is_within, level_of
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.acts.once import digest_of
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import seal_json
from songhe.kit.fields import Field

Answers = Mapping[str, str]
Where = Annotated[Region, Field(label=_("County or town"))]
PAPER_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was said about one person at the door or on paper."""

    name: str
    outcome: Outcome
    answers: Answers
    id_number: str = ""
    born: date | None = None
    sex: Sex | None = None


@act("assessment.census")
def start_census(
    *,
    actor: Actor,
    at: datetime,
    region: Where,
    title: Annotated[str, Field(label=_("Title"), size=80)],
    since: Annotated[date, Field(label=_("From"))],
    until: Annotated[date, Field(label=_("Until"))],
) -> Census:
    """Begin a census of a county or town, with the questions as they are now."""
    if level_of(region.code) not in (COUNTY, TOWN):
        raise Refused("assessment.census_level", "A census is for a county or a town.", field="region")
    if until < since:
        raise Refused("assessment.census_days", "The census would end before it begins.", field="until")
    given = questions()
    made = Census(
        region_id=region.code,
        upper=region.upper,
        title=title.strip()[:80],
        since=since,
        until=until,
        min_age=given["min_age"],
        questions=given,
        started_at=at,
        started_by_id=actor.id,
    )
    _whole(made, actor)
    made.save(force_insert=True)
    return made


@act("assessment.screen", locks=False)
def enter_finding(
    census: Census,
    *,
    actor: Actor,
    at: datetime,
    person: Person,
    outcome: Outcome,
    answers: Answers,
    seen: datetime | None = None,
) -> Finding:
    """Keep what was found about a registered person. ``seen``: the moment of the entry that is being replaced."""
    return _entered(
        census, person, outcome, answers, source=Finding.Source.DOOR, actor=actor, at=at, seen=seen
    )


@act("assessment.screen", locks=False)
def enter_person(
    census: Census, *, actor: Actor, at: datetime, region: Region, entry: Entry
) -> tuple[Finding, bool]:
    """Keep somebody who was met: the registered person where there is one, a newly registered one else.

    Returns the finding and whether the person was registered before.
    """
    return _met(census, region, entry, source=Finding.Source.DOOR, actor=actor, at=at)


@act("assessment.screen", locks=False)
def enter_paper(
    census: Census, *, actor: Actor, at: datetime, region: Region, entries: Sequence[Entry]
) -> list[tuple[Finding, bool] | Refused]:
    """Keep a page of several persons: the good lines go in, of each other one the reason comes back."""
    if len(entries) > PAPER_MOST:
        raise Refused("assessment.paper_length", "At most {most} persons fit on a page.", most=PAPER_MOST)
    told: list[tuple[Finding, bool] | Refused] = []
    for entry in entries:
        try:
            with transaction.atomic():
                told.append(_met(census, region, entry, source=Finding.Source.PAPER, actor=actor, at=at))
        except Refused as refusal:
            told.append(refusal)
    kept = [str(one[0].pk) for one in told if not isinstance(one, Refused)]
    add_detail(count=len(kept), refused=len(told) - len(kept), digest=digest_of(kept))
    return told


@act("assessment.census")
def sign_report(census: Census, *, actor: Actor, at: datetime) -> Census:
    """Sign the summary: nothing is entered any more, and the report is kept with its hash."""
    _whole(census, actor)
    if not census.is_open:
        raise _locked()
    census.report = report_of(census, actor.scope("assessment.census"), actor=actor, at=at)
    census.report_hash = digest_of(census.report)
    census.state, census.locked_at = Census.State.LOCKED, at
    census.locked_by_id, census.locked_by_name = actor.id, actor.name[:80]
    census.save()
    return census


def _met(
    census: Census, region: Region, entry: Entry, *, source: str, actor: Actor, at: datetime
) -> tuple[Finding, bool]:
    if not entry.name.strip():
        raise Refused("assessment.no_name_given", "The name is missing.", field="name")
    scope = actor.scope("assessment.screen")
    known = same_person(census, scope, name=entry.name, born=entry.born, id_number=entry.id_number)
    outcome = entry.outcome
    if known is None:
        if outcome not in ASKED:
            raise Refused(
                "assessment.not_registered",
                "Nobody registered here has this name with this number or date of birth. Check them, or enter a new person.",
                field="name",
            )
        outcome = Outcome.NEW
        person = register(
            actor=actor,
            at=at,
            name=entry.name,
            region=region,
            id_number=entry.id_number,
            born=None if entry.id_number.strip() else entry.born,
            sex=None if entry.id_number.strip() else entry.sex,
        )
    else:
        person, outcome = known, Outcome.FOUND if outcome == Outcome.NEW else outcome
    made = _entered(census, person, outcome, entry.answers, source=source, actor=actor, at=at, seen=None)
    return made, known is not None


def _entered(
    census: Census,
    person: Person,
    outcome: Outcome,
    answers: Answers,
    *,
    source: str,
    actor: Actor,
    at: datetime,
    seen: datetime | None,
) -> Finding:
    _taking(census, person, actor, at)
    fresh = _values(census, person, outcome, answers)
    row = finding_of(census, person.pk)
    if row is not None and row.outcome == Outcome.NEW and outcome == Outcome.FOUND:
        outcome = Outcome.NEW  # who was new in this census stays so
    if row is None:
        row = Finding(census=census, person=person)
    elif row.outcome == outcome and row.answers == fresh["said"]:
        return row
    elif row.outcome not in AGAIN and row.at != seen:
        raise Refused(
            "assessment.entered_before",
            "{name} was entered as “{outcome}” by {who} on {day}. Nothing is overwritten: open the entry to change it.",
            name=person.name,
            outcome=row.get_outcome_display(),
            who=row.by_name,
            day=f"{timezone.localtime(row.at):%Y-%m-%d %H:%M}",
        )
    row.region_id, row.outcome, row.tier = person.region_id, outcome, fresh["tier"]
    row.answers_sealed = seal_json(person.pk, fresh["said"]) if fresh["said"] else b""
    row.source, row.at, row.by_id, row.by_name = source, at, actor.id, actor.name[:80]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(
            "assessment.entered_now",
            "Somebody entered this person, or signed the report, at this moment. Load the page again.",
        ) from error
    add_detail(person=str(person.pk), outcome=outcome)
    return row


def _values(census: Census, person: Person, outcome: Outcome, answers: Answers) -> dict[str, Any]:
    """Answers to keep, and the tier they lead to; nobody is asked who was not met."""
    if outcome not in ASKED:
        return {"said": {}, "tier": ""}
    form = census.questionnaire
    lacking = form.faults(answers)
    if lacking:
        raise Refused(
            "assessment.not_all_asked",
            "{count} questions are not answered. Answer each.",
            field=lacking[0],
            count=len(lacking),
        )
    said = {question.code: answers[question.code] for question in form.questions}
    return {"said": said, "tier": form.tier(said, person.age_on(census.since)).code}


def _taking(census: Census, person: Person, actor: Actor, at: datetime) -> None:
    if not census.is_open:
        raise _locked()
    if not census.since <= timezone.localdate(at) <= census.until:
        raise Refused(
            "assessment.census_time",
            "Entries are taken from {since} to {until}.",
            since=census.since.isoformat(),
            until=census.until.isoformat(),
        )
    inside = is_within(person.region_id, census.region_id)
    if not inside or not actor.scope("assessment.screen").holds(person.region_id):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )


def _whole(census: Census, actor: Actor) -> None:
    """Whoever begins or signs a census answers for the whole of its region."""
    areas = actor.scope("assessment.census").areas
    if not any(low <= census.region_id and census.upper <= high for low, high in areas):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )


def _locked() -> Refused:
    return Refused(
        "assessment.census_locked", "The report of this census is signed; nothing is entered any more."
    )
