"""Visits compared with each other; the inspector has asked about some and decided a few."""

from __future__ import annotations

from songhe.areas.verification import actions
from songhe.areas.verification.queries import undecided
from songhe.site.demo.history import City, acting


def doubt(city: City) -> None:
    """Compare all visits that ended; of the greatest doubts one is decided each way and one is asked about."""
    actions.look_through(at=city.at)
    inspector = city.users["inspector"]
    with acting(inspector):
        found = list(undecided(inspector.scope("verification.decide"))[:4])
        for place, check in enumerate(found):
            if place == 0:
                actions.ask(
                    check, actor=inspector, at=city.at, words="签到地点与住所相距较远,请说明当日情况。"
                )
            elif place == 1:
                actions.clear(
                    check,
                    actor=inspector,
                    at=city.at,
                    reason="home_moved",
                    words="老人当日在女儿家,家属确认。",
                )
            elif place == 2:
                actions.uphold(
                    check,
                    actor=inspector,
                    at=city.at,
                    reason="not_given",
                    words="电话回访,老人表示无人上门。",
                )
