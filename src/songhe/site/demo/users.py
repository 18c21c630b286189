"""Log-ins of a demo city, with their grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from songhe.engines.access.api import SYSTEM, Grant, User
from songhe.engines.acts.api import record_bulk
from songhe.site.demo.cast import Seat

SINCE = date(2022, 1, 1)


def add_users(seats: Iterable[Seat], *, holders: Mapping[str, UUID], at: datetime) -> dict[str, User]:
    """Users without passwords, entered by one click on a demo's log-in page; by log-in name.

    `holders`: for log-ins tied to a body or a person, whose id their grant names.
    """
    seats = list(seats)
    users = {}
    for seat in seats:
        user = User(username=seat.username, name=seat.name, is_demo=True, created_at=at)
        user.set_unusable_password()
        users[seat.username] = user
    User.objects.bulk_create(users.values())
    grants = Grant.objects.bulk_create(
        Grant(
            user=users[seat.username],
            role=seat.role,
            region_id=seat.region,
            holder_id=holders.get(seat.username),
            since=SINCE,
        )
        for seat in seats
    )
    for model, count in ((User, len(users)), (Grant, len(grants))):
        record_bulk("access.load", model=model, count=count, digest="", actor=SYSTEM, at=at)
    return users
