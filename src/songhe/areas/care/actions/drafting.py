"""Drafting a care plan: for whom, and which services recur."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.api import level_of
from songhe.areas.care import queries, rules
from songhe.areas.care.models import Line, Plan, PlanState
from songhe.areas.care.weeks import often
from songhe.areas.care.words import line_text
from songhe.areas.providers.api import Organisation, State, Worker, catalogue, item_choices
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import PaidBy
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import SYSTEM, Actor, Scope, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.jobs.api import start
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field
from songhe.kit.words import WEEKDAYS

MOST_LINES = 30
Weekdays = Annotated[
    list[int],
    Field(
        label=_("Days of the week"),
        choices=[(day, label) for day, label in enumerate(WEEKDAYS, start=1)],
        help=_("Or say below how many times a week, and the days are chosen as far apart as they can be"),
    ),
]
Whom = Annotated[Person, Field(label=_("Person"))]
ByWhom = Annotated[Organisation, Field(label=_("Organisation"))]
Earliest = Annotated[time, Field(label=_("Earliest start"))]
Latest = Annotated[time, Field(label=_("Latest start"))]


def of_draft(row: Any, _user: Any) -> list[tuple[str, str]]:
    """The lines of a plan for a form."""
    return (
        [(str(one.pk), f"{one.item_label} · {line_text(one)}") for one in queries.lines_of(row)]
        if row
        else []
    )


OfLine = Annotated[str, Field(label=_("Service"), choices=of_draft)]


@act("care.draft")
def draft_plan(
    *,
    actor: Actor,
    at: datetime,
    person: Whom,
    organisation: ByWhom,
    since: Annotated[date, Field(label=_("From"))],
    review_on: Annotated[date, Field(label=_("Review by"))],
    wishes: Annotated[str, Field(label=_("Wishes"), long=True)] = "",
) -> Plan:
    """Begin a care plan for a person, with the approved level; its services are added next."""
    if not person.is_living:
        raise Refused(
            "not_living",
            "No plan can be made for this person any more. Look at the person's page.",
            field="person",
        )
    if organisation.state != State.ACTIVE:
        raise Refused(
            "not_active",
            "This organisation does not operate at present. Choose another one.",
            field="organisation",
        )
    _check_days(since, review_on, at=at)
    with elevated():  # another office may have planned for a person who moved here
        rows = Plan.everywhere.filter(person=person)
        if rows.filter(state=PlanState.DRAFT).exists():
            raise Refused(
                "draft_there",
                "A draft plan for this person is waiting to be signed. Finish that one.",
                field="person",
            )
        if rows.filter(state=PlanState.ACTIVE).exists():
            raise Refused(
                "plan_there", "This person has a plan. Make a new version of it on its page.", field="person"
            )
    made = Plan(
        person=person, region_id=person.region_id, organisation=organisation, since=since, review_on=review_on,
        level=_level(person.pk, timezone.localdate(at)), wishes_sealed=_sealed(person.pk, wishes), prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


@act("care.draft")
def revise(
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    since: Annotated[date, Field(label=_("From"))],
    review_on: Annotated[date, Field(label=_("Review by"))],
) -> Plan:
    """Begin a new version of an active plan with its services as they are; signed, it takes its place from a day on."""
    if plan.state != PlanState.ACTIVE:
        raise _not_now(plan)
    _check_days(since, review_on, at=at)
    if since <= plan.since:
        raise Refused("before_plan", "A new version begins after the plan that it replaces.", field="since")
    if since.weekday() and not _waits(plan, at) and any(line.often for line in queries.lines_of(plan)):
        raise Refused(
            "whole_weeks",
            "The planner chooses days of this plan week by week. Let the new version begin on a Monday.",
            field="since",
        )
    with elevated():  # as above
        if Plan.everywhere.filter(person_id=plan.person_id, state=PlanState.DRAFT).exists():
            raise Refused(
                "draft_there", "A draft plan for this person is waiting to be signed. Finish that one."
            )
        person = Person.everywhere.get(pk=plan.person_id)
    made = Plan(
        person=person, region_id=person.region_id, organisation_id=plan.organisation_id, version=plan.version + 1,
        replaces=plan, since=since, review_on=review_on, level=_level(person.pk, timezone.localdate(at)), wishes_sealed=plan.wishes_sealed,
        prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    copies = queries.lines_of(plan)
    for line in copies:
        line.pk = line._meta.pk.get_default()
        line.plan = made
    with elevated():  # lines of other organisations go on too
        Line.everywhere.bulk_create(copies)
    add_detail(version=made.version, since=since.isoformat())
    return made


@act("care.draft")
def add_line(  # noqa: PLR0913  the form asks for each
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    item: Annotated[str, Field(label=_("Service"), choices=lambda row, user: item_choices())],
    minutes: Annotated[int, Field(label=_("Minutes"), least=5, most=720)],
    weekdays: Weekdays = [],  # noqa: B006  never changed
    times: Annotated[int | None, Field(label=_("Times a week"), least=1, most=7)] = None,
    every: Annotated[int, Field(label=_("Repeat every (weeks)"), least=1, most=26)] = 1,
    earliest: Earliest = time(9),
    latest: Latest = time(10),
    hard: Annotated[bool, Field(label=_("Exact time, not an hour earlier or later"))] = False,
    chosen: Annotated[
        bool,
        Field(
            label=_("The planner chooses the days"),
            help=_(
                "This many times a week, on the days named above or on any; each week's roster chooses them"
            ),
        ),
    ] = False,
    days_apart: Annotated[
        int,
        Field(label=_("Days apart, at least"), help=_("2: not on consecutive days"), least=1, most=7),
    ] = 1,
    skips_holidays: Annotated[bool, Field(label=_("Not on public holidays"))] = False,
    paid_by: Annotated[PaidBy, Field(label=_("Paid by"))] = PaidBy.ENTITLEMENT,
    organisation: Annotated[Organisation | None, Field(label=_("Another organisation"))] = None,
    rule: Annotated[
        str, Field(label=_("Or a rule"), help=_("RFC 5545, such as FREQ=MONTHLY;BYMONTHDAY=1,15"), size=200)
    ] = "",
) -> Plan:
    """Add a service that recurs: days of the week, times and minutes, days that the planner chooses, or a rule of RFC 5545."""
    need_draft(plan)
    catalogue().item(item)
    rules.check_window(earliest, latest, minutes)
    if chosen:
        _check_no_rule(rule)
        text = often(weekdays, times, days_apart, every).rule
    else:
        text, times = _fixed(weekdays, times, every, rule), None
        _check_fixed(text, days_apart)
    if len(queries.lines_of(plan)) >= MOST_LINES:
        raise Refused("many_lines", "A plan has at most {most} services.", most=MOST_LINES)
    with elevated():  # the line of another organisation does not lie in the drafter's own scope
        made = Line.everywhere.create(
            plan=plan, person_id=plan.person_id, region_id=plan.region_id,
            organisation_id=organisation.pk if organisation else plan.organisation_id, item=item, minutes=minutes,
            rule=text, earliest=earliest, latest=latest, hard=hard, times=times, days_apart=days_apart,
            skips_holidays=skips_holidays, paid_by=paid_by,
        )  # fmt: skip
    add_detail(line=str(made.pk), item=item, minutes=minutes, rule=text, times=times, days_apart=days_apart)
    return plan


def _workers(row: Any, user: Any) -> Any:
    if row is None:
        return Worker.everywhere.none()
    return queries.workers_for(row.organisation_id, Scope.EVERYTHING, row.since)


@act("care.draft")
def who_comes(  # noqa: PLR0913  the form asks for each
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    line: OfLine,
    gender: Annotated[Worker.Sex | None, Field(label=_("Worker's gender"))] = None,
    language: Annotated[str, Field(label=_("Language or dialect"), size=20)] = "",
    preferred: Annotated[list[Worker], Field(label=_("Preferred workers"), among=_workers)] = [],  # noqa: B006  never changed
    unwanted: Annotated[list[Worker], Field(label=_("Excluded workers"), among=_workers)] = [],  # noqa: B006  never changed
    double: Annotated[bool, Field(label=_("Two workers"))] = False,
    gap_least: Annotated[int, Field(label=_("Second worker after, at least (min)"), least=0, most=600)] = 0,
    gap_most: Annotated[int, Field(label=_("Second worker after, at most (min)"), least=0, most=600)] = 0,
) -> Plan:
    """Say who is to come for one service: gender, language, whom the person likes or does not want, one or two."""
    need_draft(plan)
    found = line_of(plan, line)
    both = {worker.pk for worker in preferred} & {worker.pk for worker in unwanted}
    if both:
        raise Refused("both", "The same worker cannot be both preferred and excluded.", field="unwanted")
    if gap_most < gap_least or (not double and gap_most):
        raise Refused("gap", "A gap runs from fewer to more minutes, between two workers.", field="gap_most")
    found.gender, found.language = str(gender or ""), normalise(language, field="language")[:20]
    found.preferred = [str(worker.pk) for worker in preferred]
    found.unwanted = [str(worker.pk) for worker in unwanted]
    found.double, found.gap_least, found.gap_most = double, gap_least, gap_most
    _save(found)
    add_detail(line=line, double=double, preferred=len(preferred), unwanted=len(unwanted))
    return plan


@act("care.draft")
def skip_day(
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    line: OfLine,
    day: Annotated[date, Field(label=_("Date to skip"))],
) -> Plan:
    """Leave one day of a service out (EXDATE); what an active plan has planned for it is called off."""
    if plan.state not in (PlanState.DRAFT, PlanState.ACTIVE):
        raise _not_now(plan)
    found = line_of(plan, line)
    if not found.recurring(plan).days(day, day, away=(), holidays=()):
        raise Refused("no_such_day", "The service does not take place on this day.", field="day")
    found.but = sorted({*found.but, day.isoformat()})
    if len(found.but) > 400:
        raise Refused("many_days", "Too many days are left out. Make a new version of the plan.", field="day")
    _save(found)
    add_detail(line=line, day=day.isoformat())
    tell_needless(plan, actor=actor, at=at)
    return plan


@act("care.draft")
def drop_line(plan: Plan, *, actor: Actor, at: datetime, line: OfLine) -> Plan:
    """Take a service out of a draft."""
    need_draft(plan)
    found = line_of(plan, line)
    with elevated():  # also that of another organisation
        found.delete()
    add_detail(dropped=line)
    return plan


def tell_needless(plan: Plan, *, actor: Actor, at: datetime) -> None:
    """Have orders called off that the person's plans do not ask for any more."""
    start(
        "care.call_off", {"person": str(plan.person_id), "by": actor.name[:80]}, actor=SYSTEM, at=at,
        key=str(plan.person_id),
    )  # fmt: skip


