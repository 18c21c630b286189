"""An exchange that is none: for demonstrations and tests. Whoever is called answers at once; what is written arrives."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from songhe.areas.lines.api import Direction, Exchange, Heard, Kind, Media, Seat, Session, hear


class SimulatedSwitch:
    """Carries out wishes by telling the events that a real exchange would tell."""

    def dial(self, exchange: Exchange, *, key: str, number: str, extension: str, ref: str) -> None:
        """The number rings, and somebody answers."""
        at = timezone.now()
        said = {"number": number, "direction": Direction.OUT, "extension": extension}
        _tell(exchange, key, ref, at, (Kind.DIALLED, Kind.ANSWERED), **said)

    def hang_up(self, exchange: Exchange, *, key: str, ref: str) -> None:
        """Both hang up."""
        row = Session.everywhere.get(exchange=exchange, ref=ref)
        way = {"direction": Direction(row.direction), "media": Media(row.media)}
        _tell(exchange, key, ref, timezone.now(), (Kind.HUNG_UP,), **way)

    def say(self, exchange: Exchange, *, key: str, ref: str, words: str, extension: str) -> None:
        """The message arrives; the first one is the answer."""
        row = Session.everywhere.get(exchange=exchange, ref=ref)
        seat = Seat.everywhere.filter(exchange=exchange, extension=extension).first()
        if row.answered_at is None or (seat and row.agent_id != seat.agent_id):
            told = {"media": Media.TEXT, "extension": extension}
            _tell(exchange, key, ref, timezone.now(), (Kind.ANSWERED,), **told)

    def seat(self, exchange: Exchange, *, key: str, extension: str, state: str, skills: list[str]) -> None:
        """Nobody rings by itself."""


def _tell(
    exchange: Exchange, key: str, ref: str, at: datetime, kinds: tuple[Kind, ...], **more: object
) -> None:
    events = [
        Heard(key=f"{key}-{kind.value}", ref=ref, kind=kind, at=at, body=f"simulated {kind.value}", **more)  # type: ignore[arg-type]
        for kind in kinds
    ]
    hear(exchange, events, at=at)
