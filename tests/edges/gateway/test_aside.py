"""Messages that were not understood are kept for a while, so many of each device, and then let go by an act."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import make

from songhe.edges.gateway import keeping
from songhe.edges.gateway.formats import formats
from songhe.edges.gateway.keeping import Message, let_go, put_aside
from songhe.edges.gateway.models import Quarantined
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.vault.models import DataKey
from songhe.kit.clock import now

pytestmark = pytest.mark.django_db
EACH = formats().aside.each


def aside(device: str, number: int, at: datetime) -> None:
    message = Message("mqtt", device, f"{device} {number}".encode(), urgent=False, signal=None)
    put_aside(message, f"{number}", region_id=make.COUNTY, at=at)


def left(device: str) -> list[str]:
    rows = Quarantined.everywhere.filter(device=device).order_by("at", "id")
    return list(rows.values_list("reason", flat=True))


def test_what_is_old_goes_and_of_a_noisy_device_all_but_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "CHUNK", 4)
    at = now()
    aside("QUIET", 1, at - formats().aside.kept - timedelta(seconds=1))
    aside("QUIET", 2, at - formats().aside.kept + timedelta(seconds=1))
    for number in range(EACH + 6):
        aside("NOISY", number, at + timedelta(microseconds=number))
    keys = DataKey.objects.count()
    assert [let_go(actor=SYSTEM, at=at) for _each in range(3)] == [4, 3, 0], "a chunk at a time"
    assert left("QUIET") == ["2"]
    assert left("NOISY") == [str(number) for number in range(6, EACH + 6)]
    assert DataKey.objects.count() == keys - 7, "what sealed them is gone with them"
    acts = Act.objects.filter(verb="gateway.let_go")
    assert [act.rows for act in acts.order_by("at", "id")] == [4, 3]
