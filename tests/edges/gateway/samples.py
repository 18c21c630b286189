"""Sources and messages that were not understood, for the suite over every record."""

from __future__ import annotations

from itertools import count

from django.utils import timezone
from tests import make

from songhe.edges.gateway.keeping import Message, put_aside
from songhe.edges.gateway.models import Quarantined, Source
from songhe.edges.gateway.sources import make_source

_numbers = count(1)


def sources(n: int, region: int) -> list[Source]:
    """Platforms of a region."""
    codes = [f"platform-{next(_numbers)}" for _each in range(n)]
    for code in codes:
        make_source(code, "signed", region, at=timezone.now())
    return list(Source.everywhere.filter(code__in=codes))


def quarantined(n: int, region: int) -> list[Quarantined]:
    """Messages of devices of a region."""
    made = []
    for _each in range(n):
        body = f'{{"kind":"dance","id":{next(_numbers)}}}'.encode()
        message = Message(
            "mqtt", "D1", body, urgent=False, signal=None, reason="the kind “dance” is not known"
        )
        made.append(put_aside(message, message.reason, region_id=region, at=timezone.now()))
    return list(Quarantined.everywhere.filter(pk__in=made))


make.SAMPLES |= {"message-sources": sources, "unread-messages": quarantined}
