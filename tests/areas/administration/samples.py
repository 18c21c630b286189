"""Sample rows of users, roles given, tokens, acts and jobs."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from tests import make

from songhe.engines.access.api import SYSTEM, Grant, User
from songhe.engines.access.login import make_token, new_secret
from songhe.engines.acts.api import record_bulk
from songhe.engines.jobs.api import start
from songhe.engines.notices.api import Recipient, tell

_keys = itertools.count(1)
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def users(n: int, region: int) -> list[Any]:
    """Workers of one region."""
    return [make.user("worker", region) for _ in range(n)]


def grants(n: int, region: int) -> list[Any]:
    """Roles given in one region."""
    return [make.grant(make.user("family", region), "volunteer", region) for _ in range(n)]


def tokens(n: int, region: int, owner: User) -> list[Any]:
    """Tokens of one user."""
    return [make_token(owner.pk, new_secret(), name=f"device {i}", at=AT, days=9) for i in range(n)]


def acts(n: int, region: int) -> list[Any]:
    """Bulk writes in one region."""
    said = {"model": Grant, "count": 1, "digest": "0" * 64, "region_id": region}
    return [record_bulk("test.load", actor=SYSTEM, at=AT, **said) for _ in range(n)]


def jobs(n: int, region: int, owner: User) -> list[Any]:
    """Jobs that one user started."""
    return [start("test.sample", actor=owner, at=AT) for _ in range(n)]


def messages(n: int, region: int) -> list[Any]:
    """Messages to numbers of one region that wait to be sent."""
    to = [Recipient(number=f"137{next(_keys):08}") for _ in range(n)]
    return tell(
        to, "complaint_answered", {"number": "T-1"}, region_id=region, at=AT, key=f"sample {next(_keys)}"
    )


make.SAMPLES |= {
    "messages": messages,
    "users": users,
    "grants": grants,
    "tokens": tokens,
    "acts": acts,
    "jobs": jobs,
    "all-jobs": jobs,
}
