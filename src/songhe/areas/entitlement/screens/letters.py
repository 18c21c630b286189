"""Letters on screen, as they are printed, and as PDF; the explanation of everything a person is entitled to.

Each showing is a recorded read: all of it is about one person's need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import letters, queries
from songhe.areas.entitlement.explaining import day_words
from songhe.areas.entitlement.letters import Letter
from songhe.areas.entitlement.models import Application, Grant
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_read
from songhe.kit.clock import now, today
from songhe.kit.pages import page
from songhe.kit.who import who

RIGHT = "entitlement.letter"
Maker = Callable[[UUID, Scope, HttpRequest], tuple[Letter, Any]]


def _of_application(pk: UUID, scope: Scope, request: HttpRequest) -> tuple[Letter, Any]:
    row: Application = Application.objects.take(pk, scope)
    told = letters.of_application(row, today())
    record_read(RIGHT, row, actor=who(request), at=now(), purpose="letter")
    return told, row


def _of_grant(pk: UUID, scope: Scope, request: HttpRequest) -> tuple[Letter, Any]:
    row: Grant = Grant.objects.take(pk, scope)
    told = letters.of_grant(row, today())
    record_read(RIGHT, row, actor=who(request), at=now(), purpose="letter")
    return told, row


def _of_person(pk: UUID, scope: Scope, request: HttpRequest) -> tuple[Letter, Any]:
    """A statement is numbered by the act that recorded its making."""
    row: Person = Person.objects.take(pk, scope)
    told = queries.explained(living(row), today())
    act = record_read(RIGHT, row, actor=who(request), at=now(), purpose="letter")
    return letters.of_person(told, number_of(today(), act.pk)), row


def number_of(day: date, act: UUID) -> str:
    """The number of a statement: its day, and the end of its act's key."""
    return f"{day:%Y%m%d}-{act.hex[-8:].upper()}"


def living(row: Person) -> Person:
    """The person; refused for one whom the registry does not have as living."""
    if not row.is_living:
        raise Refused(
            "entitlement.not_living_now",
            "{person} is not registered as living, so there is nothing to be entitled to. Check the registry.",
            person=row,
        )
    return row


def language_of(request: HttpRequest) -> str:
    """The language of a letter: the one asked for, else the page's."""
    wanted = request.GET.get("language", "")
    known = {code.partition("-")[0]: code for code, _name in settings.LANGUAGES}
    return known.get(wanted) or get_language() or settings.LANGUAGE_CODE


def shown(request: HttpRequest, pk: UUID, *, make: Maker, slug: str) -> Mapping[str, Any]:
    """A letter as a page to print."""
    code = language_of(request)
    with override(code):
        told, row = make(pk, who(request).scope(RIGHT), request)
        words = {
            "letter": told,
            "greeting": gettext("To {name}:").format(name=told.to),
            "number": gettext("Number {number}").format(number=told.number),
            "seal": gettext("Seal"),
            "heads": [gettext("Benefit"), gettext("State"), gettext("Amount"), gettext("Reason")],
            "day": day_words(told.day),
        }
    here = code.partition("-")[0]
    return words | {
        "language": code,
        "file": f"{reverse(f'entitlement.letter_file.{slug}', args=[pk])}?language={here}",
        "others": [
            (name, f"?language={other.partition('-')[0]}")
            for other, name in settings.LANGUAGES
            if other.partition("-")[0] != here
        ],
        "back": reverse(f"{slug}.detail", args=[row.pk]),
        "back_name": str(row),
    }


def file(request: HttpRequest, pk: UUID, *, make: Maker, slug: str) -> HttpResponse:
    """A letter as PDF."""
    from songhe.areas.entitlement import (
        papers,
    )  # drawing papers loads a large library, which few requests need

    with override(language_of(request)):
        told, _row = make(pk, who(request).scope(RIGHT), request)
        body = papers.letter(told, at=now())
    name = "".join(sign for sign in told.number if sign.isascii() and (sign.isalnum() or sign in "-_"))
    heads = {"Content-Disposition": f'inline; filename="letter-{name or pk.hex[-8:]}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=heads)


MAKERS: Mapping[str, tuple[Any, Maker]] = {
    "applications": (_("Benefit decision letter"), _of_application),
    "benefit-grants": (_("Benefit letter"), _of_grant),
    "entitled-people": (_("Statement of benefits"), _of_person),
}

for _slug, (_title, _make) in MAKERS.items():
    page(
        f"entitlement.letter.{_slug}",
        path=f"{_slug}/<uuid:pk>/letter/",
        title=_title,
        right=RIGHT,
        template="entitlement/letter.html",
        context=partial(shown, make=_make, slug=_slug),
    )
    page(
        f"entitlement.letter_file.{_slug}",
        path=f"{_slug}/<uuid:pk>/letter.pdf",
        title=_title,
        right=RIGHT,
        view=partial(file, make=_make, slug=_slug),
    )


def links(slug: str) -> Callable[[Any, HttpRequest], Mapping[str, Any]]:
    """The addresses of a row's letter, for a panel beside it."""

    def query(row: Any, request: HttpRequest) -> Mapping[str, Any]:
        return {
            "letter": reverse(f"entitlement.letter.{slug}", args=[row.pk]),
            "file": reverse(f"entitlement.letter_file.{slug}", args=[row.pk]),
        }

    return query
