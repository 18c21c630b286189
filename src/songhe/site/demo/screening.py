"""A screening census under way in one town of the county shown, so that its pages have something to tell."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.utils.timezone import localdate

from songhe.areas.assessment import actions
from songhe.areas.assessment.models import ASKED, Census, Outcome
from songhe.areas.assessment.queries.screening import expected, questions
from songhe.areas.assessment.rules.screening import Questionnaire, build_questionnaire
from songhe.areas.registry.api import Person
from songhe.engines.access.api import User
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

MOST = 400
FAR = (0.0, 0.2, 0.45, 0.7, 1.0, 1.0)
OUTCOMES = (Outcome.FOUND, Outcome.MOVED, Outcome.DECEASED, Outcome.NOT_HOME, Outcome.REFUSED)
SHARES = (0.83, 0.05, 0.02, 0.06, 0.04)


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
            until=today + timedelta(days=70),
        )
        persons = _asked(city, census, officer)
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


def _asked(city: City, census: Census, officer: User) -> list[Person]:
    """The persons of each village up to where its helpers have come: some are through, some have not begun."""
    villages: dict[int, list[Person]] = {}
    for person in expected(census, officer.scope("assessment.screen")).order_by("region_id", "id"):
        villages.setdefault(person.region_id, []).append(person)
    far = city.rng.choice(FAR, len(villages))
    asked = [
        person
        for share, here in zip(far, villages.values(), strict=True)
        for person in here[: round(share * len(here))]
    ]
    return asked[:MOST]


def _answers(form: Questionnaire, rng: np.random.Generator) -> dict[str, str]:
    """Answers of somebody met: mostly the first of each question, which is the best."""
    return {
        question.code: list(question.options)[min(int(rng.geometric(0.62)) - 1, len(question.options) - 1)]
        for question in form.questions
    }
