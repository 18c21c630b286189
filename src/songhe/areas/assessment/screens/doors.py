"""Entering what is found: the list of a place, one person at the door, somebody new, several from paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from songhe.areas.assessment import actions
from songhe.areas.assessment.actions.screening import Entry
from songhe.areas.assessment.models import Census, Finding, Outcome
from songhe.areas.assessment.queries import screening
from songhe.areas.assessment.rules.screening import Questionnaire
from songhe.areas.assessment.screens.mapping import mapped
from songhe.areas.assessment.screens.places import drawn
from songhe.areas.assessment.sheet import Choice, Question
from songhe.areas.assessment.words import say
from songhe.areas.registry.api import Person, Sex
from songhe.core.codes.region import VILLAGE, level_of
from songhe.core.decision import Reason
from songhe.core.refusal import Hidden, Refused
from songhe.engines.acts.api import record_read
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today
from songhe.kit.map.drawing import draw
from songhe.kit.refusals import said, status_of
from songhe.kit.who import who

RIGHT = "assessment.screen"
LINES = 10
CHOOSE = Reason("Choose one.")


def place(request: HttpRequest, pk: UUID, code: int) -> HttpResponse:
    """The places below a town, or in a village who is still missing, who was entered, and the search."""
    census, region = _where(request, pk, code)
    scope = who(request).scope(RIGHT)
    context = _frame(census, region)
    if level_of(code) < VILLAGE:
        lines = screening.progress(census, scope, code)
        context |= {"map": draw(mapped(census, scope, code))} | dict(drawn(census, lines))
        return render(request, "assessment/census_place.html", context)
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())
    found = screening.looked_up(census, scope, code, words) if words else []
    left = list(screening.missing(census, scope, code).order_by("name_pinyin", "id")[: screening.SHOWN])
    done = list(
        screening.findings(census, scope, code).select_related("person").order_by("-at")[: screening.SHOWN]
    )
    day = today()
    known = screening.entered_by_person(screening.findings(census, scope, code))
    context |= {
        "words": words,
        "found": [(row, row.age_on(day), _to(census, row), known.get(row.pk)) for row in found],
        "left": [(row, row.age_on(day), _to(census, row), known.get(row.pk)) for row in left],
        "done": [(row, _to(census, row.person)) for row in done],
    }
    return render(request, "assessment/census_village.html", context)


def person(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """One registered person: what was found, and the questions."""
    user = who(request)
    row: Person = Person.objects.take(person, user.scope(RIGHT))
    census, region = _where(request, pk, row.region_id)
    form, before = census.questionnaire, screening.finding_of(census, row.pk)
    if request.method != "POST":
        if before is not None and before.answers:
            record_read("assessment.open_finding", before, actor=user, at=now(), purpose="screening")
        return _door(request, census, region, row, before, before.answers if before else {})
    sent, outcome = _answers(form, request.POST), _outcome(request.POST.get("outcome", ""))
    try:
        if outcome is None:
            raise Refused("assessment.no_outcome", "Say what you found.", field="outcome")
        actions.enter_finding(
            census,
            actor=user,
            at=now(),
            person=row,
            outcome=outcome,
            answers=sent,
            seen=_moment(request.POST.get("seen", "")),
        )
    except Refused as refusal:
        if status_of(refusal) != 422:
            raise
        return _door(request, census, region, row, before, sent, refusal=refusal, outcome=outcome)
    messages.success(request, gettext("Entered: {name}").format(name=row.name))
    return redirect(reverse("assessment.census_place", args=[census.pk, region.code]))


def new_person(request: HttpRequest, pk: UUID, code: int) -> HttpResponse:
    """Somebody who is on no list; whoever is registered already is shown as the same person."""
    census, region = _village(request, pk, code)
    form = census.questionnaire
    sent: Mapping[str, str] = {}
    refusal: Refused | None = None
    if request.method == "POST":
        sent = _answers(form, request.POST)
        try:
            entry = _entry(request.POST, "", sent, Outcome.NEW)
            made, known = actions.enter_person(
                census, actor=who(request), at=now(), region=region, entry=entry
            )
            messages.success(request, _told(made, known))
            return redirect(reverse("assessment.census_place", args=[census.pk, region.code]))
        except Refused as found:
            if status_of(found) != 422:
                raise
            refusal = found
    faults = _faults(refusal)
    context = _frame(census, region) | {
        "values": request.POST,
        "sexes": Sex.choices,
        "refusal": said(refusal) if refusal else "",
        "questions": _questions(form, sent, faults),
    }
    return render(request, "assessment/census_new.html", context, status=422 if refusal else 200)


def paper(request: HttpRequest, pk: UUID, code: int) -> HttpResponse:
    """Ten lines as on a sheet of paper; the good ones go in, the others stay with their reason."""
    census, region = _village(request, pk, code)
    form = census.questionnaire
    lines: list[dict[str, Any]] = [_blank(form, n) for n in range(LINES)]
    if request.method == "POST":
        lines = _entered(request, census, region, form)
    context = _frame(census, region) | {
        "lines": lines,
        "outcomes": Outcome.choices,
        "questions": [(question.code, say(question.label)) for question in form.questions],
    }
    bad = any(line["refusal"] for line in lines)
    return render(request, "assessment/census_paper.html", context, status=422 if bad else 200)


def _entered(
    request: HttpRequest, census: Census, region: Region, form: Questionnaire
) -> list[dict[str, Any]]:
    """The lines after entering: those that went in are told and cleared."""
    lines, entries = [], []
    for n in range(LINES):
        line = _line(request.POST, form, n)
        if not line["name"]:
            continue
        try:
            outcome = _outcome(line["outcome"])
            if outcome is None:
                raise Refused("assessment.no_outcome", "Say what you found.", field="outcome")
            entries.append((line, _entry(request.POST, f"{n}-", line["answers"], outcome)))
        except Refused as refusal:
            lines.append(line | {"refusal": said(refusal)})
    told = actions.enter_paper(
        census, actor=who(request), at=now(), region=region, entries=[entry for _line_, entry in entries]
    )
    for line, one in zip([line for line, _entry_ in entries], told, strict=True):
        if isinstance(one, Refused):
            lines.append(line | {"refusal": said(one)})
        else:
            messages.success(request, _told(*one))
    lines.sort(key=lambda line: line["n"])
    return [line | {"n": n} for n, line in enumerate(lines)] + [
        _blank(form, n) for n in range(len(lines), LINES)
    ]


def _where(request: HttpRequest, pk: UUID, code: int) -> tuple[Census, Region]:
    scope = who(request).scope(RIGHT)
    census: Census = Census.objects.take(pk, scope)
    region = Region.objects.filter(code=code).first()
    if region is None or not screening.is_place(census, scope, code):
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=Region._meta.verbose_name,
        )
    return census, region


def _village(request: HttpRequest, pk: UUID, code: int) -> tuple[Census, Region]:
    census, region = _where(request, pk, code)
    if region.level != VILLAGE:
        raise Refused("assessment.not_a_village", "Entries are made in a village or community. Choose one.")
    return census, region


def _frame(census: Census, region: Region) -> dict[str, Any]:
    inside = census.region_id < region.code
    up = region.parent_id if inside and region.parent_id and region.parent_id > census.region_id else None
    return {
        "page_title": region.name,
        "census": census,
        "region": region,
        "back": reverse("assessment.census_place", args=[census.pk, up])
        if up
        else reverse("censuses.detail", args=[census.pk]),
        "here": reverse("assessment.census_place", args=[census.pk, region.code]),
    }


def _door(
    request: HttpRequest,
    census: Census,
    region: Region,
    row: Person,
    before: Finding | None,
    answers: Mapping[str, str],
    *,
    refusal: Refused | None = None,
    outcome: Outcome | None = None,
) -> HttpResponse:
    chosen = outcome or (before.outcome if before else None)
    offered = [(key, label) for key, label in Outcome.choices if key != Outcome.NEW or chosen == Outcome.NEW]
    context = _frame(census, region) | {
        "page_title": row.name,
        "person": row,
        "age": row.age_on(today()),
        "before": before,
        "seen": request.POST.get("seen", before.at.isoformat() if before else ""),
        "outcomes": [(key, label, key == chosen) for key, label in offered],
        "refusal": said(refusal) if refusal else "",
        "questions": _questions(census.questionnaire, answers, _faults(refusal)),
    }
    return render(request, "assessment/census_person.html", context, status=422 if refusal else 200)


def _questions(
    form: Questionnaire, answers: Mapping[str, str], faults: Mapping[str, Reason]
) -> list[Question]:
    return [
        Question(
            question.code,
            say(question.label),
            "one",
            [
                Choice(key, say(label), answers.get(question.code) == key)
                for key, label in question.options.items()
            ],
            fault=faults.get(question.code),
        )
        for question in form.questions
    ]


def _faults(refusal: Refused | None) -> dict[str, Reason]:
    return (
        {refusal.field: CHOOSE}
        if refusal and refusal.code == "assessment.not_all_asked" and refusal.field
        else {}
    )


def _answers(form: Questionnaire, sent: QueryDict, prefix: str = "") -> dict[str, str]:
    found = {question.code: sent.get(prefix + question.code, "") for question in form.questions}
    return {code: str(key) for code, key in found.items() if key}


def _outcome(text: str) -> Outcome | None:
    return Outcome(text) if text in Outcome.values else None


def _entry(sent: QueryDict, prefix: str, answers: Mapping[str, str], outcome: Outcome) -> Entry:
    sex = str(sent.get(f"{prefix}sex", ""))
    return Entry(
        name=str(sent.get(f"{prefix}name", "")).strip(),
        outcome=outcome,
        answers=answers,
        id_number=str(sent.get(f"{prefix}id_number", "")).strip(),
        born=_day(str(sent.get(f"{prefix}born", ""))),
        sex=Sex(sex) if sex in Sex.values else None,
    )


def _day(text: str) -> date | None:
    """A birthday as typed, 1945-03-01 or 19450301; nothing for nothing."""
    plain = text.strip()
    if not plain:
        return None
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise Refused(
            "assessment.birthday", "The date of birth is not a date. Write it as 1945-03-01.", field="born"
        ) from None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _line(sent: QueryDict, form: Questionnaire, n: int) -> dict[str, Any]:
    """One line of the sheet as it was sent."""
    answers = _answers(form, sent, f"{n}-")
    return _blank(form, n, answers) | {
        name: str(sent.get(f"{n}-{name}", "")).strip() for name in ("name", "id_number", "born", "outcome")
    }


def _blank(form: Questionnaire, n: int, answers: Mapping[str, str] | None = None) -> dict[str, Any]:
    given = answers or {}
    return {
        "n": n,
        "name": "",
        "id_number": "",
        "born": "",
        "outcome": "",
        "refusal": "",
        "answers": given,
        "questions": _questions(form, given, {}),
    }


def _told(made: Finding, known: bool) -> str:
    name = made.person.name
    if known:
        return gettext("{name} is registered already: entered as the same person.").format(name=name)
    return gettext("{name} was registered and entered.").format(name=name)


def _to(census: Census, row: Person) -> str:
    return reverse("assessment.census_person", args=[census.pk, row.pk])
