"""How our messages get to 12345."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from songhe.areas.tickets.api import CityLine, Rejected, Silent, Told, Unreachable, hear
from songhe.edges.telephony.wire import NoAnswer, post


class SignedCarrier:
    """Signed HTTP; 2xx and 409 (known already) acknowledge."""

    def carry(self, line: CityLine, key: str, body: Mapping[str, Any]) -> None:
        """Hand one message over."""
        if not line.url:
            raise Rejected("12345 has no address here")
        try:
            status, answer = post(
                line.url, line.code, line.secret, {"id": key, **body}, moment=int(time.time())
            )
        except NoAnswer as fault:
            raise Silent(str(fault)) from fault
        if status < 300 or status == 409:
            return
        said = str(answer.get("error") or answer.get("detail") or f"HTTP {status}")[:200]
        if 400 <= status < 500 and status not in (401, 408, 425, 429):
            raise Rejected(said)
        raise Unreachable(said)


class SimulatedCarrier:
    """A platform that is none: it acknowledges everything, grants what is asked, calls back and closes what is answered."""

    def carry(self, line: CityLine, key: str, body: Mapping[str, Any]) -> None:
        """Take a message, and answer as 12345 would."""
        at = timezone.now()
        number = str(body["number"])
        if body["do"] == "extend":
            until = datetime.fromisoformat(str(body["until"]))
            hear(
                line,
                Told(key=f"{key}-granted", number=number, what="extended", due_at=until, body=key.encode()),
                at=at,
            )
        elif body["do"] == "answered":
            score = 5 if int(key.replace("-", "")[-1], 16) % 5 else 2
            for what, said in (("satisfied", score), ("closed", None)):
                told = Told(key=f"{key}-{what}", number=number, what=what, score=said, body=key.encode())
                hear(line, told, at=at)
