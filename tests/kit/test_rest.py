"""The API: tokens, scope, the six inputs that break naive servers, idempotency, problem documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests import make

from songhe.engines.access.api import User
from songhe.engines.access.login import make_token, new_secret
from songhe.kit.spec import RECORDS

pytestmark = pytest.mark.django_db


class Program(Client):
    """A client with a token."""

    def __init__(self, user: User) -> None:
        secret = new_secret()
        make_token(user.pk, secret, name="test", at=datetime.now(UTC), days=1)
        super().__init__(headers={"Authorization": f"Bearer {secret}"})

    def send(self, path: str, body: Any, key: str = "") -> Any:
        extra = {"headers": {"Idempotency-Key": key}} if key else {}
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.post(f"/api/v1/{path}", text, content_type="application/json", **extra)


@pytest.fixture
def office() -> Program:
    return Program(make.user("administrator"))


def test_the_document_names_every_record_and_verb(office: Program) -> None:
    paths = office.get("/api/v1/openapi.json").json()["paths"]
    for record in RECORDS.values():
        assert f"/api/v1/{record.slug}" in paths
    assert "/api/v1/users/do/create_user" in paths


def test_nobody_without_a_valid_token() -> None:
    for head in ("", "Bearer nonsense", "Basic YTpi", "Bearer "):
        reply = Client(headers={"Authorization": head}).get("/api/v1/users")
        assert reply.status_code == 401
        assert reply["Content-Type"] == "application/problem+json"
        assert reply.json()["code"] == "no_token"


def test_a_role_without_the_right_and_a_row_elsewhere() -> None:
    worker = Program(make.user("worker", make.COUNTY))
    assert worker.get("/api/v1/users").status_code == 403
    county = Program(make.user("administrator", make.COUNTY))
    elsewhere = make.user("worker", make.OTHER_COUNTY)
    assert county.get(f"/api/v1/users/{elsewhere.pk}").status_code == 404
    assert county.send(f"users/{elsewhere.pk}/deactivate", {}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "-1"},
        {"limit": "0"},
        {"limit": str(10**20)},
        {"limit": "x"},
        {"q": "\0"},
        {"q": "x" * 500},
        {"is_active": "\0"},
        {"is_active": "maybe"},
    ],
)
def test_bad_queries_are_refused(office: Program, query: dict[str, str]) -> None:
    assert office.get("/api/v1/users", query).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        '{"username": "a\\u0000b", "name": "n", "password": "pine-and-crane"}',
        '{"username": "\\ud800", "name": "n", "password": "pine-and-crane"}',
        '{"username": 12345678901234567890123, "name": "n", "password": "pine-and-crane"}',
        '{"username": null, "name": "n", "password": "pine-and-crane"}',
        '{"username": ["a"], "name": {"a": 1}, "password": "pine-and-crane"}',
        '{"username": "fine.name", "name": "n", "password": NaN}',
        "{}",
        "[]",
        "null",
        "{",
        b"\xff\xfe{}",
        "[" * 5000,
    ],
)
def test_bad_bodies_are_refused_as_problems(office: Program, body: Any) -> None:
    before = User.objects.count()
    reply = office.send("users/do/create_user", body)
    assert reply.status_code in (400, 422), reply.content
    assert reply["Content-Type"] == "application/problem+json"
    assert User.objects.count() == before


def test_a_repeat_has_one_effect_and_another_body_is_a_conflict(office: Program) -> None:
    body = {"username": "one.effect", "name": "一", "password": "pine-and-crane-2026"}
    first = office.send("users/do/create_user", body, key="k1")
    again = office.send("users/do/create_user", body, key="k1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert User.objects.filter(username="one.effect").count() == 1
    clash = office.send("users/do/create_user", body | {"username": "two.effects"}, key="k1")
    assert clash.status_code == 409
    assert office.send("users/do/create_user", body, key="k2").json()["code"] in ("username_taken", "invalid")


def test_a_repeat_of_what_the_row_allows_only_once_finds_the_first_answer(office: Program) -> None:
    user = make.user("worker", make.COUNTY)
    first = office.send(f"users/{user.pk}/deactivate", {}, key="k1")
    again = office.send(f"users/{user.pk}/deactivate", {}, key="k1")
    assert (first.status_code, again.status_code) == (200, 200), again.content
    assert first.json() == again.json() == {"id": str(user.pk)}
    assert office.send(f"users/{user.pk}/deactivate", {}, key="k2").status_code == 404


def test_what_was_refused_can_be_sent_again_under_its_key(office: Program) -> None:
    body = {"username": "later.fine", "name": "", "password": "pine-and-crane-2026"}
    assert office.send("users/do/create_user", body, key="k1").status_code == 422
    assert office.send("users/do/create_user", body | {"name": "一"}, key="k1").status_code == 200


def test_what_the_form_refuses_the_api_refuses_on_the_field(office: Program) -> None:
    user = make.user("worker", make.COUNTY)
    reply = office.send(
        f"users/{user.pk}/give_role", {"role_code": "no_such", "region": 1, "since": "2026-02-30"}
    )
    assert reply.status_code == 422
    assert {fault["field"] for fault in reply.json()["errors"]} & {"role_code", "region", "since"}
