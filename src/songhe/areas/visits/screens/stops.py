"""One visit as the worker needs it on a phone: where, whom, what to mind, what to do and what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import catalogue, metres, said
from songhe.areas.registry.api import tags_on, terms
from songhe.areas.visits import queries
from songhe.areas.visits.limits import measures, outcome_name, task_choices
from songhe.areas.visits.models import Visit, VisitState
from songhe.areas.visits.rules import heading
from songhe.core.codes import Point
from songhe.core.visiting import outside
from songhe.kit.words import moment

PROOFS = {
    "photo": _("Take a picture"),
    "note": _("Write or speak a note"),
    "tasks": _("Tick every task"),
    "vitals": _("Measure"),
    "signature": _("Have it confirmed"),
    "check_out": _("Check out when you leave"),
}
RISKS = ("ability", "family")
LOOK_BACK = timedelta(days=30)
HEADINGS = {
    "north": _("north"),
    "north_east": _("north-east"),
    "east": _("east"),
    "south_east": _("south-east"),
    "south": _("south"),
    "south_west": _("south-west"),
    "west": _("west"),
    "north_west": _("north-west"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What to mind with a person, in words, and its tone."""

    words: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit as the worker needs it. ``away``: metres and heading from the stop before, None where unknown; ``tag``:
    the beginning of the digest of the home's tag; ``scanned``: the token where it was scanned just now."""

    visit: Visit
    name: str
    phone: str
    address: str
    place: str
    wishes: str
    here: Point | None
    away: tuple[int, Any] | None
    risks: list[Risk]
    tag: str = ""
    scanned: str = ""
    on_the_way: bool = False
    pictures: bool = True

    @property
    def key(self) -> str:
        """A fresh key, so that a form that is sent twice has one effect."""
        return uuid4().hex

    @property
    def is_next(self) -> bool:
        """Whether something is still to be done here."""
        return self.visit.state in (VisitState.PLANNED, VisitState.ARRIVED)

    @property
    def lat(self) -> str:
        """The home's latitude as a link takes it."""
        return f"{self.here.lat:.6f}" if self.here else ""

    @property
    def lon(self) -> str:
        """The home's longitude as a link takes it."""
        return f"{self.here.lon:.6f}" if self.here else ""

    @property
    def outcome(self) -> str:
        """How it ended at the door, in words."""
        return outcome_name(self.visit.outcome) if self.visit.outcome else ""

    @property
    def asked(self) -> list[Any]:
        """What the service asks for as proof, in words."""
        wanted = self.proof if self.pictures else self.proof - {"photo"}
        return [words for proof, words in PROOFS.items() if proof in wanted]

    @property
    def proof(self) -> frozenset[str]:
        """The codes of what the service asks for."""
        item = catalogue().items.get(self.visit.item)
        return item.proof if item else frozenset()

    @property
    def tasks(self) -> list[tuple[str, str, bool]]:
        """Tasks of the service: code, words, whether ticked."""
        done = set(self.visit.tasks)
        return [(code, words, code in done) for code, words in task_choices(self.visit.item)]


def away(before: Point | None, here: Point | None) -> tuple[int, Any] | None:
    """How far and in which direction a stop lies from the one before."""
    if before is None or here is None:
        return None
    return metres(before, here) or 0, HEADINGS[heading(before, here)]


def risks_of(rows: list[Visit], at: datetime, day: Any) -> Mapping[UUID, list[Risk]]:
    """What to mind with each person: tags of ability and family, and values lately outside their bounds."""
    persons = {row.person_id for row in rows}
    known = terms()
    told: dict[UUID, list[Risk]] = {person: [] for person in persons}
    for person, tags in tags_on(persons, day).items():
        for code, grade in tags.items():
            term = known.get(code)
            if term is not None and term.group in RISKS:
                words = " · ".join(filter(None, (term.label, term.grade_label(grade))))
                told[person].append(Risk(words=words, tone=term.tone))
    organisations = {row.organisation_id for row in rows}
    for person, vital in queries.last_outside(persons, organisations, at - LOOK_BACK).items():
        told[person].append(Risk(words=f"{_beyond(vital.values)} ({moment(vital.taken_at)})", tone="danger"))
    return told


def _beyond(values: dict[str, int]) -> str:
    known = measures()
    codes = [reason.rule for reason in outside(known, values)]
    return ", ".join(f"{said(known[code].label)} {known[code].shown(values[code])}" for code in codes)
