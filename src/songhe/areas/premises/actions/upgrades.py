"""Verbs of rural upgrade projects: drafted with milestones, approved by another, carried out, finished."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import queries
from songhe.areas.premises.actions.common import Photo, Reason, Where, because, keep_file, line, move, past
from songhe.areas.premises.actions.idle import MOST_FEN, Fen
from songhe.areas.premises.limits import say, terms
from songhe.areas.premises.models import Milestone, Upgrade, UpgradeState
from songhe.areas.providers.api import Facility
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import open_case
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field

MOST_BEDS = 20_000
NOTHING = Fen(0)
Site = Annotated[Facility | None, Field(label=_("Facility"))]


def _kinds(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(kind.code, say(kind.label)) for kind in terms().projects]


def _open_kinds(_row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(kind.code, say(kind.label)) for kind in terms().milestones]


def _held(row: Any, _user: Any) -> list[tuple[str, str]]:
    return [(one.kind, str(one)) for one in queries.milestones_of([row])[row.pk]] if row else []


@act("premises.project")
def draft_upgrade(
    *,
    actor: Actor,
    at: datetime,
    name: Annotated[str, Field(label=_("Project"), size=120)],
    region: Where,
    kind: Annotated[str, Field(label=_("Kind"), choices=_kinds)],
    due: Annotated[date, Field(label=_("To be finished by"))],
    planned: Annotated[Fen, Field(label=_("Money planned (yuan)"), least=0)],
    facility: Site = None,
) -> Upgrade:
    """Draft a project; its milestones and beds are added next, then somebody else approves it."""
    if kind not in {one.code for one in terms().projects}:
        raise Refused("kind", "There is no such kind of project. Choose one from the list.", field="kind")
    made = Upgrade(
        id=uuid7(), name=line(name, "name"), region=region, kind=kind, due=due, planned_fen=_fen(planned, "planned"),
        facility=facility, prepared_by_id=actor.id, prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    if facility is not None:
        made.beds_before, made.nursing_before = facility.beds, facility.nursing_beds
        made.beds_planned, made.nursing_planned = facility.beds, facility.nursing_beds
    made.case = open_case("upgrade", region_id=region.pk, about=made, actor=actor, at=at)
    made.number = made.case.number
    made.save(force_insert=True)
    return made


@act("premises.project")
def plan_beds(
    upgrade: Upgrade,
    *,
    actor: Actor,
    at: datetime,
    beds_before: Annotated[int, Field(label=_("Beds before"), least=0, most=MOST_BEDS)],
    nursing_before: Annotated[int, Field(label=_("Nursing beds before"), least=0, most=MOST_BEDS)],
    beds_planned: Annotated[int, Field(label=_("Beds planned"), least=0, most=MOST_BEDS)],
    nursing_planned: Annotated[int, Field(label=_("Nursing beds planned"), least=0, most=MOST_BEDS)],
) -> Upgrade:
    """Say how many beds there are and are to be."""
    _need(upgrade, UpgradeState.DRAFT)
    _beds(beds_before, nursing_before, "nursing_before")
    _beds(beds_planned, nursing_planned, "nursing_planned")
    upgrade.beds_before, upgrade.nursing_before = beds_before, nursing_before
    upgrade.beds_planned, upgrade.nursing_planned = beds_planned, nursing_planned
    return _touched(upgrade, actor, at)


@act("premises.project")
def plan_milestone(
    upgrade: Upgrade,
    *,
    actor: Actor,
    at: datetime,
    milestone: Annotated[str, Field(label=_("Milestone"), choices=_open_kinds)],
    planned_on: Annotated[date, Field(label=_("Planned for"))],
    planned: Annotated[Fen, Field(label=_("Money planned (yuan)"), least=0)] = NOTHING,
) -> Upgrade:
    """Add a milestone to a draft, or change the one that is there."""
    _need(upgrade, UpgradeState.DRAFT)
    if milestone not in {one.code for one in terms().milestones}:
        raise Refused("milestone", "There is no such milestone. Choose one from the list.", field="milestone")
    if planned_on > upgrade.due:
        raise Refused(
            "after_the_end",
            "The project is to be finished by {due}. Choose an earlier day.",
            field="planned_on",
            due=upgrade.due.isoformat(),
        )
    others = Milestone.everywhere.filter(upgrade=upgrade).exclude(kind=milestone)
    if _fen(planned, "planned") + sum(row.planned_fen for row in others) > upgrade.planned_fen:
        raise Refused(
            "more_than_planned",
            "The milestones together would cost more than is planned for the project.",
            field="planned",
        )
    Milestone.everywhere.update_or_create(
        upgrade=upgrade,
        kind=milestone,
        defaults={"region_id": upgrade.region_id, "planned_on": planned_on, "planned_fen": planned},
    )
    add_detail(milestone=milestone, planned_on=planned_on.isoformat(), planned=planned)
    return _touched(upgrade, actor, at)


@act("premises.decide")
def approve_upgrade(upgrade: Upgrade, *, actor: Actor, at: datetime) -> Upgrade:
    """Approve a project that somebody else drafted; work may begin."""
    _need(upgrade, UpgradeState.DRAFT)
    four_eyes(upgrade.prepared_by_id, actor)
    if not Milestone.everywhere.filter(upgrade=upgrade).exists():
        raise Refused("no_milestone", "The project has no milestone. Add at least one with its day.")
    upgrade.approved_by_id, upgrade.approved_by, upgrade.approved_at = actor.id, actor.name[:80], at
    return _moved(upgrade, "approve", actor=actor, at=at, passed=("another",))


@act("premises.project")
def reach_milestone(
    upgrade: Upgrade,
    *,
    actor: Actor,
    at: datetime,
    milestone: Annotated[str, Field(label=_("Milestone"), choices=_held)],
    done_on: Annotated[date, Field(label=_("Reached on"))],
    spent: Annotated[Fen, Field(label=_("Money spent (yuan)"), least=0)] = NOTHING,
    note: Annotated[str, Field(label=_("Note"), long=True, size=400)] = "",
    photo: Annotated[UploadedFile | None, Field(label=_("Picture"), accept="image/*")] = None,  # type: ignore[type-arg]
) -> Upgrade:
    """Enter that a milestone is reached, what it cost, and a picture."""
    _need(upgrade, UpgradeState.UNDER_WAY)
    row: Milestone | None = Milestone.everywhere.filter(upgrade=upgrade, kind=milestone).first()
    if row is None:
        raise Refused("milestone", "There is no such milestone. Choose one from the list.", field="milestone")
    row.done_on, row.spent_fen = past(done_on, at=at, field="done_on"), _fen(spent, "spent")
    row.note, row.by = because(note, "note", needed=False), actor.name[:80]
    row.save()
    if photo is not None:
        keep_file(photo, owner=upgrade.pk, about=upgrade.pk, region=upgrade.region_id, actor=actor, at=at)
    add_detail(milestone=milestone, done_on=done_on.isoformat(), spent=spent)
    return upgrade


@act("premises.project")
def photograph_upgrade(
    upgrade: Upgrade,
    *,
    actor: Actor,
    at: datetime,
    photo: Annotated[UploadedFile, Photo],  # type: ignore[type-arg]
) -> Upgrade:
    """Add a picture, before or after."""
    _need(upgrade, UpgradeState.DRAFT, UpgradeState.UNDER_WAY)
    kept = keep_file(photo, owner=upgrade.pk, about=upgrade.pk, region=upgrade.region_id, actor=actor, at=at)
    add_detail(picture=str(kept))
    return upgrade


@act("premises.decide")
def finish_upgrade(
    upgrade: Upgrade,
    *,
    actor: Actor,
    at: datetime,
    finished_on: Annotated[date, Field(label=_("Finished on"))],
    beds_after: Annotated[int, Field(label=_("Beds after"), least=0, most=MOST_BEDS)],
    nursing_after: Annotated[int, Field(label=_("Nursing beds after"), least=0, most=MOST_BEDS)],
) -> Upgrade:
    """Finish a project of which every milestone is reached; not by who drafted it."""
    _need(upgrade, UpgradeState.UNDER_WAY)
    four_eyes(upgrade.prepared_by_id, actor)
    left = Milestone.everywhere.filter(upgrade=upgrade, done_on=None).count()
    if left:
        raise Refused(
            "milestones_left",
            "{left} milestones are not reached yet. Enter them first, or drop the project.",
            left=left,
        )
    _beds(beds_after, nursing_after, "nursing_after")
    upgrade.finished_on = past(finished_on, at=at, field="finished_on")
    upgrade.beds_after, upgrade.nursing_after = beds_after, nursing_after
    return _moved(upgrade, "finish", actor=actor, at=at, passed=("milestones", "another"))


@act("premises.decide")
def drop_upgrade(upgrade: Upgrade, *, actor: Actor, at: datetime, reason: Reason) -> Upgrade:
    """Drop a project."""
    upgrade.reason = because(reason)
    return _moved(upgrade, "drop", actor=actor, at=at, note=upgrade.reason)


def _moved(
    upgrade: Upgrade, code: str, *, actor: Actor, at: datetime, passed: tuple[str, ...] = (), note: str = ""
) -> Upgrade:
    case = move(upgrade.case_id, code, actor=actor, at=at, passed=passed, note=note)
    upgrade.state = UpgradeState(case.state)
    upgrade.save()
    return upgrade


def _touched(upgrade: Upgrade, actor: Actor, at: datetime) -> Upgrade:
    """Whoever changed a draft last is the one who may not approve it."""
    upgrade.prepared_by_id, upgrade.prepared_by, upgrade.prepared_at = actor.id, actor.name[:80], at
    upgrade.save()
    return upgrade


def _need(upgrade: Upgrade, *states: UpgradeState) -> None:
    if upgrade.state not in states:
        raise Refused(
            "upgrade_state",
            "This is not possible while the project is “{state}”. Reload the page and choose again.",
            state=upgrade.get_state_display(),
        )


def _beds(beds: int, nursing: int, field: str) -> None:
    if not 0 <= nursing <= beds <= MOST_BEDS:
        raise Refused(
            "nursing_beds",
            "There cannot be more nursing beds ({nursing}) than beds ({beds}).",
            field=field,
            nursing=nursing,
            beds=beds,
        )


def _fen(fen: int, field: str) -> int:
    if not 0 <= fen <= MOST_FEN:
        raise Refused("cost", "This amount cannot be right. Check it.", field=field)
    return fen
