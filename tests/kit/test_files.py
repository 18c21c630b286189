"""Attachments over HTTP: seen by those in scope, not by the neighbour; opening one of a person is an act."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.test import Client
from PIL import Image
from tests import make

from songhe.engines.access.api import User
from songhe.engines.access.login import enter_session
from songhe.engines.acts.models import Act
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def client_of(user: User) -> Client:
    from django.http import HttpRequest

    client = Client()
    request = HttpRequest()
    request.session = client.session
    enter_session(request, user, at=AT)
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key or ""
    return client


def kept(region: int) -> Attachment:
    person = uuid7()
    make_key(person)
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "green").save(out, "PNG")
    out.seek(0)
    return take_in(
        out, name="门口.png", place=Place(person, uuid7(), region, person), actor_id=uuid7(), at=AT
    )


def test_only_those_in_scope_open_a_file_and_opening_is_an_act() -> None:
    found = kept(make.village())
    insider = client_of(make.user("county_officer", make.COUNTY))
    neighbour = client_of(make.user("county_officer", make.OTHER_COUNTY))
    reply = insider.get(f"/files/{found.pk}/full/")
    assert (reply.status_code, reply["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(reply.content)).size == (300, 300)
    assert Act.objects.filter(verb="attachment.open", subject_id=found.pk).count() == 1
    assert insider.get(f"/files/{found.pk}/small/").status_code == 200
    assert neighbour.get(f"/files/{found.pk}/full/").status_code == 404
    assert Client().get(f"/files/{found.pk}/full/").status_code == 302
