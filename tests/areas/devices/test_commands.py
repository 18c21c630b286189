"""Commands from the page of a device: queued once, sent and answered, with rights and the person's agreement."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests import make
from tests.areas.devices import made
from tests.areas.providers.made import client_of

from songhe.areas.devices import actions
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.commands.api import Command, acknowledge, take

pytestmark = pytest.mark.django_db


def test_a_device_is_asked_where_it_is_once_and_only_if_its_person_agreed() -> None:
    at, person, agent = timezone.now(), make.person(), make.user("hotline_agent")
    device = made.device(of=person)
    with pytest.raises(Refused) as refused:
        actions.locate_now(device, actor=agent, at=at)
    assert refused.value.code == "no_agreement"
    made.agreement(person)
    actions.locate_now(device, actor=agent, at=at)
    with pytest.raises(Refused) as refused:
        actions.locate_now(device, actor=agent, at=at)
    assert refused.value.code == "under_way"
    with pytest.raises(Forbidden):
        actions.ring_device(device, actor=make.user("finance_officer"), at=at)
    (sent,) = take([device.pk], at=at)
    assert (sent.kind, sent.again) == ("locate", False)
    assert acknowledge([sent.id], at=at) == 1
    actions.locate_now(device, actor=agent, at=timezone.now())
    assert Command.everywhere.filter(device_id=device.pk).count() == 2


def test_the_page_has_the_buttons_and_shows_what_became_of_a_command() -> None:
    device = made.device(of=make.person())
    client, url = client_of(make.user("hotline_agent")), f"/devices/{device.pk}/"
    assert "让设备响铃" in client.get(url).content.decode()
    assert client.post(f"{url}ring_device/").status_code == 302
    assert "待发送" in client.get(url).content.decode()
    acknowledge([Command.everywhere.get().pk], at=timezone.now())
    assert "待发送" not in client.get(url).content.decode()
