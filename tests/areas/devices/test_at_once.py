"""Several gateways at the same time, with everything really committed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connection, transaction
from tests import make
from tests.areas.devices import made

from songhe.areas.devices import api
from songhe.areas.devices.models import Signal
from songhe.engines.access.api import Scope, entered


def test_gateways_that_bring_the_same_at_once_store_it_once(apart: str, at: datetime) -> None:
    with entered(Scope.EVERYTHING):
        rows = [made.device(region=make.village()) for _ in range(20)]
    batch = [made.signal(row, "sos", at, key=f"k{n}") for row in rows for n in range(3)]

    def gateway(turn: int) -> int:
        try:
            with transaction.atomic(), entered(Scope.EVERYTHING):
                return len(api.receive(batch if turn % 2 else batch[::-1], at=at))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        raised = list(pool.map(gateway, range(8)))
    assert sum(raised) == len(batch), raised
    with entered(Scope.EVERYTHING):
        assert Signal.everywhere.count() == len(batch)
