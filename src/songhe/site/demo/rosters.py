"""A published roster and a drafted one for the organisation whose planner has a log-in, made as a planner makes them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_current_timezone, localtime

from songhe.areas.providers.api import Organisation, catalogue
from songhe.areas.registry.api import Person
from songhe.areas.roster import actions, queries
from songhe.areas.roster.models import Roster, State
from songhe.areas.roster.planning import search
from songhe.areas.visits import actions as visits
from songhe.areas.visits.api import OPEN_STATES, Order, PaidBy
from songhe.core.roster.kernel.machine import plain
from songhe.engines.access.api import Grant, User
from songhe.engines.jobs.api import ask_to_stop
from songhe.site.demo.history import City, acting
from songhe.site.demo.services import ITEMS

PERSONS = 26
BEGUN = 6
"""From this hour on the day has begun, and what is planned is tomorrow."""
WINDOWS = ((8, 11), (9, 12), (13, 16), (14, 17))
MOVES = 400
"""Moves of the loops as they are written: machine code need not be made while a demo is."""


def roster(city: City) -> None:
    """Orders for two days, the first of them planned and published, the second planned."""
    organisation, planner = _shown(city)
    local = localtime(city.at)
    first = local.date() if local.hour < BEGUN else local.date() + timedelta(days=1)
    for number, day in enumerate((first, first + timedelta(days=1))):
        _order(city, organisation, planner, day, number)
        with acting(planner):
            made = _planned(city, organisation, planner, day)
            if number == 0 and made.state == State.DRAFT:
                actions.publish(made, actor=planner, at=city.at)
                while actions.publish_chunk(made, actor=planner, at=city.at):
                    pass


def _shown(city: City) -> tuple[Organisation, User]:
    planner = city.users["dispatcher"]
    holder = Grant.objects.filter(user=planner, holder_id__isnull=False)[0].holder_id
    assert holder is not None
    return Organisation.everywhere.get(pk=holder), planner


def _order(city: City, organisation: Organisation, planner: User, day: date, number: int) -> None:
    """Orders of persons whom the organisation serves already."""
    known = Order.everywhere.filter(organisation=organisation).order_by("person_id")
    persons = list(dict.fromkeys(known.values_list("person_id", flat=True)))[:PERSONS]
    found = Person.everywhere.in_bulk(persons)
    for place, key in enumerate(persons):
        item = catalogue().item(ITEMS[(place * 5 + number) % len(ITEMS)])
        since, until = WINDOWS[(place + number) % len(WINDOWS)]
        start = datetime.combine(day, time(since), tzinfo=get_current_timezone())
        end = max(
            datetime.combine(day, time(until), tzinfo=start.tzinfo),
            start + timedelta(minutes=item.minutes + 30),
        )
        taken = Order.everywhere.filter(person_id=key, item=item.code, state__in=OPEN_STATES)
        if taken.filter(wanted_from__lt=end, wanted_until__gt=start).exists():
            continue
        with acting(planner):
            visits.plan_order(
                organisation,
                actor=planner,
                at=city.at,
                person=found[key],
                item=item.code,
                wanted_from=start,
                wanted_until=end,
                paid_by=PaidBy.SELF,
            )


def _planned(city: City, organisation: Organisation, planner: User, day: date) -> Roster:
    """The plan without its job, which nobody would run yet."""
    made = actions.plan_days(organisation, actor=planner, at=city.at, first=day)
    facts = queries.facts(made, city.at)
    actions.keep_plan(
        made, actor=planner, at=city.at, facts=facts, planned=search(facts, made, moves=MOVES, made=plain())
    )
    if made.job_id:
        ask_to_stop(made.job_id, at=city.at)
    return made
