"""Whether a message came before and is only sent again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from songhe.areas.devices.rules.clock import Limits
from songhe.areas.devices.rules.signals import Signal


@dataclass(frozen=True, slots=True)
class Before:
    """A message of the same device, number and kind that came before."""

    sent_at: datetime | None
    received_at: datetime


def again(signal: Signal, before: Iterable[Before], limits: Limits) -> bool:
    """Whether a message is one of those that came before.

    A number alone says little: counters begin anew with a battery, and go round. What the device's clock said beside it makes
    it the same for ever, unless that clock lied then; else a number stands for the same message only for a while. A call for
    help that is taken for two joins the open alarm of its home; one that is taken for another is lost.
    """
    return any(_same(signal, one, limits) for one in before)


def _same(signal: Signal, one: Before, limits: Limits) -> bool:
    if signal.sent_at != one.sent_at:
        return False
    if signal.first:
        return signal.received_at == one.received_at
    believed = one.sent_at is not None and -limits.late <= one.sent_at - one.received_at <= limits.ahead
    return believed or abs(signal.received_at - one.received_at) <= limits.again
