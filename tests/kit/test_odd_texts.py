"""No text breaks a form of any verb: it is taken or refused in words, never a fault.

``SONGHE_ODD_TEXTS=all`` sends every text of the corpus to every verb, which takes minutes; without it each verb gets some of them.
"""

from __future__ import annotations

import os
import zlib
from typing import Any
from urllib.parse import quote_plus

import pytest
from django import forms
from tests.badinput.strings import NAUGHTY, RAW
from tests.kit.people import logged_in
from tests.kit.test_conformance import every, reader, samples

from songhe.engines.ledger.api import faults
from songhe.kit.fields import YuanField
from songhe.kit.spec import Record
from songhe.kit.verbs import form_class

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ENCODED = (*(quote_plus(text, errors="surrogatepass") for text in NAUGHTY), *RAW)
SOME = 5


def chosen(name: str) -> tuple[str, ...]:
    """All texts, or some: those that a name draws, so that all are sent to one verb or another."""
    if os.environ.get("SONGHE_ODD_TEXTS") == "all":
        return ENCODED
    start = zlib.crc32(name.encode())
    return tuple(ENCODED[(start + turn * 13) % len(ENCODED)] for turn in range(SOME))


def sensible(item: forms.Field) -> str | None:
    """A value that a field takes, encoded; None for a free text."""
    choices = [value for value, _label in getattr(item, "choices", []) if value]
    if choices:
        return quote_plus(str(choices[0]))
    kinds = {
        forms.SplitDateTimeField: "2026-11-20", forms.DateTimeField: "2026-11-20T08:00", forms.DateField: "2026-11-20",
        forms.TimeField: "08:30", forms.IntegerField: "2", YuanField: "12.50", forms.BooleanField: "on",
    }  # fmt: skip
    return next((quote_plus(value) for kind, value in kinds.items() if isinstance(item, kind)), None)


def bodies(form: forms.Form, text: str) -> list[str]:
    """What is sent: the text in every free field and sensible values beside it, so that the action is reached; the text everywhere."""
    free = {name: sensible(item) for name, item in form.fields.items()}
    return [
        "&".join(f"{name}={text if value is None else value}" for name, value in free.items()),
        "&".join(f"{name}={text}" for name in free),
    ]


@every
def test_no_text_breaks_a_verb(record: Record) -> None:
    user: Any = reader(record, *(verb.needs for verb in record.verbs))
    (row,) = samples(record, 1, owner=user)
    client = logged_in(user)
    for verb in record.verbs:
        if not user.may(verb.needs):
            continue
        on_row = verb.takes(record.model)
        scope = user.scope(verb.needs)
        form = form_class(verb, on_row=on_row, row=row if on_row else None, user=user, scope=scope)()
        url = record.url_for(verb, row if on_row else None)
        for text in chosen(f"{record.slug} {verb.slug}"):
            for body in bodies(form, text) if form.fields else []:
                answer = client.post(url, body, content_type="application/x-www-form-urlencoded")
                assert answer.status_code < 500, (verb.slug, body[:300])
                assert b"<script>alert" not in answer.content, (verb.slug, body[:300])
    assert faults() == [], "no account went wrong"
