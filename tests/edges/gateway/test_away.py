"""The database is away: nobody is told that anything was written, and everybody when to come again."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from django.test import Client
from tests.conftest import point_at
from tests.edges.gateway.conftest import NAME
from tests.edges.gateway.test_http import sent

from songhe.site.postgres import Temporary
from songhe.site.postgres.roles import SUPERUSER


def test_platforms_and_people_are_asked_to_come_again(cluster: Temporary, ground: None) -> None:
    point_at(cluster, "songhe_app", "songhe_nowhere")
    try:
        reply = sent("-", [{"device": "T9", "id": 1, "kind": "sos"}])
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
        assert reply.json()["code"] == "later"
        page = Client().get("/login/", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    finally:
        point_at(cluster, "songhe_app", NAME)


@pytest.mark.long
def test_a_connection_that_broke_is_no_fault_of_ours(cluster: Temporary, ground: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(cluster.dsn(SUPERUSER, NAME), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    reply = sent("-", [{"device": "T9", "id": 1, "kind": "sos"}])
    assert reply.status_code == 503
    assert sent("-", [{"device": "T9", "id": 1, "kind": "sos"}]).status_code == 401, (
        "it is back, and asks who"
    )
