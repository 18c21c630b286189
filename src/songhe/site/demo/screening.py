"""A screening census under way in one town of the county shown, so that its pages have something to tell."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.utils.timezone import localdate

from songhe.areas.assessment import actions
from songhe.areas.assessment.models import ASKED, Outcome
from songhe.areas.assessment.queries.screening import expected, questions
from songhe.areas.assessment.rules.screening import Questionnaire, build_questionnaire
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

MOST = 40
OUTCOMES = (Outcome.FOUND, Outcome.MOVED, Outcome.DECEASED, Outcome.NOT_HOME, Outcome.REFUSED)
SHARES = (0.78, 0.05, 0.02, 0.11, 0.04)


def screen(city: City) -> int:
    """Start a census in the fullest town and enter most of what was found; returns how many entries there are."""
    here = city.columns.residence[city.columns.residence // 10**6 == city.shown // 10**6]
    towns, counts = np.unique(here // 1000 * 1000, return_counts=True)
    town = Region.objects.get(code=int(towns[counts.argmax()]))
    officer, today = city.county_officer(city.shown), localdate(city.at)
    form = build_questionnaire(questions())
    with acting(officer):
        census = actions.start_census(
            actor=officer,
            at=city.on(20, 9),
            region=town,
            title=f"{town.name}{today.year}年入户筛查摸底",
            since=today - timedelta(days=20),
            until=today + timedelta(days=40),
        )
        persons = list(
            expected(census, officer.scope("assessment.screen")).order_by("region_id", "id")[:MOST]
        )
        for person in persons:
            outcome = OUTCOMES[int(city.rng.choice(len(OUTCOMES), p=SHARES))]
            actions.enter_finding(
                census,
                actor=officer,
                at=city.on(int(city.rng.integers(0, 19)), 10, int(city.rng.integers(0, 60))),
                person=person,
                outcome=outcome,
                answers=_answers(form, city.rng) if outcome in ASKED else {},
            )
    return len(persons)


def _answers(form: Questionnaire, rng: np.random.Generator) -> dict[str, str]:
    """Answers of somebody met: mostly the first of each question, which is the best."""
    return {
        question.code: list(question.options)[min(int(rng.geometric(0.62)) - 1, len(question.options) - 1)]
        for question in form.questions
    }
