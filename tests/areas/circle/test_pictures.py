"""Tiles of a server beneath the planner's map: only where the installation names one, and from that host alone."""

from __future__ import annotations

import runpy
from typing import Any

import pytest
from django.test import Client
from tests.areas.circle import made

from songhe.site import settings as source

pytestmark = pytest.mark.django_db
TEMPLATE = "https://tiles.example.cn:8443/w/{z}/{x}/{y}.png?key=a&b=1"


def read(monkeypatch: pytest.MonkeyPatch, settings: Any, **environment: str) -> None:
    """The settings as a process with this environment reads them."""
    for name in ("SONGHE_TILES", "SONGHE_TILES_SOURCE"):
        monkeypatch.setenv(name, environment.get(name, ""))
    found = runpy.run_path(source.__file__)
    for name in ("TILES", "TILES_SOURCE", "CSP_EXTRA"):
        setattr(settings, name, found[name])


def policy(client: Client) -> tuple[str, dict[str, str]]:
    """The planner's page, and where it may fetch what from."""
    answer = client.get("/circle/")
    rules = answer.headers["Content-Security-Policy"].split("; ")
    return answer.content.decode(), dict(rule.split(" ", 1) for rule in rules)


def test_unset_nothing_is_fetched_from_elsewhere(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    made.forget()
    read(monkeypatch, settings)
    page, rules = policy(made.office())
    assert "data-tiles" not in page
    assert rules["img-src"] == "'self' data: blob:"
    assert not [rule for rule in rules.values() if "https:" in rule or "*" in rule]


def test_a_server_that_is_named_gives_pictures_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    made.forget()
    read(monkeypatch, settings, SONGHE_TILES=TEMPLATE, SONGHE_TILES_SOURCE="© 某图 & 审图号")
    page, rules = policy(made.office())
    assert 'data-tiles="https://tiles.example.cn:8443/w/{z}/{x}/{y}.png?key=a&amp;b=1"' in page
    assert 'data-source="© 某图 &amp; 审图号"' in page
    assert rules.pop("img-src") == "'self' data: blob: https://tiles.example.cn:8443"
    assert not [rule for rule in rules.values() if "tiles.example.cn" in rule]
    assert "tiles.example.cn" not in Client().get("/care/").content.decode()


def test_an_address_that_is_none_opens_nothing(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    made.forget()
    read(monkeypatch, settings, SONGHE_TILES="https://a.cn; script-src */{z}/{x}/{y}")
    _page, rules = policy(made.office())
    assert rules["img-src"] == "'self' data: blob:"
    assert "script-src" not in rules
