"""What areas do at once when a device calls for somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from songhe.areas.devices.rules import Signal

Effect = Callable[[Sequence[Signal], datetime], object]
_EFFECTS: list[Effect] = []


def when_alarming(effect: Effect) -> Effect:
    """Let an area raise alarms: ``effect(signals, at)``, inside the transaction in which the signals are kept."""
    _EFFECTS.append(effect)
    return effect


def pass_on(signals: Sequence[Signal], *, at: datetime) -> None:
    """Tell every area of signals that somebody has to come for; all of it or nothing happens."""
    if signals:
        for effect in _EFFECTS:
            effect(signals, at)
