"""Telling workers and families of a published plan: one message to each, about one visit or about all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from songhe.areas.providers.api import worker_names, workers_told
from songhe.areas.registry.api import Person, told_about
from songhe.areas.roster.models import Outcome, Roster, RosterLine
from songhe.areas.visits.api import service
from songhe.engines.access.api import elevated
from songhe.engines.notices.api import About, Message, Recipient, tell_many

WHAT = {Outcome.SENT: "new", Outcome.MOVED: "moved", Outcome.BACK: "off"}
FAMILY, DUTY = "/family/", "/today/"


def inform(roster: Roster, *, at: datetime) -> None:
    """Tell everybody whose visits a plan has made, moved or called off, in the caller's transaction; a repeat tells nobody
    twice. What a plan of weeks says in hundreds of lines is one message to each worker and each family.
    """
    rows = RosterLine.everywhere.filter(roster=roster, outcome__in=list(WHAT))
    lines = list(rows.order_by("starts_at", "code", "part"))
    with elevated():  # the planner need not know whom a plan concerns
        people = Person.everywhere.filter(pk__in={line.person_id for line in lines})
        names = dict(people.values_list("pk", "name"))
    tell_many([*_families(roster, lines, names), *_workers(roster, lines, names)], at=at)


def _families(roster: Roster, lines: Sequence[RosterLine], names: dict[UUID, str]) -> Iterator[Message]:
    theirs: defaultdict[UUID, list[RosterLine]] = defaultdict(list)
    for line in lines:
        theirs[line.person_id].append(line)
    told = told_about(list(theirs))
    workers = worker_names(line.worker_id for line in lines)
    for person_id, some in theirs.items():
        for one in told[person_id]:
            yield _message(roster, some, one, "visit", names, workers)


def _workers(roster: Roster, lines: Sequence[RosterLine], names: dict[UUID, str]) -> Iterator[Message]:
    theirs: defaultdict[UUID, list[RosterLine]] = defaultdict(list)
    for line in lines:
        for worker in {line.worker_id, line.told_worker_id} - {None}:
            assert worker is not None
            theirs[worker].append(line)
    told = workers_told(list(theirs))
    for worker, some in theirs.items():
        for one in told[worker]:
            yield _message(roster, some, one, "duty", names, {}, worker=worker)


def _message(
    roster: Roster,
    lines: Sequence[RosterLine],
    to: Recipient,
    kind: str,
    names: dict[UUID, str],
    workers: dict[UUID, str],
    *,
    worker: UUID | None = None,
) -> Message:
    """About the one visit, or about how many and which is the first."""
    first = lines[0]
    what = _what(first, worker)
    if len(lines) > 1:
        fresh = all(_what(line, worker) == "new" for line in lines)
        code = f"{kind}_plan" if fresh else f"{kind}_plan_changed"
        params: dict[str, object] = {"count": len(lines), "start": _start(first, what)}
        if kind == "visit":
            params["person"] = names.get(first.person_id, "")
    else:
        code = f"{kind}_{what}"
        params = {
            "person": names.get(first.person_id, ""),
            "service": service(first.item),
            "start": _start(first, what),
        }
        if kind == "visit" and what != "off":
            params["worker"] = workers.get(first.worker_id, "") if first.worker_id else ""
    about = About(
        person_id=first.person_id if kind == "visit" else None,
        holder_id=roster.organisation_id,
        url=FAMILY if kind == "visit" else DUTY,
    )
    key = f"roster {roster.pk} {kind} {worker or first.person_id}"
    return Message(to=to, template=code, params=params, region_id=first.region_id, key=key, about=about)


def _what(line: RosterLine, worker: UUID | None) -> str:
    """What a line means: for a worker who is not sent any more it is called off, for a new one it is new."""
    if worker is None or line.outcome == Outcome.BACK:
        return WHAT[Outcome(line.outcome)]
    if line.worker_id != worker:
        return "off"
    return "moved" if line.told_worker_id == worker and line.outcome == Outcome.MOVED else "new"


def _start(line: RosterLine, what: str) -> datetime:
    moment = line.told_at if what == "off" else line.starts_at
    found = moment or line.starts_at or line.told_at
    assert found is not None  # a line that was sent or called off has its time
    return found
