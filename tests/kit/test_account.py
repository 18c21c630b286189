"""The door: logging in and out, lock-out, one-click demonstration, display, headers, what survives a fault."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from tests import make
from tests.kit.conftest import ties
from tests.kit.people import logged_in

from songhe.engines.access.api import Tie, User
from songhe.engines.access.login import make_token, user_of_token
from songhe.engines.acts.models import Act
from songhe.kit.urls import urlpatterns as kit_urls

pytestmark = pytest.mark.django_db
PASSWORD = "pine-and-crane"


@pytest.fixture
def officer() -> User:
    """An officer with a password."""
    user = make.user("county_officer", make.COUNTY, name="Chen Jing")
    user.set_password(PASSWORD)
    user.save()
    return user


def test_the_right_password_opens_where_one_wanted_to_go(officer: User) -> None:
    client = Client()
    wanted = client.get("/ties/?kind=kin").headers["Location"]
    assert wanted == "/login/?next=%2Fties%2F%3Fkind%3Dkin"
    data = {"username": officer.username, "password": PASSWORD, "next": "/ties/?kind=kin"}
    assert client.post("/login/", data).headers["Location"] == "/ties/?kind=kin"
    assert client.get("/ties/").status_code == 200
    assert client.get("/login/").headers["Location"] == "/"
    client.post("/logout/")
    assert client.get("/ties/").status_code == 302


def test_login_never_leads_to_another_site(officer: User) -> None:
    for evil in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        data = {"username": officer.username, "password": PASSWORD, "next": evil}
        assert Client().post("/login/", data).headers["Location"] == "/"


def test_a_wrong_password_says_so_and_the_sixth_is_locked_out(officer: User) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    for _try in range(5):
        answer = client.post("/login/", {"username": officer.username, "password": "wrong"})
        assert answer.status_code == 422
        assert "wrong" in answer.content.decode()
    locked = client.post("/login/", {"username": officer.username, "password": PASSWORD})
    assert locked.status_code == 422
    assert "Too many failed attempts" in locked.content.decode()


def test_demonstration_users_enter_with_one_click_only_in_a_demonstration(officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_demo=True)
    other = make.user("worker", make.COUNTY, name="Not For Show")
    assert Client().post("/login/demo/", {"user": str(officer.pk)}).status_code == 404
    with override_settings(DEMO=True):
        page = Client().get("/login/").content.decode()
        assert "Chen Jing" in page
        assert "Not For Show" not in page
        client = Client()
        assert client.post("/login/demo/", {"user": str(officer.pk)}).status_code == 302
        assert client.get("/ties/").status_code == 200
        for nobody in (str(other.pk), "x", ""):
            assert Client().post("/login/demo/", {"user": nobody}).status_code == 404


def test_a_new_password_ends_other_sessions_and_tokens_and_keeps_this_one(
    officer: User, at: datetime
) -> None:
    here, elsewhere = logged_in(officer), logged_in(officer)
    new = "another-long-one"
    make_token(officer.pk, "sh_own", name="statistics", at=at, days=9)
    wrong = here.post("/me/", {"old": "nope", "new": "1234567890", "again": "x"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"old", "new", "again"}
    assert here.post("/me/", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    assert user_of_token("sh_own", at=at) is None
    assert Act.objects.get(verb="access.own_password").after == {"tokens": 1}
    assert Client().post("/login/", {"username": officer.username, "password": new}).status_code == 302


def test_display_is_kept_and_used(officer: User) -> None:
    client = logged_in(officer)
    assert '<html lang="zh-Hans" data-theme="auto"' in client.get("/").content.decode()
    client.post("/display/", {"theme": "dark", "large": "1", "language": "en", "next": "/ties/"})
    page = client.get("/").content.decode()
    assert '<html lang="en"' in page
    assert 'data-theme="dark" class="large"' in page
    client.post("/display/", {"theme": "neon", "large": "7", "language": "xx"})
    assert client.cookies["theme"].value == "dark"
    officer.refresh_from_db()
    assert officer.language == "en"


def test_every_page_forbids_foreign_code_and_personal_pages_are_not_stored(officer: User) -> None:
    page = logged_in(officer).get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert (
        "Cache-Control" not in Client().get("/sw.js").headers
        or "no-cache" in Client().get("/sw.js").headers["Cache-Control"]
    )


def test_scripts_without_a_session_are_told_and_not_redirected() -> None:
    answer = Client().post("/ties/do/begin/", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def write_then_break(request: HttpRequest) -> HttpResponse:
    """Write a row, then fail."""
    ties(1, make.village())
    raise RuntimeError("a defect")


def write_then_fail_quietly(request: HttpRequest) -> HttpResponse:
    """Write a row, then answer 503."""
    ties(1, make.village())
    return HttpResponse(status=503)


urlpatterns: list[Any] = [
    path("break/", write_then_break),
    path("quiet/", write_then_fail_quietly),
    *kit_urls,
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/break/", "/quiet/"])
def test_a_fault_leaves_nothing_half_written(officer: User, address: str) -> None:
    client = logged_in(officer)
    client.raise_request_exception = False
    before = Tie.everywhere.count()
    assert client.get(address).status_code in (500, 503)
    assert Tie.everywhere.count() == before


def test_a_user_without_any_role_in_force_sees_nothing() -> None:
    user = User.objects.create(username="bare", name="Bare")
    client = logged_in(user)
    assert client.get("/").status_code == 200
    assert client.get("/ties/").status_code == 403
