"""An administrator registers who may hand in device messages, gives secrets, and withdraws them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import make
from tests.edges.gateway.scene import device
from tests.edges.gateway.test_http import sent, statuses
from tests.kit.people import logged_in

from songhe.edges.gateway.models import Source
from songhe.engines.acts.models import Act

pytestmark = pytest.mark.django_db
FORM = {"code": "Acme", "kind": "signed", "region": make.COUNTY}
SOS = [{"device": "T1", "id": 1, "kind": "sos"}]


def office(region: int = make.CITY, role: str = "administrator") -> Client:
    return logged_in(make.user(role, region))


def shown(page: Any) -> str:
    found = re.search(r"data-secret>([^<]+)<", page.content.decode())
    assert found and page.headers["Cache-Control"] == "private, no-store"
    return found[1]


def test_a_platform_is_registered_heard_given_a_new_secret_and_withdrawn() -> None:
    admin = office()
    device("T1")
    made = admin.post("/message-sources/do/register_source/", FORM | {"region": make.CITY})
    row = Source.everywhere.get()
    assert (made.status_code, made.url) == (302, f"/message-sources/{row.pk}/secret/")
    assert (row.code, row.region_id, row.enabled) == ("acme", make.CITY, True)
    assert "data-secret" not in admin.get(made.url).content.decode()
    first = shown(admin.post(made.url))
    assert statuses(sent(first, SOS)) == ["stored"]
    assert first not in admin.get(made.url).content.decode(), "it is shown once"
    assert first not in admin.get(f"/message-sources/{row.pk}/").content.decode()
    second = shown(admin.post(made.url))
    assert sent(first, SOS).status_code == 401
    assert statuses(sent(second, SOS)) == ["stored"]
    assert admin.post(f"/message-sources/{row.pk}/switch_off/").status_code == 302
    assert sent(second, SOS).status_code == 401
    assert admin.post(f"/message-sources/{row.pk}/switch_on/").status_code == 302
    assert statuses(sent(second, SOS)) == ["stored"]
    told = Act.objects.filter(subject_id=row.pk).order_by("at", "id")
    assert len(told) == 5, "registered, two secrets, off and on"
    assert not any(word in f"{one.before}{one.after}" for one in told for word in (first, second))


def test_a_traccar_server_is_told_its_address() -> None:
    admin = office()
    made = admin.post("/message-sources/do/register_source/", FORM | {"kind": "traccar"})
    page = admin.post(made.url)
    assert (
        "/ingest/traccar/acme" in page.content.decode() and f"Bearer {shown(page)}" in page.content.decode()
    )


@pytest.mark.parametrize(
    "wrong",
    [{"code": "a b"}, {"code": "威海"}, {"code": ""}, {"code": "-"}, {"kind": "ftp"}, {"region": "1"}],
)
def test_what_cannot_be_is_refused_on_the_form(wrong: dict[str, str]) -> None:
    assert office().post("/message-sources/do/register_source/", FORM | wrong).status_code == 422
    assert not Source.everywhere.exists()


def test_only_an_administrator_of_the_region_may_and_a_code_is_one() -> None:
    admin, other = office(), office(make.OTHER_COUNTY)
    made = admin.post("/message-sources/do/register_source/", FORM)
    row = Source.everywhere.get()
    assert admin.post("/message-sources/do/register_source/", FORM).status_code == 422
    assert other.post("/message-sources/do/register_source/", FORM | {"code": "beta"}).status_code in (
        403,
        422,
    )
    assert (
        other.post("/message-sources/do/register_source/", FORM | {"region": make.OTHER_COUNTY}).status_code
        == 422
    )
    assert other.post(made.url).status_code == 404
    assert other.post(f"/message-sources/{row.pk}/switch_off/").status_code == 404
    stranger = office(make.COUNTY, "county_officer")
    assert stranger.post(made.url).status_code == 403
    assert stranger.post("/message-sources/do/register_source/", FORM | {"code": "beta"}).status_code == 403
    assert Source.everywhere.count() == 1
