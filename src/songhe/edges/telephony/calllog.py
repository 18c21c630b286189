"""Call logs as exchanges export them, a call a line, read into the events that the exchange would have told."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

COLUMNS = {
    "ref": ("ref", "session", "id", "通话编号", "流水号"),
    "number": ("number", "caller", "主叫号码", "电话", "来电号码"),
    "direction": ("direction", "方向", "呼叫方向"),
    "queue": ("queue", "队列", "技能组"),
    "agent": ("agent", "extension", "分机", "坐席", "工号"),
    "began": ("began", "start", "呼入时间", "开始时间"),
    "answered": ("answered", "应答时间", "接听时间"),
    "ended": ("ended", "end", "结束时间", "挂机时间"),
    "recording": ("recording", "录音", "录音编号"),
}
OUT = ("out", "outgoing", "呼出")
MOST_BYTES, MOST_ROWS = 64 * 2**20, 500_000


@dataclass(frozen=True, slots=True)
class Log:
    """What could be read, and which lines not and why."""

    events: list[tuple[datetime, dict[str, Any]]]
    faults: list[tuple[int, str]]


def read_log(body: bytes, zone: tzinfo) -> Log:
    """The events of a log in UTF-8 or GB18030, with a heading; moments without an offset are local. ValueError where it is none."""
    if len(body) > MOST_BYTES:
        raise ValueError("the file is larger than 64 MB")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030", "replace")
    rows = csv.reader(io.StringIO(text.replace("\0", "")))
    try:
        heading = [cell.strip().lower() for cell in next(rows, [])]
        places = {
            name: next((heading.index(word) for word in words if word in heading), None)
            for name, words in COLUMNS.items()
        }
        if places["began"] is None or places["ended"] is None:
            raise ValueError("the heading names no beginning or no end of the calls (呼入时间, 结束时间)")
        log = Log([], [])
        for line, cells in enumerate(rows, start=2):
            if line > MOST_ROWS:
                raise ValueError(f"more than {MOST_ROWS} lines")
            if not any(cell.strip() for cell in cells):
                continue
            row = {name: _cell(cells, place) for name, place in places.items()}
            try:
                log.events.extend(_events(row, zone))
            except ValueError as fault:
                log.faults.append((line, str(fault)))
    except csv.Error as fault:
        raise ValueError(f"this is no CSV: {fault}") from fault
    log.events.sort(key=lambda pair: (pair[0], pair[1]["session"], pair[1]["seq"]))
    return log


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _events(row: Mapping[str, str], zone: tzinfo) -> list[tuple[datetime, dict[str, Any]]]:
    began, ended = _moment(row["began"], zone), _moment(row["ended"], zone)
    answered = _moment(row["answered"], zone) if row["answered"] else None
    if not began <= (answered or began) <= ended:
        raise ValueError("the call ends or is answered before it begins")
    ref = row["ref"] or hashlib.sha256("|".join(row.values()).encode()).hexdigest()[:24]
    out = row["direction"].lower() in OUT
    told = {"number": row["number"], "direction": "out" if out else "in"}
    steps: list[tuple[datetime, str, dict[str, Any]]] = [(began, "dialled" if out else "ringing", {})]
    if row["queue"]:
        steps.append((began, "queued", {"queue": row["queue"]}))
    if answered:
        steps.append((answered, "answered", {"agent": row["agent"]}))
    elif row["agent"] and not out:
        steps.append((began, "ringing", {"agent": row["agent"]}))
    steps.append((ended, "hung_up" if answered or out else "abandoned", {}))
    if row["recording"]:
        steps.append((ended, "recorded", {"recording": row["recording"]}))
    return [
        (
            at,
            {
                "id": f"{ref}-{seq}",
                "session": ref,
                "kind": kind,
                "seq": seq,
                "at": at.isoformat(),
                **told,
                **more,
            },
        )
        for seq, (at, kind, more) in enumerate(steps)
    ]


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError(f"“{text[:40]}” is no moment like 2026-11-26 08:30:00") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
