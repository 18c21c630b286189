"""Alarms and errands for the suite over every record."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from tests import make

from songhe.areas.alarms import actions
from songhe.areas.alarms.api import Cry, raise_many
from songhe.areas.alarms.models import Alarm, Response
from songhe.engines.access.api import SYSTEM


def alarms(n: int, region: int) -> list[Alarm]:
    """Alarms that ring, each of a person of its own."""
    at = timezone.now() - timedelta(seconds=5)
    people = [make.person(region=region) for _ in range(n)]
    cries = [
        Cry(kind="sos", received_at=at, device_id=uuid4(), key=str(i), person_id=one.pk, region_id=region)
        for i, one in enumerate(people)
    ]
    return raise_many(cries, at=at)


def errands(n: int, region: int) -> list[Response]:
    """Errands that wait for an answer."""
    at = timezone.now()
    for alarm in alarms(n, region):
        actions.take(alarm, actor=SYSTEM, at=at)
        actions.send(alarm, actor=SYSTEM, at=at, kind="neighbour", name="邻居王大妈", phone="13963112345")
    return list(Response.everywhere.order_by("-sent_at", "-id")[:n])


make.SAMPLES |= {"alarms": alarms, "errands": errands}
