"""Workers and families hear of a published roster, and read it in calendars of their own; nobody else does."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.roster import made

from songhe.areas.providers.api import Leave, take_leave
from songhe.areas.roster.actions.informing import inform
from songhe.areas.roster.models import Feed, News
from songhe.areas.visits import actions as visits
from songhe.engines.access.api import SYSTEM, Grant, Tie, User, tie
from songhe.engines.acts.models import Act
from songhe.engines.notices.api import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def told(here: made.Office) -> tuple[Client, Client, Client]:
    """A published day; the browsers of a relative, of the worker who comes, and of a stranger."""
    kin = make.user("family", make.COUNTY)
    person = here.persons[0]
    tie(person.pk, kin.pk, Tie.Kind.KIN, region_id=person.region_id, since=timezone.localdate())
    roster = made.published(here, made.plan(here))
    line = next(line for line in made.lines(roster) if line.person_id == person.pk)
    worker = make.user("worker", make.COUNTY, holder_id=line.worker_id)
    stranger = make.user("family", make.COUNTY)
    return tuple(providers.client_of(user) for user in (kin, worker, stranger))  # type: ignore[return-value]


def test_news_reach_those_concerned_once_and_nobody_else() -> None:
    here = made.office(orders=2)
    kin, worker, stranger = told(here)
    name = here.persons[0].name
    assert name in kin.get("/my-visits/news/").content.decode()
    assert name in worker.get("/my-visits/news/").content.decode()
    assert name not in stranger.get("/my-visits/news/").content.decode()
    assert "/my-visits/news/" in kin.get("/", follow=True).content.decode(), "on the home page too"
    stranger.post("/my-visits/news/", {"what": "seen"})
    assert not News.everywhere.exclude(seen_at=None).exists()
    kin.post("/my-visits/news/", {"what": "seen"})
    assert name not in kin.get("/my-visits/news/").content.decode()
    assert name in worker.get("/my-visits/news/").content.decode()


def test_a_calendar_address_is_private_says_little_and_ends_when_revoked() -> None:
    here = made.office(orders=2)
    kin, worker, stranger = told(here)
    for client in (kin, worker):
        page = client.post("/my-visits/news/", {"what": "make"}).content.decode()
        (address,) = re.findall(r"http://testserver(/calendar/[\w-]+\.ics)", page)
        text = Client().get(address).content.decode()
        assert text.count("BEGIN:VEVENT") >= 1
        assert "老**" in text
        for hidden in (here.persons[0].name, "海滨路", "13963112345", "37.1"):
            assert hidden not in text
        assert address.split("/")[-1].removesuffix(".ics") not in str(
            list(Act.objects.values_list("after", flat=True))
        )
        feed = Feed.everywhere.filter(revoked_at=None).get()
        assert stranger.post("/my-visits/news/", {"what": "revoke", "feed": str(feed.pk)}).status_code == 404
        client.post("/my-visits/news/", {"what": "revoke", "feed": str(feed.pk)})
        assert Client().get(address).status_code == 404
    page = stranger.post("/my-visits/news/", {"what": "make"}).content.decode()
    (address,) = re.findall(r"http://testserver(/calendar/[\w-]+\.ics)", page)
    assert "BEGIN:VEVENT" not in Client().get(address).content.decode()
    assert Client().get("/calendar/guessed.ics").status_code == 404
    assert worker.post("/my-visits/news/", {"what": "revoke", "feed": "x"}).status_code == 404


def test_the_calendar_of_a_worker_whose_access_ended_is_empty() -> None:
    here = made.office(orders=2)
    _kin, worker, _stranger = told(here)
    page = worker.post("/my-visits/news/", {"what": "make"}).content.decode()
    (address,) = re.findall(r"http://testserver(/calendar/[\w-]+\.ics)", page)
    user = Grant.objects.get(holder_id=Feed.everywhere.get().owner_id).user
    assert "BEGIN:VEVENT" in Client().get(address).content.decode()
    Grant.objects.filter(user=user).update(revoked_at=timezone.now())
    assert "BEGIN:VEVENT" not in Client().get(address).content.decode()
    Grant.objects.filter(user=user).update(revoked_at=None)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert "BEGIN:VEVENT" not in Client().get(address).content.decode()


def test_the_home_page_warns_until_tomorrow_is_published() -> None:
    here = made.office(orders=1)
    assert here.organisation.name in here.client.get("/").content.decode()
    roster = made.plan(here)
    assert f"/planner/{roster.pk}/" in here.client.get("/").content.decode()
    made.published(here, roster)
    assert f"/planner/{roster.pk}/" not in here.client.get("/").content.decode()


def test_who_is_on_leave_is_not_planned_nor_sent_and_strangers_do_not_read_why() -> None:
    here = made.office(workers=2, orders=2)
    away, other = here.workers
    take_leave(away, actor=SYSTEM, at=timezone.now(), why=Leave.Why.ILL, since=here.day)
    assert {line.worker_id for line in made.lines(made.plan(here))} == {other.pk}
    order = here.orders[0]
    with pytest.raises(Exception, match="Does not work"):
        visits.dispatch(order, actor=SYSTEM, at=timezone.now(), worker=away, starts_at=order.wanted_from)
    leave = Leave.everywhere.get()
    officer = providers.client_of(make.user("county_officer", make.COUNTY))
    manager = providers.client_of(
        make.user("organisation_manager", make.COUNTY, holder_id=here.organisation.pk)
    )
    assert "生病" in manager.get(f"/leaves/{leave.pk}/").content.decode()
    assert "生病" not in officer.get(f"/leaves/{leave.pk}/").content.decode().replace("leaves", "")


def test_a_published_plan_is_one_message_to_each_family_and_each_worker_and_a_repeat_none() -> None:
    here = made.office(orders=3)
    roster = made.published(here, made.plan(here))
    rows = Notice.everywhere.filter(key__startswith=f"roster {roster.pk}")
    workers = {line.worker_id for line in made.lines(roster)}
    families = [row for row in rows if row.template.startswith("visit_")]
    assert {row.person_id for row in families} == {person.pk for person in here.persons}
    assert len(families) == len(here.persons)
    assert len(rows) - len(families) == len(workers)
    before = rows.count()
    inform(roster, at=timezone.now())
    assert rows.count() == before
