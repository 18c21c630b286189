"""Telling who complained that there is an answer, and writing to who cannot hear."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.hotline.models import Call, Complaint, TextLine
from songhe.engines.notices.api import About, Notice, Recipient, tell

LINE = "desk_line"


def tell_who_complained(complaint: Complaint, *, at: datetime) -> None:
    """By the account that wrote or the number that called; never what the answer says."""
    number = complaint.call.number if complaint.call is not None else ""
    if complaint.by_id is None and not number:
        return
    tell(
        Recipient(user_id=complaint.by_id, number=number, name=complaint.by_name),
        "complaint_answered",
        {"number": complaint.number},
        region_id=complaint.region_id,
        at=at,
        key=f"complaint {complaint.pk} answered {at.isoformat()}",
        about=About(person_id=complaint.person_id, url="/family/" if complaint.by_id else ""),
    )


def send_line(call: Call, line: TextLine, words: str, *, at: datetime) -> None:
    """What the agent writes goes to the number that called; without a number it is read out or shown by whoever helps."""
    if call.number:
        tell(
            Recipient(number=call.number), LINE, {"words": words}, region_id=call.region_id, at=at, key=f"{LINE} {line.pk}"
        )  # fmt: skip


def line_of(notice: Notice) -> str:
    """The key of the line that a message carried."""
    return notice.key.removeprefix(f"{LINE} ")
