"""Whole pages over HTTP: eight users at once, two web processes, row-level security on.

``make bench ARGS="-k pages"``; `SONGHE_BENCH_ROUNDS` says how often each user opens each kind of page.
"""

from __future__ import annotations

import os
from collections import defaultdict

from tests.bench import asked, browsing, figures
from tests.bench.load import LEVELS

from songhe.site.postgres import Cluster

ROUNDS = int(os.environ.get("SONGHE_BENCH_ROUNDS") or 25)
WARM = 4
COMMAND = 'make bench ARGS="-k pages"'


def test_pages(city: Cluster) -> None:
    users = [asked.user_named(name) for name in browsing.usernames()]
    wanted = {user.username: asked.pages(user) for user in users}
    with browsing.served(city) as port:
        visitors = [browsing.Visitor(name, port, pages) for name, pages in wanted.items()]
        for visitor in visitors:
            visitor.log_in()
        browsing.visit(visitors, WARM)
        for title, pause in (("pages back to back", 0.0), ("pages with pauses", 1.0)):
            for visitor in visitors:
                visitor.taken.clear()
            seconds = browsing.visit(
                visitors, ROUNDS if not pause else max(ROUNDS // 3, 4), pause_seconds=pause
            )
            asked_for = sum(len(taken) for visitor in visitors for taken in visitor.taken.values())
            rate = f"{asked_for:,} pages in {seconds:.1f} s: {asked_for / seconds:.0f} a second."
            figures.report(title, f"{_drawn(visitors)}\n\n{rate}", command=COMMAND)
        for visitor in visitors:
            visitor.line.close()


def _drawn(visitors: list[browsing.Visitor]) -> str:
    floor = figures.share(_times(visitors, "(floor: /health)"), 0.5)
    rows: list[list[figures.Cell]] = []
    for kind in visitors[0].pages:
        times = _times(visitors, kind)
        by_level: dict[str, list[float]] = defaultdict(list)
        for visitor in visitors:
            by_level[visitor.level] += visitor.taken[kind]
        middle = figures.share(times, 0.5)
        rows.append(
            [
                *(kind, middle, figures.share(times, 0.95), max(times)),
                *(figures.share(by_level[level], 0.95) for level in LEVELS),
                f"{middle / floor:.1f}×",
            ]
        )
    heads = ["page (ms)", "p50", "p95", "max", *(f"{level} p95" for level in LEVELS), "p50 to floor"]
    return figures.table(heads, rows)


def _times(visitors: list[browsing.Visitor], kind: str) -> list[float]:
    return [one for visitor in visitors for one in visitor.taken[kind]]
