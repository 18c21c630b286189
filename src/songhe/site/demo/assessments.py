"""Assessments of ability: most confirmed over the last months, some at every step of the way."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from songhe.areas.assessment import actions
from songhe.areas.assessment.models import Absence, Assessment, Delivery, Medical, Recipient, Signing
from songhe.areas.assessment.queries.results import FORM
from songhe.areas.registry.api import Person
from songhe.core.scoring import Answer, Form
from songhe.engines.access.api import Scope
from songhe.engines.forms.api import current, form_of
from songhe.site.demo.history import City, acting
from songhe.site.demo.tags import has

STEPS = ("request", "assign", "hand_in", "sign_first", "sign", "confirm", "deliver")
SHARES = (0.08, 0.09, 0.03, 0.06, 0.08, 0.03, 0.63)  # how many assessments stop at each step


def assess(city: City, count: int) -> int:
    """Make `count` assessments, of persons who lost abilities first; returns how many there are."""
    form = form_of(current(FORM, on=city.at.date(), at=city.at))
    for number, row in enumerate(_chosen(city, count)):
        last = int(np.searchsorted(np.cumsum(SHARES), (number * 0.618) % 1.0, side="right"))
        _one(city, row, form=form, last=min(last, len(STEPS) - 1))
    return count


def _chosen(city: City, count: int) -> list[int]:
    """Persons with a loss of abilities, half of them in the county shown; those in need first, for their subsidies."""
    in_need = has(city.columns.tags, "low_income") | has(city.columns.tags, "low_income_edge")
    weak = city.rng.permutation(np.flatnonzero(has(city.columns.tags, "functional_loss")))
    weak = weak[np.argsort(~in_need[weak], kind="stable")]
    here = city.columns.residence[weak] // 10**6 == city.shown // 10**6
    ours, others = weak[here], weak[~here]
    half = ours[: count // 2]
    return [int(row) for row in (*half, *others[: count - len(half)])]


def _one(city: City, row: int, *, form: Form, last: int) -> None:
    officer, first, second = city.officer(row), city.users["assessor"], city.users["assessor2"]
    begun = int(city.rng.integers(12, 200)) if last == len(STEPS) - 1 else int(city.rng.integers(1, 9))
    at = city.on(begun, 9, int(city.rng.integers(0, 60)))
    with acting(officer):
        person = Person.objects.take(city.ids[row], Scope.EVERYTHING)
        made = actions.request(actor=officer, at=at, person=person, note="")
        if last >= 1:
            at += timedelta(hours=3)
            actions.assign(
                made, actor=officer, at=at, first=str(first.pk), second=str(second.pk), medical=Medical.SECOND
            )
    if last == 1:
        _try(city, made, int(city.rng.integers(0, 5)))
    if last >= 2:
        _fill(city, made, form=form, last=last)
    if last >= 5:
        with acting(officer):
            _decide(city, made, row, at=min(at + timedelta(days=5), city.at), deliver=last >= 6)


def _try(city: City, made: Assessment, vain: int) -> None:
    """An appointment, and some vain attempts; after the third the request is back with who made it."""
    first = city.users["assessor"]
    soon = city.at + timedelta(days=2)
    with acting(first):
        actions.book(made, actor=first, at=city.at, appointment_at=soon)
        for number in range(min(vain, 3)):
            absence = list(Absence)[(number + vain) % len(Absence)]
            later = soon + timedelta(days=number + 1)
            actions.absent(made, actor=first, at=city.at, absence=absence, next_at=later)


def _decide(city: City, made: Assessment, row: int, *, at: datetime, deliver: bool) -> None:
    """Confirm, and hand the result over; the demo city gives no days for an objection, so it is in force then."""
    officer = city.officer(row)
    actions.confirm(made, actor=officer, at=at)
    if deliver:
        name = made.person.name
        actions.deliver(
            made,
            actor=officer,
            at=min(at + timedelta(days=1), city.at),
            delivery=Delivery.IN_PERSON,
            recipient=Recipient.PERSON,
            recipient_name=name,
        )


def _fill(city: City, made: Assessment, *, form: Form, last: int) -> None:
    first, second = city.users["assessor"], city.users["assessor2"]
    at = min(made.requested_at + timedelta(days=2), city.at)
    with acting(first):
        actions.hand_in(made, actor=first, at=at, answers=answers(form, city.rng))
        actions.informant_signs(
            made,
            actor=first,
            at=at,
            way=Signing.WITNESS,
            relation=Recipient.PERSON,
            name=made.person.name,
            witness="村会计",
        )
        if last >= 3:
            actions.sign(made, actor=first, at=at)
    if last >= 4:
        with acting(second):
            actions.sign(made, actor=second, at=min(at + timedelta(minutes=40), city.at))


def answers(form: Form, rng: np.random.Generator) -> dict[str, Answer]:
    """A complete sheet: each person has a degree of loss, and every item lies near it."""
    degree = float(rng.beta(1.6, 2.2))
    given: dict[str, Answer] = {}
    for item in form.items:
        scores = sorted(item.options, key=lambda option: -option.score)
        place = round(float(np.clip(degree + rng.normal(0, 0.16), 0, 1)) * (len(scores) - 1))
        given[item.code] = scores[place].key
    for field in form.fields:
        if field.kind == "count" and field.code in form.deciding:
            given[field.code] = min(field.high, int(rng.poisson(0.35 * degree)))
        elif field.kind == "many" and field.code in form.deciding:
            ill = [option.key for option in field.options[1:8] if rng.random() < 0.25]
            given[field.code] = tuple(ill) or (field.options[0].key,)
        elif field.kind == "one":
            given[field.code] = field.options[int(rng.integers(min(3, len(field.options))))].key
        elif field.required:
            given[field.code] = "本人"
    return given