def line_of(plan: Plan, key: str) -> Line:
    """A line of a plan by its key as text."""
    found = next((one for one in queries.lines_of(plan) if str(one.pk) == key), None)
    if found is None:
        raise Refused("no_line", "The plan does not include this service. Reload the page.", field="line")
    return found


def need_draft(plan: Plan) -> None:
    """Refuse to edit what is signed."""
    if plan.state != PlanState.DRAFT:
        raise Refused(
            "signed",
            "A signed plan cannot be edited. Make a new version, which takes effect on a chosen day.",
        )


def _save(line: Line) -> None:
    with elevated():  # also that of another organisation
        line.save()


def _fixed(weekdays: list[int], times: int | None, every: int, rule: str) -> str:
    if rule.strip():
        return rules.checked(rule)
    return rules.weekly(list(weekdays) or list(rules.SPREAD.get(times or 0, ())), every)


def _check_no_rule(rule: str) -> None:
    if rule.strip():
        raise Refused(
            "rule", "The planner chooses among days of the week. Leave the rule empty.", field="rule"
        )


def _check_fixed(rule: str, days_apart: int) -> None:
    if days_apart == 1:
        return
    found = rules.pattern(rule)
    if found.frequency != "WEEKLY" or rules.least_apart(found.weekdays, found.every) < days_apart:
        raise Refused(
            "not_apart",
            "These days do not lie that far apart. Choose others, or let the planner choose.",
            field="days_apart",
        )


def _check_days(since: date, review_on: date, *, at: datetime) -> None:
    if since < timezone.localdate(at):
        raise Refused("past", "A plan begins today or later.", field="since")
    if not 0 < (review_on - since).days <= 400:
        raise Refused("review", "A plan is reviewed within a year of its first day.", field="review_on")


def _waits(plan: Plan, at: datetime) -> bool:
    """Whether nothing is planned any more until there is a new version: it may begin on any day."""
    return plan.moved or plan.review_on < timezone.localdate(at)


def _level(person_id: UUID, on: date) -> int | None:
    """The approved level, shown to whoever plans; the assessment itself is not."""
    with elevated():
        return level_of(person_id, on)


def _sealed(person_id: UUID, words: str) -> bytes:
    clean = normalise(words, lines=True, field="wishes")
    if len(clean) > 2000:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field="wishes", most=2000
        )
    return seal(person_id, clean) if clean else b""


def _not_now(plan: Plan) -> Refused:
    return Refused(
        "plan_state",
        "This is not possible while the plan is “{state}”. Reload the page and choose again.",
        state=plan.get_state_display(),
    )
