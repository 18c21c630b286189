"""Telling who complained that there is an answer."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.hotline.models import Complaint
from songhe.engines.notices.api import About, Recipient, tell


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
