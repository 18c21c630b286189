"""What every record on screen must do, whoever declared it. A record without a sample maker fails here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests import make
from tests.kit.people import logged_in

from songhe.engines.access.api import Scoped, roles
from songhe.kit.spec import RECORDS, Record

pytestmark = pytest.mark.django_db

every = pytest.mark.parametrize("record", [pytest.param(found, id=slug) for slug, found in RECORDS.items()])


def samples(record: Record, n: int, region: int | None = None, *, owner: Any = None) -> list[Any]:
    """Saved rows of a record; a maker with a third parameter is told whose rows they are."""
    maker: Callable[..., list[Any]] | None = make.SAMPLES.get(record.slug)
    assert maker, f"no sample maker for “{record.slug}”: add one to tests/areas/<area>/samples.py"
    places = [p for p in inspect.signature(maker).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    owned = len(places) > 2
    place = region or make.village()
    rows = maker(n, place, owner or make.user("auditor")) if owned else maker(n, place)
    assert len(rows) == n
    return rows


def reader(record: Record, *also: str) -> Any:
    """A user of one county who holds the record's right over everything there, and other rights where they exist."""
    wanted = {record.right, *also}
    held = [code for code, role in roles().items() if role.relation == "all" and role.rights & wanted]
    assert any(record.right in roles()[code].rights for code in held), (
        f"no role sees {record.slug} as a whole"
    )
    user = make.user(held[0], make.COUNTY)
    for code in held[1:]:
        make.grant(user, code, make.COUNTY)
    return user


def without(record: Record) -> Any:
    """A user whose role lacks the record's right."""
    code = next(code for code, role in roles().items() if record.right not in role.rights)
    return make.user(code, make.COUNTY)


@every
def test_visitors_are_sent_to_the_login_page(record: Record) -> None:
    answer = Client().get(record.url())
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")


@every
def test_the_right_is_needed(record: Record) -> None:
    assert logged_in(without(record)).get(record.url()).status_code == 403


@every
@pytest.mark.long
def test_the_list_shows_a_sample_whose_links_lead_to_pages_that_its_reader_may_open(record: Record) -> None:
    user = reader(record)
    samples(record, 1, owner=user)
    client = logged_in(user)
    answer = client.get(record.url())
    assert answer.status_code == 200
    assert answer.context["count"] >= 1
    assert b"style=" not in answer.content
    for address in set(re.findall(r'<a href="(/[^"]+)"', answer.context["body"])):
        assert client.get(address).status_code in (200, 403), address


@every
def test_a_row_opens_inside_the_scope_and_outside_no_page_and_no_verb_reaches_it(record: Record) -> None:
    (outside,) = samples(record, 1, make.village(make.OTHER_COUNTY))
    if record.detail:
        user = reader(record)
        (inside,) = samples(record, 1, owner=user)
        client = logged_in(user)
        assert client.get(record.url_of(inside)).status_code == 200
        assert client.get(record.url_of(outside)).status_code == 404
    verbs = [verb for verb in record.verbs if verb.takes(record.model)]
    client = logged_in(reader(record, *(verb.needs for verb in verbs)))
    for verb in verbs:
        for answer in (client.get(record.url_for(verb, outside)), client.post(record.url_for(verb, outside))):
            assert answer.status_code in (403, 404), f"{verb.slug}: {answer.status_code}"


@every
@pytest.mark.long
def test_every_verb_has_a_form_and_needs_its_right(record: Record) -> None:
    user = reader(record, *(verb.needs for verb in record.verbs))
    (row,) = samples(record, 1, owner=user)
    client = logged_in(user)
    stranger = logged_in(without(record))
    for verb in record.verbs:
        url = record.url_for(verb, row if verb.takes(record.model) else None)
        assert client.get(url).status_code in (200, 403, 404, 422), verb.slug
        assert stranger.get(url).status_code == 403, verb.slug


@every
@pytest.mark.long
def test_a_list_asks_the_same_number_of_questions_at_any_length(record: Record) -> None:
    user = reader(record)
    client = logged_in(user)
    counts = []
    for n in (2, 5):
        samples(record, n, owner=user)
        if not counts:
            client.get(record.url())  # what is asked once in a process is asked here
        with CaptureQueriesContext(connection) as asked:
            assert client.get(record.url()).status_code == 200
        counts.append([query["sql"] for query in asked])
    assert len(counts[0]) == len(counts[1]), "\n".join(counts[1])


@every
def test_reads_fail_closed(record: Record) -> None:
    if issubclass(record.model, Scoped):
        with pytest.raises(LookupError):
            record.model.objects.all()
    else:
        assert record.rows is not None, "a model that is not Scoped says which rows a scope allows"


@every
@pytest.mark.long
def test_exports_have_every_row_and_column(record: Record) -> None:
    if not record.exports:
        assert (
            logged_in(reader(record))
            .get(record.url(), {"format": "csv"})
            .headers["Content-Type"]
            .startswith("text/html")
        )
        return
    user = reader(record, record.export_needs)
    samples(record, 3, owner=user)
    client = logged_in(user)
    text = client.get(record.url(), {"format": "csv"})
    assert text.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.content.startswith(b"\xef\xbb\xbf")
    count = client.get(record.url()).context["count"]  # read here, because the export above is an act itself
    book = openpyxl.load_workbook(BytesIO(client.get(record.url(), {"format": "xlsx"}).content))
    assert book.active is not None
    assert (book.active.max_row, book.active.max_column) == (count + 1, len(record.columns))


@every
def test_every_label_is_translated(record: Record) -> None:
    plain = _labels(record, "en")
    chinese = _labels(record, "zh-hans")
    left = [
        text
        for text, said in zip(plain, chinese, strict=True)
        if text == said and text.strip() and text.isascii()
    ]
    assert record.slug in OWN or not left, f"no Chinese for {left}"


OWN = ("ties", "places")
"""Records of the kit's own tests; their labels are not part of the product."""


def _labels(record: Record, language: str) -> list[str]:
    with translation.override(language):
        shown = [*record.columns]
        for part in (*record.panels.values(), *record.aside.values()):
            shown += part if isinstance(part, tuple) else []
        titles = [record.title, record.one, *record.panels, *record.aside]
        labels = [column.titled(record.model) for column in shown]
        labels += [item.title(record.model) for item in record.filters]
        for verb in record.verbs:
            labels.append(str(verb.label))
            labels += [
                str(verb.labels.get(wanted.name, wanted.label))
                for wanted in verb.parameters(on_row=verb.takes(record.model))
            ]
        return [str(label) for label in (*titles, *labels)]
