"""Words and tones that the screens of lines share."""

from __future__ import annotations

from songhe.areas.lines.limits import say, terms

STATE_TONES = {
    "asked": "info",
    "ringing": "warn",
    "queued": "warn",
    "talking": "ok",
    "held": "info",
    "ended": "muted",
    "abandoned": "danger",
    "failed": "danger",
    "untold": "warn",
}
SEAT_TONES = {"off": "muted", "ready": "ok", "talking": "info", "wrapping": "warn", "break": "muted"}


def queue_name(code: str) -> str:
    """What a queue is called; its code where the data do not know it."""
    found = terms().queues.get(code)
    return say(found) if found else code


def share(value: float | None) -> str:
    """A share in percent; a dash where there is none."""
    return "—" if value is None else f"{100 * value:.1f}".removesuffix(".0") + " %"


def clock(seconds: float | None) -> str:
    """A length as minutes and seconds; hours before them where there are some."""
    if seconds is None:
        return "—"
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
