"""Reads of payments: facts of runs, dues, sums."""

from songhe.areas.payments.queries.explained import explained
from songhe.areas.payments.queries.paid import posted_for
from songhe.areas.payments.queries.runs import Share, abandoned, shares, to_post, under_way

__all__ = ["Share", "abandoned", "explained", "posted_for", "shares", "to_post", "under_way"]
