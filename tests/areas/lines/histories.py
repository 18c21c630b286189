"""Random histories of a desk, and its numbers recomputed by other means: no code of the area is used here."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)  # clocks of Berlin are changed the night after
AGENTS = ["a", "b", "c"]
ENDS = ("abandoned", "hung_up")
COUNTED = (
    "received", "answered", "quick", "lost", "texts", "texts_quick", "dialled", "reached", "waiting", "untold",
)  # fmt: skip


@dataclass
class Raw:
    """One event as an exchange keeps it: (key, kind, moment, count, agent)."""

    session: str
    key: str
    kind: str
    at: datetime
    seq: int
    agent: str = ""


@dataclass
class History:
    """Events by session with what is known of it: (direction, media, number). ``silences``: when it was found that nothing
    more was told of a session; something may have been told later all the same."""

    sessions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    events: list[Raw] = field(default_factory=list)
    spells: list[tuple[str, str, datetime, datetime | None]] = field(default_factory=list)
    silences: dict[str, datetime] = field(default_factory=dict)


def history(seed: int) -> History:
    """Some calls over two and a half days: answered, lost, held, passed on, opened again, over midnight, still open."""
    dice = random.Random(seed)
    made = History()
    for number in range(dice.randint(1, 9)):
        name = f"s{number}"
        way = dice.choice(["in", "in", "in", "out"])
        media = "text" if way == "in" and dice.random() < 0.2 else "voice"
        made.sessions[name] = (way, media, dice.choice(["", "n1", "n2", "n3"]))
        at = START + timedelta(seconds=dice.choice([dice.randint(0, 216_000), dice.randint(42_900, 43_200)]))
        seq = 0
        for _time in range(dice.choice([1, 1, 1, 2])):
            for kind, agent, pause in _leg(dice, way, media):
                at += timedelta(seconds=pause)
                made.events.append(Raw(name, f"{name}-{seq}", kind, at, seq, agent))
                seq += 1
            at += timedelta(seconds=dice.randint(1, 4_000))
    at = START
    for agent in AGENTS:
        since = at + timedelta(seconds=dice.randint(0, 40_000))
        for _time in range(dice.randint(0, 6)):
            until = since + timedelta(seconds=dice.randint(1, 30_000))
            made.spells.append((agent, dice.choice(["ready", "talking", "wrapping", "break"]), since, until))
            since = until
        if dice.random() < 0.5:
            made.spells.append((agent, "ready", since, None))
    _silences(made, random.Random(-1 - seed))
    return made


def _silences(made: History, dice: random.Random) -> None:
    """Every second call falls silent, mostly after its last event."""
    for name in made.sessions:
        moments = [event.at for event in made.events if event.session == name]
        if dice.random() < 0.5:
            made.silences[name] = moments[-1] if dice.random() < 0.7 else dice.choice(moments)


def _leg(dice: random.Random, way: str, media: str) -> list[tuple[str, str, int]]:
    """Kind, agent and seconds since the one before."""
    begin = {"out": "dialled"}.get(way, "texted" if media == "text" else "ringing")
    out = [(begin, "", 0)]
    if way == "in" and dice.random() < 0.5:
        out.append(("queued", "", dice.randint(0, 3)))
    if way == "in" and media == "voice":
        out += [("ringing", dice.choice(AGENTS), dice.randint(1, 9)) for _ in range(dice.randint(0, 2))]
    fate = dice.random()
    if fate < 0.25:
        return [*out, (dice.choice(["abandoned", "hung_up"]), "", dice.randint(1, 60))]
    if fate < 0.32:
        return out
    out.append(("answered", dice.choice(AGENTS), dice.choice([3, 14, 15, 16, 40, 179, 181])))
    for _step in range(dice.randint(0, 3)):
        what = dice.choice(["held", "resumed", "transferred", "answered"])
        out.append(
            (what, dice.choice(AGENTS) if what in ("transferred", "answered") else "", dice.randint(1, 900))
        )
    return out if dice.random() < 0.1 else [*out, ("hung_up", "", dice.randint(1, 30_000))]


def numbers(made: History, since: datetime, until: datetime, now: datetime) -> dict[str, object]:
    """The desk's numbers, event by event, from the untouched history."""
    count = dict.fromkeys(COUNTED, 0)
    talk: dict[str, int] = {}
    hours: dict[int, int] = {}
    missed: dict[str, int] = {}
    marks: list[tuple[datetime, bool]] = []
    lost: list[tuple[str, datetime]] = []
    back: list[tuple[str, datetime]] = []
    for name, (way, media, number) in made.sessions.items():
        for call in _calls(made, name):
            answers = [event.at for event in call if event.kind == "answered"]
            ended = call[-1].at if call[-1].kind in ENDS else None
            silent = not ended and made.silences.get(name, START) >= call[-1].at
            if since <= call[0].at < until:
                _one(count, call[0].at, answers, ended, way, media)
                if silent and not answers and (way, media) == ("in", "voice"):
                    count["waiting"] -= 1
                    count["untold"] += 1
                if way == "in" and media == "voice" and (answers or ended):
                    marks.append((call[0].at, bool(answers)))
                    if not answers and ended and number:
                        lost.append((number, ended))
            if way == "out" and number and answers:
                back.append((number, answers[0]))
            for agent, begins, ends in _talks(call, call[-1].at if silent else now):
                _spread(talk, hours, agent, max(begins, since), min(ends, until), since)
            for agent, at in _rung_in_vain(call) if way == "in" else ():
                if since <= at < until:
                    missed[agent] = missed.get(agent, 0) + 1
    called = sum(
        any(theirs == number and ended <= at <= ended + timedelta(hours=24) for theirs, at in back)
        for number, ended in lost
    )
    return {
        **count, "called_back": called, "talk": talk, "hours": hours, "spent": _spent(made, since, until, now),
        "missed": missed, "worst": worst(marks, since, until),
    }  # fmt: skip


