"""Users and roles: given, refused, taken, and what that means at the next request."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from tests import make
from tests.areas.providers import made as providers

from songhe.areas.administration import actions, queries
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Grant, User, entered
from songhe.engines.access.login import user_of_token
from songhe.engines.access.models import Token
from songhe.engines.acts.models import Act
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
PASSWORD = "pine-and-crane-2026"


def signed_in(user: User, password: str = PASSWORD) -> Client:
    user.set_password(password)
    user.save()
    client = Client()
    assert client.post("/login/", {"username": user.username, "password": password}).status_code == 302
    return client


def test_an_administrator_adds_a_user_who_can_do_what_the_role_says_until_it_is_taken() -> None:
    office = signed_in(make.user("administrator"))
    made = office.post(
        "/users/do/create_user/", {"username": "liu.fang", "name": "刘芳", "password": PASSWORD}
    )
    assert made.status_code == 302
    liu = User.objects.get(username="liu.fang")
    client = Client()
    assert client.post("/login/", {"username": "liu.fang", "password": PASSWORD}).status_code == 302
    assert client.get("/acts/").status_code == 403
    give = {"role_code": "auditor", "region": str(make.COUNTY), "since": "2026-01-01"}
    assert office.post(f"/users/{liu.pk}/give_role/", give).status_code == 302
    assert client.get("/acts/").status_code == 200
    grant = Grant.objects.get(user=liu)
    assert office.post(f"/grants/{grant.pk}/take_role/").status_code == 302
    assert client.get("/acts/").status_code == 403
    line = Act.objects.get(verb="access.create_user")
    assert line.after["username"] == "liu.fang"
    assert PASSWORD not in str(line.after)
    assert "argon2" not in str(line.after)


def test_roles_that_exclude_each_other_and_bad_input_are_refused_with_the_reason() -> None:
    office = signed_in(make.user("administrator"))
    officer = make.user("city_officer")
    give = {"role_code": "auditor", "region": str(make.CITY), "since": "2026-01-01"}
    reply = office.post(f"/users/{officer.pk}/give_role/", give)
    assert reply.status_code == 422
    assert Grant.objects.filter(user=officer).count() == 1
    for bad in (
        {"username": "x", "name": "n", "password": PASSWORD},
        {"username": "nul\0name", "name": "n", "password": PASSWORD},
        {"username": "short.password", "name": "n", "password": "short"},
        {"username": officer.username, "name": "n", "password": PASSWORD},
    ):
        assert office.post("/users/do/create_user/", bad).status_code == 422
    backwards = give | {"role_code": "inspector", "until": "2025-01-01"}
    assert office.post(f"/users/{officer.pk}/give_role/", backwards).status_code == 422


def test_an_administrator_of_a_county_gives_no_role_beyond_it() -> None:
    office = signed_in(make.user("administrator", make.COUNTY))
    made = make.user("worker", make.COUNTY)
    give = {"role_code": "auditor", "region": str(make.CITY), "since": "2026-01-01"}
    assert office.post(f"/users/{made.pk}/give_role/", give).status_code in (403, 422)
    assert Grant.objects.filter(user=made).count() == 1
    stranger = make.user("worker", make.OTHER_COUNTY)
    assert office.get(f"/users/{stranger.pk}/").status_code == 404
    assert office.post(f"/users/{stranger.pk}/deactivate/").status_code == 404


TAKING_OVER: dict[str, dict[str, str]] = {
    "set_password": {"password": "another-pine-2026"},
    "deactivate": {},
    "end_sessions": {},
    "give_role": {"role_code": "inspector", "region": str(make.COUNTY), "since": "2026-01-01"},
}


@pytest.mark.parametrize("since", [date(2026, 1, 1), date(2999, 1, 1)])
@pytest.mark.parametrize("verb", TAKING_OVER)
def test_a_county_cannot_take_over_a_user_who_also_works_elsewhere(
    verb: str, since: date, at: datetime
) -> None:
    county = make.user("administrator", make.COUNTY)
    both = make.user("county_officer", make.COUNTY)
    other = make.grant(both, "county_officer", make.OTHER_COUNTY, since=since)
    office, page, sent = signed_in(county), f"/users/{both.pk}", TAKING_OVER[verb]
    assert f"/{verb}/" not in office.get(f"{page}/").content.decode()
    assert office.post(f"{page}/{verb}/", sent).status_code in (403, 422)
    if verb == "set_password":
        with pytest.raises(Forbidden):
            actions.set_password(both, actor=county, at=at, password=sent["password"])
    both.refresh_from_db()
    assert both.is_active
    assert both.epoch == 0
    assert not both.check_password("another-pine-2026")
    assert Grant.objects.filter(user=both).count() == 2
    other.revoked_at = at
    other.save()
    assert office.post(f"{page}/{verb}/", sent).status_code == 302


def test_a_user_without_a_role_is_managed_where_they_were_added(at: datetime) -> None:
    county, other = make.user("administrator", make.COUNTY), make.user("administrator", make.OTHER_COUNTY)
    colleague, city = make.user("administrator", make.COUNTY), make.user("administrator")
    made = actions.create_user(actor=county, at=at, username="no.role.yet", name="无", password=PASSWORD)
    assert (made.made_by_id, made.made_in) == (county.pk, make.COUNTY)
    stranger = signed_in(other)
    assert stranger.get(f"/users/{made.pk}/").status_code == 404
    for verb, sent in TAKING_OVER.items():
        assert stranger.post(f"/users/{made.pk}/{verb}/", sent).status_code == 404
    with pytest.raises(Forbidden):
        actions.set_password(made, actor=other, at=at, password="another-pine-2026")
    for admin in (county, colleague, city):
        actions.set_password(made, actor=admin, at=at, password=PASSWORD)
        assert signed_in(admin).get(f"/users/{made.pk}/").status_code == 200


def test_a_user_whom_nobody_is_known_to_have_added_is_left_to_who_sees_every_role(at: datetime) -> None:
    county, city = make.user("administrator", make.COUNTY), make.user("administrator")
    old = User.objects.create(username="older.than.that", name="旧", password="!")
    with pytest.raises(Forbidden):
        actions.set_password(old, actor=county, at=at, password=PASSWORD)
    actions.set_password(old, actor=city, at=at, password=PASSWORD)
    make.user("administrator", 370000000000)
    with pytest.raises(Forbidden):
        actions.set_password(old, actor=city, at=at, password=PASSWORD)


def test_nobody_gives_themselves_a_role(at: datetime) -> None:
    city = make.user("administrator")
    give = {"role_code": "auditor", "region": str(make.CITY), "since": "2026-01-01"}
    assert signed_in(city).post(f"/users/{city.pk}/give_role/", give).status_code == 422
    with pytest.raises(Refused, match="yourself"):
        actions.give_role(
            city,
            actor=city,
            at=at,
            role_code="inspector",
            region=Region.objects.get(code=make.CITY),
            since=at.date(),
        )


def test_a_role_of_a_body_names_one_that_exists_and_fits() -> None:
    office = signed_in(make.user("administrator", make.COUNTY))
    own, elsewhere = providers.organisation(), providers.organisation(make.OTHER_COUNTY)
    somebody = make.user("county_officer", make.COUNTY)
    made = make.user("family", make.COUNTY)
    give = {"role_code": "dispatcher", "region": str(make.COUNTY), "since": "2026-01-01"}
    for bad in (
        "",
        "no such body",
        str(somebody.pk),
        str(elsewhere.pk),
        elsewhere.name,
        str(make.person().pk),
    ):
        reply = office.post(f"/users/{made.pk}/give_role/", give | {"holder_id": bad})
        assert reply.status_code == 422, bad
    beside = give | {"role_code": "inspector", "holder_id": str(own.pk)}
    assert office.post(f"/users/{made.pk}/give_role/", beside).status_code == 422
    assert office.post(f"/users/{made.pk}/give_role/", give | {"holder_id": own.name}).status_code == 302
    assert Grant.objects.get(user=made, role="dispatcher").holder_id == own.pk


def test_the_auditor_of_the_same_area_sees_what_a_colleague_did_to_users_and_took_away(at: datetime) -> None:
    county = make.user("administrator", make.COUNTY)
    office = signed_in(county)
    add = {"username": "seen.by.all", "name": "一", "password": PASSWORD}
    assert office.post("/users/do/create_user/", add).status_code == 302
    page = f"/users/{User.objects.get(username='seen.by.all').pk}"
    town = make.town()
    give = {"role_code": "inspector", "region": str(town), "since": "2026-01-01"}
    assert office.post(f"{page}/give_role/", give).status_code == 302
    assert office.post(f"{page}/set_password/", {"password": PASSWORD + "!"}).status_code == 302
    assert office.get("/grants/?format=csv").status_code == 200
    actions.issue_token(actor=county, at=at, name="statistics", days=3, secret="sh_x")
    verbs = {
        "access.create_user",
        "access.give_role",
        "access.set_password",
        "access.issue_token",
        "grants.export",
    }
    assert verbs <= seen_by(make.user("auditor", make.COUNTY))
    assert verbs <= seen_by(make.user("auditor", make.CITY))
    assert seen_by(make.user("auditor", town)) & verbs == {"access.give_role"}
    assert not seen_by(make.user("auditor", make.OTHER_COUNTY)) & verbs
    given = Act.objects.get(verb="access.give_role")
    assert (given.region_id, given.after["role"]) == (town, "inspector")


def seen_by(reader: User) -> set[str]:
    with entered(reader.scope()):
        return set(queries.acts(reader.scope("acts.view")).values_list("verb", flat=True))


def test_who_is_shut_out_is_out_at_the_next_request() -> None:
    office, worker = signed_in(make.user("administrator")), make.user("auditor")
    client = signed_in(worker)
    assert client.get("/acts/").status_code == 200
    assert office.post(f"/users/{worker.pk}/deactivate/").status_code == 302
    assert client.get("/acts/").status_code == 302


def test_a_token_is_shown_once_works_and_can_be_revoked() -> None:
    user = make.user("administrator")
    office = signed_in(user)
    page = office.post("/tokens/new/", {"name": "statistics", "days": "30"}).content.decode()
    secret = page.split('class="secret">')[1].split("<")[0]
    head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    program = Client()
    assert program.get("/api/v1/users", **head).status_code == 200
    assert program.get("/api/v1/users").status_code == 401
    token = Token.objects.get(user=user)
    assert secret.encode() not in bytes(token.digest)
    assert office.post(f"/tokens/{token.pk}/revoke_token/").status_code == 302
    assert program.get("/api/v1/users", **head).status_code == 401


def test_a_new_password_revokes_the_tokens_of_that_user_alone(at: datetime) -> None:
    office, worker, other = make.user("administrator"), make.user("auditor"), make.user("auditor")
    for owner in (worker, other):
        actions.issue_token(actor=owner, at=at, name="statistics", days=30, secret=f"sh_{owner.username}")
    actions.set_password(worker, actor=office, at=at, password=PASSWORD)
    assert user_of_token(f"sh_{worker.username}", at=at) is None
    assert user_of_token(f"sh_{other.username}", at=at) == other
    act = Act.objects.get(verb="access.set_password")
    assert (act.subject_id, act.after["tokens"]) == (worker.pk, 1)


def test_five_wrong_passwords_lock_the_account() -> None:
    user = make.user("auditor")
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    for _ in range(5):
        assert client.post("/login/", {"username": user.username, "password": "wrong"}).status_code == 422
    reply = client.post("/login/", {"username": user.username, "password": PASSWORD})
    assert reply.status_code == 422
