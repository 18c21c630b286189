"""Every relation × every address × rows of another county: no page, file or answer holds one word of them.

The canary is a name that everything over there bears; it must sing nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client
from tests import make
from tests.kit.people import logged_in
from tests.kit.test_conformance import samples

from songhe.areas.registry.api import Person
from songhe.engines.access.api import roles
from songhe.engines.access.login import make_token, new_secret
from songhe.engines.regions.models import Region
from songhe.kit.clock import now
from songhe.kit.pages import PAGES
from songhe.kit.spec import RECORDS, Record

pytestmark = [pytest.mark.django_db, pytest.mark.long]
CANARY = "金丝雀"
FINE = (200, 302, 400, 403, 404, 405, 422)
TEXTS = ("name", "person_name", "title", "words", "note", "address", "subject_name")
OURS = {"ties", "places"}


@pytest.fixture
def elsewhere() -> list[tuple[Record, Any]]:
    """One row of each record in another county, all bearing the canary's name."""
    there = make.village(make.OTHER_COUNTY)
    out = [(record, samples(record, 1, there)[0]) for record in RECORDS.values() if record.slug not in OURS]
    renamed = sum(map(bearing, apps.get_models()))
    assert renamed >= len(out), "too few rows bear the name for this test to see anything"
    return out


def bearing(model: Any) -> int:
    """Give the texts of a table's rows over there the canary's name; how many rows."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    if "region" not in fields or issubclass(model, Region):
        return 0
    texts = {
        name: CANARY for name in TEXTS if isinstance(fields.get(name), models.CharField | models.TextField)
    }
    there = {"region_id__gte": make.OTHER_COUNTY, "region_id__lt": make.OTHER_COUNTY + 10**6}
    if not texts:
        return 0
    try:
        with transaction.atomic():
            rows = getattr(model, "everywhere", model._default_manager).filter(**there)
            return int(rows.update(**texts))
    except DatabaseError:
        return 0  # a log that nobody changes, or signed answers


def addresses(rows: list[tuple[Record, Any]]) -> Iterator[tuple[str, ...]]:
    """What anybody can type. Of each group the later ones pass the same door as the first, and stay shut with it.

    The forms of a row's verbs have their own test among the conformance tests.
    """
    for record, row in rows:
        yield (record.url(), f"{record.url()}?q={CANARY}", f"{record.url()}?format=csv")
        yield (f"/api/v1/{record.slug}/", f"/api/v1/{record.slug}/?q={CANARY}")
        yield (f"/api/v1/{record.slug}/{row.pk}",)
        for reading in record.readings:
            yield (f"/api/v1/{record.slug}/{row.pk}/{reading.name}",)
        yield (f"/pick/{record.slug}/?q={CANARY}",)
        if record.detail:
            yield (record.url_of(row),)
    for page in PAGES.values():
        if "<" not in page.path:
            yield ("/" + page.path, f"/{page.path}?region={make.OTHER_COUNTY}")
            continue
        own = [row for record, row in rows if page.path.startswith(record.slug + "/")]
        for row in own or [row for _record, row in rows if isinstance(row, Person)]:
            yield ("/" + page.path.replace("<uuid:pk>", str(row.pk)),)


def test_the_canary_is_seen_by_who_may(elsewhere: list[tuple[Record, Any]]) -> None:
    """The test can fail: over there the name is on many pages."""
    neighbour = logged_in(make.user("county_officer", make.OTHER_COUNTY))
    seen = [
        record.slug for record, _row in elsewhere if CANARY in neighbour.get(record.url()).content.decode()
    ]
    assert len(seen) >= 5, seen


@pytest.mark.parametrize("relation", sorted({role.relation for role in roles().values()}))
def test_no_relation_opens_a_word_of_another_county(
    elsewhere: list[tuple[Record, Any]], relation: str
) -> None:
    """Somebody with every role of one relation, so that all doors of it are open: scope is made of the relation."""
    user = None
    for code in [role.code for role in roles().values() if role.relation == relation]:
        if user is None:
            user = make.user(code, make.COUNTY, holder_id=elsewhere[0][1].pk)
        else:
            make.grant(user, code, make.COUNTY, holder_id=elsewhere[0][1].pk)
    assert user is not None
    secret = new_secret()
    make_token(user.pk, secret, name="matrix", at=now(), days=1)
    page, http = logged_in(user), Client(headers={"Authorization": f"Bearer {secret}"})
    assert not heard(page, http, list(dict.fromkeys(addresses(elsewhere))))


def test_no_role_is_told_a_word_of_another_county_at_home(elsewhere: list[tuple[Record, Any]]) -> None:
    for code in roles():
        page = logged_in(make.user(code, make.COUNTY, holder_id=elsewhere[0][1].pk))
        assert not heard(page, page, [("/",), ("/me/",)]), code


def heard(page: Client, http: Client, doors: list[tuple[str, ...]]) -> str:
    """What was heard of the canary, or answered as no address may."""
    found = []
    for address, answer in opened(page, http, doors):
        if answer.status_code not in FINE:
            found.append(f"{address}: {answer.status_code}")
        if CANARY in text_of(answer).replace(f'value="{CANARY}"', ""):
            found.append(f"{address}: sang")
    return "\n".join(found[:40])


def opened(page: Client, http: Client, doors: list[tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
    """Each address with its answer; behind a door that is shut nothing more is tried."""
    for door in doors:
        for address in door:
            answer = (http if address.startswith("/api/") else page).get(address)
            yield address, answer
            if answer.status_code == 403:
                break


def text_of(answer: Any) -> str:
    """The whole answer, streamed or not."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(raw.decode("utf-8", "replace"))
