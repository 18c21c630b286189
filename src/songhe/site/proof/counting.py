"""What came of the courses of alarms, by an own statement as superuser: nothing of the application is asked, but for its page
of figures, which is held against the rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from songhe.site.postgres.roles import SUPERUSER
from songhe.site.proof.browser import Browser
from songhe.site.proof.installation import Installation

if TYPE_CHECKING:
    from songhe.site.proof.course import Course

_CLOCKS = frozenset({"ring", "level", "lose", "take_over", "lapse", "late"})
"""What the clock does with an alarm that is waited for too long, and the taking over that follows."""
_STEPS = {"send": "send", "accept": "accepted", "arrive": "arrive", "report": "left", "end": "resolve"}
_ACTS = {"call": "note_call", "send": "send", "accept": "accept", "arrive": "arrive", "report": "report", "end": "resolve"}  # fmt: skip


@dataclass
class Found:
    """What was counted; of each promise how often it was broken."""

    courses: int
    seconds: float
    fallen: Counter[str]
    again: int
    breaks: int
    faults: int
    whole: int = 0
    taken_away: int = 0
    passed_on: int = 0
    broken: dict[str, int] = field(default_factory=dict)
    figures: str = ""

    @property
    def kept(self) -> bool:
        """Whether every promise was kept, and some courses went their whole way."""
        return not any(self.broken.values()) and self.whole > 0

    def table(self) -> list[tuple[str, str]]:
        """What is told at the end."""
        parts, moments = Counter[str](), Counter[str]()
        for name, number in self.fallen.items():
            part, moment = name.split()
            parts[part] += number
            moments[moment] += number
        told = (", ".join(f"{name} {n}" for name, n in sorted(each.items())) for each in (parts, moments))
        return [
            ("courses, whole ones among them", f"{self.courses:,}, {self.whole:,}"),
            ("fallen", f"{self.fallen.total()} ({'; '.join(told)})"),
            ("sent again", f"{self.again:,}"),
            ("answers 500", f"{self.faults:,}"),
            ("breaks of the board's stream", f"{self.breaks:,}"),
            ("taken away and passed on by clock", f"{self.taken_away:,}, {self.passed_on:,}"),
            *((name.upper(), f"{number:,}") for name, number in self.broken.items()),
            ("figures", self.figures),
            ("seconds", f"{self.seconds:,.0f}"),
        ]


def counted(here: Installation, courses: Sequence[Course], reader: Browser, **known: Any) -> Found:
    """Hold what was answered against what is there."""
    import psycopg
    from psycopg.rows import dict_row

    found, wrong = Found(len(courses), **known), Counter[str]()
    with psycopg.connect(here.cluster.url(SUPERUSER, here.cluster.database)) as connection:
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_ALARMS).fetchall()
        figures = connection.execute(_FIGURES).fetchone()
    assert figures is not None
    for one in courses:
        own = [row for row in rows if row["code"] == one.sender.code]
        wrong["alarms missing or doubled"] += len(own) != 1 or own[0]["signals"] != 1
        for row in own:
            wrong.update(name for name, kept in _promises(one, row).items() if not kept)
            found.whole += one.done.keys() >= {"press", "ring", "take", *_ACTS}
            found.taken_away += row["steps"].count("lose")
            found.passed_on += row["lapsed"]
    shown = [_shown(reader, code) for code in _COUNTED]
    told = [tuple(figures[n : n + 2]) for n in range(0, len(figures), 2)]
    wrong["figures off"] = sum(one != other for one, other in zip(shown, told, strict=True))
    found.figures = ", ".join(f"{code} {above} and {below}" for code, (above, below) in zip(_COUNTED, shown, strict=True))  # fmt: skip
    found.broken = {name: wrong[name] for name in _NAMES}
    return found


_NAMES = (
    "alarms missing or doubled", "steps missing or doubled", "acts missing or doubled", "times missing or unordered",
    "notices missing or doubled", "not ended as meant", "not told to the board", "figures off",
)  # fmt: skip
_COUNTED = ("alarms_raised", "alarm_answered_180", "alarm_on_site", "alarm_false")


def _promises(course: Course, row: Mapping[str, Any]) -> dict[str, bool]:
    """Which promises were kept for one alarm: what somebody was answered is there once, and nothing else."""
    done, steps = course.done, row["steps"]
    takes = steps.count("take") + steps.count("take_over")
    meant = ["raise", "take", *(what for step, what in _STEPS.items() if done[step])]
    acts = {f"alarms.{verb}": done[step] for step, verb in _ACTS.items() if done[step]}
    told = course.board.told[str(row["id"])]
    return {
        "steps missing or doubled": _without_clock(steps, row["lapsed"]) == meant
        and takes == steps.count("lose") + 1
        and row["calls"] == done["call"]
        and (bool(row["lapsed"]) or done.keys() >= _ACTS.keys()),
        "acts missing or doubled": row["acts"] == acts | {"alarms.take": takes},
        "times missing or unordered": bool(row["lapsed"] or row["in_order"]),
        "notices missing or doubled": row["notices"] == [1, 1, 1] * row["errands"],
        "not ended as meant": row["as_meant"],
        "not told to the board": told["raised"] > 0 and told["ended"] > 0,
    }


def _without_clock(steps: Sequence[str], lapsed: int) -> list[str]:
    """The steps of people. What the clock took away is taken again, and whoever did not answer is followed by the next."""
    own = [what for what in steps if what not in _CLOCKS]
    again = {"take", "send"} if lapsed else {"take"}
    return [what for n, what in enumerate(own) if what not in again or what not in own[:n]]


def _shown(reader: Browser, code: str) -> tuple[int, int]:
    """How many alarms the page of one figure counts and does not count; each is on it once, or the figure is void."""
    page = reader.page(f"/alarms/figures/{code}/?days=7")
    sides = [int(number) for number in re.findall(r'class="badge muted">(\d+)<', page)]
    listed = re.findall(r'href="/alarms/([0-9a-f-]{36})/"', page)
    above, below = [*sides, 0, 0][:2]
    return (above, below) if len(listed) == len(set(listed)) == above + below else (-1, -1)


_ALARMS = """
SELECT d.code, a.id, a.signals,
  a.state = 'resolved' AND a.outcome = 'resolved' AND a.reason = 'helped' AND a.agent_id IS NULL AS as_meant,
  (SELECT array_agg(s.what ORDER BY s.id) FROM alarms_step s WHERE s.alarm_id = a.id) AS steps,
  (SELECT count(*) FROM alarms_attempt c WHERE c.alarm_id = a.id) AS calls,
  (SELECT coalesce(jsonb_object_agg(verb, n), '{}') FROM (
    SELECT x.verb, count(*) AS n FROM acts_act x WHERE x.kind = 'write' AND x.verb LIKE 'alarms.%'
      AND (x.subject_id = a.id OR x.subject_id IN (SELECT id FROM alarms_response WHERE alarm_id = a.id))
    GROUP BY 1) y) AS acts,
  count(r.id) AS errands, count(r.lapsed_at) AS lapsed,
  bool_and(a.raised_at <= a.taken_at AND a.taken_at <= a.reached_at AND a.reached_at <= a.helped_at AND a.helped_at <= r.sent_at
    AND r.sent_at <= r.accepted_at AND r.accepted_at <= r.arrived_at AND r.arrived_at <= a.arrived_at
    AND a.arrived_at <= r.left_at AND r.left_at <= a.closed_at) AS in_order,
  (SELECT coalesce(array_agg(n), '{}') FROM alarms_response e CROSS JOIN LATERAL (VALUES
      ((SELECT count(*) FROM notices_notice m WHERE m.key = 'errand:' || e.id)),
      ((SELECT count(*) FROM notices_step t JOIN notices_notice m ON m.id = t.notice_id
        WHERE m.key = 'errand:' || e.id AND t.what = 'put')),
      ((SELECT count(*) FROM notices_inbox i JOIN notices_notice m ON m.id = i.notice_id WHERE m.key = 'errand:' || e.id))
    ) v(n) WHERE e.alarm_id = a.id) AS notices
