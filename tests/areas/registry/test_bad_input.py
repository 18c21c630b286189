"""No text breaks a form, a search or an address of the registry, and nothing is half written."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from tests import make
from tests.areas.registry import samples  # noqa: F401  the makers of rows register themselves
from tests.badinput.strings import NAUGHTY
from tests.kit.people import logged_in

from songhe.areas.registry.models import Person
from songhe.kit.spec import RECORDS
from songhe.kit.verbs import form_class

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SLUGS = ("people", "households", "suspects", "merges", "transfers", "deaths", "imports")


def officer() -> Any:
    user = make.user("county_officer", make.COUNTY)
    make.grant(user, "town_officer", make.COUNTY)
    return user


def filled(form: forms.Form, text: str) -> dict[str, Any]:
    """Every field with the text; choices keep a right one now and then, so that the action itself is reached."""
    data: dict[str, Any] = {}
    for name, item in form.fields.items():
        choices = [value for value, _label in getattr(item, "choices", []) if value]
        dated = isinstance(item, forms.DateField)
        data[name] = choices[0] if choices else "2026-11-20" if dated else text
    return data


@pytest.mark.parametrize("slug", SLUGS)
def test_no_text_breaks_a_verb(slug: str) -> None:
    record, user = RECORDS[slug], officer()
    (row,) = make.SAMPLES[slug](1, make.village())
    client, scope = logged_in(user), user.scope()
    for turn, verb in enumerate(record.verbs):
        if not user.may(verb.needs):
            continue
        on_row = verb.takes(record.model)
        form = form_class(verb, on_row=on_row, row=row if on_row else None, user=user, scope=scope)()
        if not any(isinstance(item, forms.CharField) for item in form.fields.values()):
            continue
        for text in NAUGHTY[turn % 4 :: 4]:  # every text meets every record, if not every verb
            url = record.url_for(verb, row if on_row else None)
            answer = client.post(url, filled(form, text))
            assert answer.status_code < 500, (verb.slug, text[:40])
            if b"<script>alert" in answer.content:
                raise AssertionError((verb.slug, text))


@pytest.mark.parametrize(
    "slug", ["people", "households", "enrolments", "suspects", "transfers", "deaths", "imports"]
)
def test_no_text_breaks_a_list(slug: str) -> None:
    client = logged_in(officer())
    make.SAMPLES[slug](1, make.village())
    url = RECORDS[slug].url()
    for text in NAUGHTY:
        given = {
            "q": text[:2000],
            "region": text[:100],
            "state": text[:100],
            "cursor": text[:200],
            "sort": text[:100],
        }
        answer = client.get(url, given | {"tag": text[:100], "age": text[:100], "born_from": text[:50]})
        assert answer.status_code == 200, text[:40]
        assert b"<script>alert" not in answer.content


def test_what_is_refused_leaves_no_trace() -> None:
    client = logged_in(officer())
    before = Person.everywhere.count()
    for text in filter(str.strip, NAUGHTY):  # without a number a person is registered, for the time being
        client.post(
            "/people/do/register/",
            {"name": "王建国", "region": str(make.village()), "id_number": text},
        )
    assert Person.everywhere.count() == before
