"""A gateway with a planted fault: a proof that does not catch it proves nothing."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from songhe.site.installation import set_up

FAULTS = ("ack-before-commit", "no-idempotency", "all-alike")
MARK = "~"
"""Stands between a message's own key and what the fault adds to it."""


def main() -> None:
    """Serve with the fault that the first argument names, on the port of the second."""
    set_up()
    from django.utils import timezone

    from songhe.areas.devices.api import Signal
    from songhe.edges.gateway.formats import formats
    from songhe.edges.gateway.hub import Hub
    from songhe.edges.gateway.intake import Intake, Item
    from songhe.edges.gateway.keeping import Keeper, Verdict
    from songhe.edges.gateway.limits import Limits
    from songhe.edges.gateway.server import run
    from songhe.edges.gateway.sink import Areas

    class Hasty(Intake):
        """Sends the receipt at once."""

        def put(self, item: Item, *, before: Iterable[Item] = ()) -> bool:
            answer, item.answer = item.answer, None
            taken = super().put(item, before=before)
            if answer is not None:
                asyncio.get_running_loop().call_soon(answer, Verdict.STORED)
            return taken

    class Forgetful(Areas):
        """Takes every message for a new one."""

        def store(self, signals: Sequence[Signal], *, at: datetime) -> None:
            fresh = [replace(each, key=f"{each.key!s}{MARK}{secrets.token_hex(6)}") for each in signals]
            super().store(fresh, at=at)

    class Alike(Intake):
        """Knows no emergencies: each message goes to the end of one row."""

        def put(self, item: Item, *, before: Iterable[Item] = ()) -> bool:
            with self._there:
                self._plain.append(item)
                self._there.notify()
            return True

    fault, port = sys.argv[1], int(sys.argv[2])
    limits = Limits(rate=1e6, burst=10**6)
    sink = Forgetful() if fault == "no-idempotency" else Areas()
    hub = Hub(sink, formats(), clock=timezone.now, limits=limits)
    if fault == "ack-before-commit":
        hub.intake = Hasty(Keeper(sink, clock=timezone.now), limits)
    if fault == "all-alike":
        hub.intake = Alike(Keeper(sink, clock=timezone.now), limits)
    asyncio.run(run(hub, host="127.0.0.1", port=port, tls=None, ready=lambda _port: None))


if __name__ == "__main__":
    main()
