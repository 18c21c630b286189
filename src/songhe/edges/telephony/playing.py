"""Sending events to the door as an exchange does: signed, over one connection, at a speed."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from songhe.edges.telephony.wire import NoAnswer, as_json, connection, headers

DOOR = "/telephony/v1/events"
BATCH, TRIES = 200, 5
Progress = Callable[[int, int], None]


@dataclass
class Line:
    """A connection to the door that is kept, and what became of the events sent."""

    base: str
    code: str
    secret: str
    verdicts: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._line, _path = connection(self.base, timeout=30)

    def send(self, events: list[dict[str, Any]]) -> None:
        """One batch, again where nobody answers: what arrived twice has one effect. Raises NoAnswer."""
        body = json.dumps({"events": events}, ensure_ascii=False).encode()
        for attempt in range(TRIES):
            began = time.perf_counter()
            try:
                told = headers(self.code, self.secret, int(time.time()), body)
                self._line.request("POST", DOOR, body, told)
                answer = self._line.getresponse()
                said = as_json(answer.read())
            except (OSError, http.client.HTTPException) as fault:
                self._line.close()
                if attempt == TRIES - 1:
                    raise NoAnswer(str(fault)) from fault
                time.sleep(0.2 * 2**attempt)
                continue
            self.seconds.append(time.perf_counter() - began)
            if answer.status == 503:
                time.sleep(0.2 * 2**attempt)
                continue
            if answer.status != 200:
                raise NoAnswer(f"HTTP {answer.status} {said.get('detail', '')}")
            for row in said.get("results", ()):
                self._count(row)
            return
        raise NoAnswer("the door was not ready")

    def _count(self, row: dict[str, Any]) -> None:
        status = str(row.get("status"))
        self.verdicts[status] = self.verdicts.get(status, 0) + 1
        if status == "unfit" and len(self.faults) < 20:
            self.faults.append(f"{row.get('id')}: {row.get('reason')}")

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def play(
    line: Line, steps: Iterable[tuple[float, dict[str, Any]]], *, speed: float, progress: Progress = lambda done, of: None
) -> int:  # fmt: skip
    """Send (second, event) when it is due, ``speed`` times as quick as told; an event without a moment happens when it is
    sent. Speed 0 sends everything at once. Returns how many were sent.
    """
    ordered = list(steps)
    began, first = time.monotonic(), ordered[0][0] if ordered else 0.0
    done = 0
    while done < len(ordered):
        if speed:
            wait = (ordered[done][0] - first) / speed - (time.monotonic() - began)
            if wait > 0:
                time.sleep(wait)
            now = first + (time.monotonic() - began) * speed
            batch = [event for second, event in ordered[done : done + BATCH] if second <= now] or [
                ordered[done][1]
            ]
        else:
            batch = [event for _second, event in ordered[done : done + BATCH]]
        moment = datetime.now(UTC).isoformat()
        line.send([event if "at" in event else {**event, "at": moment} for event in batch])
        done += len(batch)
        progress(done, len(ordered))
    return done
