"""Verbs of reports: a helper tells, the office answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.actions.common import Upload, line
from songhe.areas.grid.actions.helpers import here
from songhe.areas.grid.models import Helper, Report, ReportKind, ReportState
from songhe.areas.grid.queries.books import elders_of
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act
from songhe.engines.cases.api import Case, Priority, move_case, open_case
from songhe.engines.live.api import publish
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import Place, seal, take_in
from songhe.kit.fields import Field

TOPIC = "grid"
URGENT = (ReportKind.UNWELL, ReportKind.DANGER)


@act("grid.help")
def report(
    helper: Helper,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    kind: Annotated[ReportKind, Field(label=_("What it is"))],
    person: Annotated[str, Field(label=_("Person concerned"), size=36)] = "",
    words: Annotated[str, Field(label=_("In a few words"), long=True, size=1000)],
    photo: Annotated[Upload | None, Field(label=_("Picture"), accept="image/*")] = None,
) -> Report:
    """Tell the office something, of one of one's elders or in general. Who is unwell or in danger comes first."""
    here(helper, at)
    elder = _about(helper, person, at)
    owner = elder.pk if elder else helper.pk
    region = elder.region_id if elder else helper.region_id
    made = Report(
        id=uuid7(), helper=helper, person=elder, region_id=region, kind=kind, owner_id=owner, reported_at=device_at or at,
        words_sealed=seal(owner, line(words, "words", 1000, lines=True)),
    )  # fmt: skip
    with (
        elevated()
    ):  # the report goes to the office of the elder's village, whose rows a helper does not reach
        priority = Priority.HIGH if kind in URGENT else Priority.NORMAL
        case = open_case("grid_report", region_id=region, about=made, actor=actor, at=at, priority=priority)
        made.case, made.number, made.due_at = case, case.number, case.due_at
        if photo is not None:
            place = Place(owner_id=owner, about_id=made.pk, region_id=region, holder_id=helper.pk)
            made.photo_id = take_in(
                photo, name=str(photo.name or "photo"), place=place, actor_id=actor.id, at=at
            ).pk
        made.save(force_insert=True)
    _tell(made, at)
    return made


@act("grid.answer")
def take(report: Report, *, actor: Actor, at: datetime) -> Report:
    """Take a report on."""
    return _moved(report, "take", actor=actor, at=at)


@act("grid.answer")
def settle(
    report: Report,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[
        str, Field(label=_("What was done about it"), help=_("The helper reads it"), long=True, size=1000)
    ],
) -> Report:
    """Settle a report with an answer."""
    report.answer_sealed = seal(report.owner_id, line(words, "words", 1000, lines=True))
    report.closed_by, report.closed_at = actor.name[:80], at
    return _moved(report, "close", actor=actor, at=at)


def _about(helper: Helper, key: str, at: datetime) -> Person | None:
    """One of the helper's elders; the form sends the key."""
    if not key.strip():
        return None
    found = next((one for one in elders_of(helper, at) if str(one.pk) == key.strip()), None)
    if found is None:
        raise Refused("not_yours", "This is not one of your elders. Choose from the list.", field="person")
    return found


def _moved(report: Report, code: str, *, actor: Actor, at: datetime) -> Report:
    with elevated():  # whoever may act on the report acts on its case
        case = move_case(Case.everywhere.get(pk=report.case_id), code, actor=actor, at=at)
    report.state, report.due_at = ReportState(case.state), case.due_at
    report.save()
    _tell(report, at)
    return report


def _tell(report: Report, at: datetime) -> None:
    news = {"report": str(report.pk), "state": str(report.state)}
    publish(TOPIC, report.region_id, news, at=at, holder_id=report.helper_id)
