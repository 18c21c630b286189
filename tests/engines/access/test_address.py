"""Where a request comes from: the visitor behind named proxies, and nobody else's word for it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client, RequestFactory
from tests import make

from songhe.engines.access.address import address_of
from songhe.engines.acts.models import Act

VISITOR, OTHER = "203.0.113.7", "203.0.113.8"
PROXY, INNER = "127.0.0.1", "10.0.0.5"


def seen(nearest: str, told: str | None) -> str:
    head = {} if told is None else {"HTTP_X_FORWARDED_FOR": told}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=nearest, **head))


@pytest.mark.parametrize(
    ("nearest", "told", "found"),
    [
        (PROXY, VISITOR, VISITOR),
        (PROXY, f"{OTHER}, {VISITOR}", VISITOR),
        (PROXY, f"{OTHER}, {VISITOR}, {INNER}", VISITOR),
        (PROXY, f"{VISITOR}:50123", VISITOR),
        (PROXY, "[2001:db8::1]:443", "2001:db8::1"),
        (f"::ffff:{PROXY}", VISITOR, VISITOR),
        (PROXY, None, PROXY),
        (PROXY, "", PROXY),
        (PROXY, f"{VISITOR}, unknown", PROXY),
        (PROXY, f"{VISITOR}, \0, {INNER}", INNER),
        (PROXY, INNER, INNER),
        (PROXY, f"{VISITOR}{',1.2.3.4' * 5000}", "1.2.3.4"),
        (VISITOR, OTHER, VISITOR),
        ("", OTHER, ""),
    ],
)
def test_the_first_from_the_right_that_is_no_proxy(
    settings: Any, nearest: str, told: str | None, found: str
) -> None:
    settings.PROXIES = [ip_network(PROXY), ip_network("10.0.0.0/24")]
    assert seen(nearest, told) == found


def test_without_named_proxies_nobody_is_believed() -> None:
    assert seen(PROXY, VISITOR) == PROXY


@pytest.mark.django_db
def test_one_visitor_of_a_proxy_does_not_lock_out_the_others(settings: Any) -> None:
    settings.PROXIES = [ip_network(PROXY)]
    user = make.user("administrator")
    user.set_password("pine-and-crane-2026")
    user.save()
    for n in range(60):
        sent = {"username": f"nobody{n}", "password": "wrong"}
        told = f"{n}.1.1.1, {VISITOR}"
        assert Client().post("/login/", sent, headers={"X-Forwarded-For": told}).status_code == 422
    right = {"username": user.username, "password": "pine-and-crane-2026"}
    assert Client().post("/login/", right, headers={"X-Forwarded-For": VISITOR}).status_code == 422
    office = Client(headers={"X-Forwarded-For": f"{VISITOR}, {OTHER}"})
    assert office.post("/login/", right).status_code == 302
    made = {"username": "from.where", "name": "一", "password": "pine-and-crane-2026"}
    assert office.post("/users/do/create_user/", made).status_code == 302
    assert Act.objects.get(verb="access.create_user").address == OTHER
