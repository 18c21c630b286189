"""No text breaks a form of payments, and nothing is half written."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from tests import make
from tests.areas.payments import samples  # noqa: F401  the makers of rows register themselves
from tests.badinput.strings import NAUGHTY
from tests.kit.people import logged_in

from songhe.engines.ledger.api import faults
from songhe.kit.spec import RECORDS
from songhe.kit.verbs import form_class

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SLUGS = (
    "payees",
    "payment-batches",
    "payment-lines",
    "payment-checks",
    "budget-lines",
    "money-sources",
    "receivables",
)


def filled(form: forms.Form, text: str) -> dict[str, Any]:
    """Every field with the text; choices keep a right one, so that the action itself is reached."""
    data: dict[str, Any] = {}
    for name, item in form.fields.items():
        choices = [value for value, _label in getattr(item, "choices", []) if value]
        data[name] = choices[0] if choices else "2026-11-20" if isinstance(item, forms.DateField) else text
    return data


@pytest.mark.parametrize("slug", SLUGS)
def test_no_text_breaks_a_verb(slug: str) -> None:
    record = RECORDS[slug]
    user = make.user("county_officer", make.COUNTY)
    make.grant(user, "finance_officer", make.COUNTY)
    (row,) = make.SAMPLES[slug](1, make.village())
    client, scope = logged_in(user), user.scope()
    for turn, verb in enumerate(record.verbs):
        on_row = verb.takes(record.model)
        form = form_class(verb, on_row=on_row, row=row if on_row else None, user=user, scope=scope)()
        if not any(isinstance(item, forms.CharField) for item in form.fields.values()):
            continue
        for text in NAUGHTY[turn % 4 :: 4]:
            answer = client.post(record.url_for(verb, row if on_row else None), filled(form, text))
            assert answer.status_code < 500, (verb.slug, text[:40])
            assert b"<script>alert" not in answer.content
    assert faults() == []