def _calls(made: History, name: str) -> list[list[Raw]]:
    calls: list[list[Raw]] = []
    for event in sorted((e for e in made.events if e.session == name), key=lambda e: e.seq):
        if not calls or calls[-1][-1].kind in ENDS:
            calls.append([])
        calls[-1].append(event)
    return calls


def _one(
    count: dict[str, int], began: datetime, answers: list[datetime], ended: datetime | None, way: str, media: str
) -> None:  # fmt: skip
    wait = (answers[0] - began).total_seconds() if answers else None
    if way == "out":
        count["dialled"] += 1
        count["reached"] += wait is not None
    elif media == "text":
        count["texts"] += 1
        count["texts_quick"] += wait is not None and wait <= 180
    else:
        count["received"] += 1
        count["answered"] += wait is not None
        count["quick"] += wait is not None and wait <= 15
        count["lost"] += wait is None and ended is not None
        count["waiting"] += wait is None and ended is None


def _talks(call: list[Raw], now: datetime) -> list[tuple[str, datetime, datetime]]:
    """Who talks in each piece between two events."""
    out, talker = [], ""
    for event, after in zip(call, [*call[1:], None], strict=True):
        if event.kind == "answered":
            talker = event.agent
        elif event.kind in (*ENDS, "transferred"):
            talker = ""
        if talker:
            out.append((talker, event.at, after.at if after else now))
    return out


def _spread(
    talk: dict[str, int], hours: dict[int, int], agent: str, begin: datetime, end: datetime, since: datetime
) -> None:  # fmt: skip
    while begin < end:
        hour = int((begin - since).total_seconds()) // 3600
        step = min(end, since + timedelta(hours=hour + 1))
        seconds = int((step - begin).total_seconds())
        talk[agent] = talk.get(agent, 0) + seconds
        hours[hour] = hours.get(hour, 0) + seconds
        begin = step


def _rung_in_vain(call: list[Raw]) -> list[tuple[str, datetime]]:
    """Each ringing at a seat that is not followed by an answer there before anything else that settles it."""
    out, talking = [], False
    for place, event in enumerate(call):
        rings = event.kind == "transferred" or (event.kind == "ringing" and not talking)
        if event.kind == "answered":
            talking = True
        if event.kind in (*ENDS, "transferred"):
            talking = False
        if not rings or not event.agent:
            continue
        for later in call[place + 1 :]:
            if later.kind == "answered" and later.agent == event.agent:
                break
            if later.kind in ("answered", *ENDS) or (
                later.kind in ("ringing", "transferred") and later.agent
            ):
                out.append((event.agent, event.at))
                break
    return out


def _spent(made: History, since: datetime, until: datetime, now: datetime) -> dict[tuple[str, str], int]:
    spent: dict[tuple[str, str], int] = {}
    for agent, state, begins, ends in made.spells:
        begin, end = max(begins, since), min(ends or now, until)
        if begin < end:
            spent[agent, state] = spent.get((agent, state), 0) + int((end - begin).total_seconds())
    return spent


def worst(marks: list[tuple[datetime, bool]], since: datetime, until: datetime) -> float | None:
    """The smallest share of any 24 hours: tried at every moment beside which it can change, and a little off it."""
    day, little = timedelta(hours=24), timedelta(microseconds=1)
    if until - since <= day:
        return sum(good for _at, good in marks) / len(marks) if marks else None
    tries = {since, until - day}
    for at, _good in marks:
        tries |= {at - little, at, at + little, at - day - little, at - day, at - day + little}
    shares = []
    for begin in tries:
        if since <= begin <= until - day:
            seen = [good for at, good in marks if begin <= at < begin + day]
            if seen:
                shares.append(sum(seen) / len(seen))
    return min(shares, default=None)
