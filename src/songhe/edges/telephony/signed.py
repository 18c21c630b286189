"""An exchange that takes our wishes as signed HTTP."""

from __future__ import annotations

import time
from typing import Any

from songhe.areas.lines.api import Exchange, Gone, Rejected, Silent, Unreachable
from songhe.edges.telephony.wire import NoAnswer, post


class SignedSwitch:
    """``{"id", "do": "dial" | "hang_up" | "say" | "seat", …}``; 2xx and 409 (known already) mean that it is done, 404 and
    410 that the exchange knows no such call."""

    def dial(self, exchange: Exchange, *, key: str, number: str, extension: str, ref: str) -> None:
        """Call a number for a seat."""
        self._send(exchange, key, "dial", number=number, agent=extension, session=ref)

    def hang_up(self, exchange: Exchange, *, key: str, ref: str) -> None:
        """End a call."""
        self._send(exchange, key, "hang_up", session=ref)

    def say(self, exchange: Exchange, *, key: str, ref: str, words: str, extension: str) -> None:
        """Send a written message."""
        self._send(exchange, key, "say", session=ref, text=words, agent=extension)

    def seat(self, exchange: Exchange, *, key: str, extension: str, state: str, skills: list[str]) -> None:
        """Say whether a seat may be rung."""
        if exchange.url:
            self._send(exchange, key, "seat", agent=extension, state=state, skills=skills)

    def _send(self, exchange: Exchange, key: str, what: str, **more: Any) -> None:
        if not exchange.url:
            raise Rejected("this exchange takes no wishes")
        data = {"id": key, "do": what, **more}
        try:
            status, answer = post(exchange.url, exchange.code, exchange.secret, data, moment=int(time.time()))
        except NoAnswer as fault:
            raise Silent(str(fault)) from fault
        if status < 300 or status == 409:
            return
        said = str(answer.get("error") or answer.get("detail") or f"HTTP {status}")[:200]
        if status in (404, 410):
            raise Gone(said)
        if 400 <= status < 500 and status not in (408, 425, 429):
            raise Rejected(said)
        raise Unreachable(said)