FROM alarms_alarm a JOIN devices_device d ON d.id = a.device_id LEFT JOIN alarms_response r ON r.alarm_id = a.id
GROUP BY d.code, a.id
"""
"""Each alarm with what was written down of it; a responder's message has one row, is put once and lies in the in-box once."""

_FIGURES = """
WITH one AS (
  SELECT a.closed_at IS NOT NULL AS ended,
    (SELECT min(r.sent_at) FROM alarms_response r WHERE r.alarm_id = a.id) AS sent,
    (SELECT min(r.arrived_at) FROM alarms_response r WHERE r.alarm_id = a.id) AS there,
    (SELECT max(s.at) FROM alarms_step s WHERE s.alarm_id = a.id AND s.what IN ('take', 'take_over') AND s.at <= (
      SELECT min(at) FROM (SELECT at FROM alarms_attempt c WHERE c.alarm_id = a.id
        UNION ALL SELECT at FROM alarms_step t WHERE t.alarm_id = a.id AND t.what IN ('send', 'resolve')) deed)) - a.raised_at AS waited
  FROM alarms_alarm a)
SELECT count(*), 0,
  count(*) FILTER (WHERE waited <= interval '180 s'), count(*) FILTER (WHERE (waited <= interval '180 s') IS NOT TRUE),
  count(*) FILTER (WHERE there - sent <= interval '45 min'), count(*) FILTER (WHERE sent IS NOT NULL AND (there - sent <= interval '45 min') IS NOT TRUE),
  0, count(*) FILTER (WHERE ended)
FROM one
"""
"""All alarms; those answered in time and not; on site in time and not, of those with help sent; false ones and others ended."""
