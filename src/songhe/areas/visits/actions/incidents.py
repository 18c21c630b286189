"""Incidents at visits: reported at the home, taken up and closed by the organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.visits.actions import effects
from songhe.areas.visits.actions.common import sealed, tell, written
from songhe.areas.visits.actions.service import Upload
from songhe.areas.visits.models import Incident, IncidentKind, IncidentState, Severity, Told, Visit
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act
from songhe.engines.cases.api import Case, Priority, move_case, open_case
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import take_in
from songhe.engines.vault.attachments import Place
from songhe.kit.fields import Field

PRIORITY = {
    Severity.MINOR: Priority.NORMAL,
    Severity.SERIOUS: Priority.HIGH,
    Severity.GRAVE: Priority.URGENT,
}
What = Annotated[str, Field(label=_("What happened, in words"), long=True)]
Done = Annotated[str, Field(label=_("What was done about it"), long=True)]


@act("visits.report")
def report_incident(  # noqa: PLR0913  the form asks for each
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    kind: Annotated[IncidentKind, Field(label=_("What happened"), radio=True)],
    severity: Annotated[Severity, Field(label=_("Severity"), radio=True)],
    words: What,
    told: Annotated[list[Told] | None, Field(label=_("Told already"))] = None,
    photo: Annotated[Upload | None, Field(label=_("Picture"), accept="image/*")] = None,
) -> Incident:
    """Report what happened at a visit; what is suspected abuse is urgent whatever is ticked."""
    said = written(words, field="words", needed=True)
    urgent = kind == IncidentKind.ABUSE
    made = Incident(
        id=uuid7(),
        visit=visit,
        person_id=visit.person_id,
        region_id=visit.region_id,
        organisation_id=visit.organisation_id,
        worker_id=visit.worker_id,
        kind=kind,
        severity=severity,
        told=[str(one) for one in told or ()],
        happened_at=device_at or at,
        reported_at=at,
        words_sealed=sealed(visit.person_id, said),
    )
    with (
        elevated()
    ):  # case and row belong to the organisation; the case carries no person, whom kin would see it by
        case = open_case(
            "incident",
            region_id=visit.region_id,
            holder_id=visit.organisation_id,
            about=made,
            actor=actor,
            at=at,
            priority=Priority.URGENT if urgent else PRIORITY[severity],
        )
        made.case, made.number = case, case.number
        made.save(force_insert=True)
        if photo is not None:
            place = Place(visit.person_id, made.pk, visit.region_id, holder_id=visit.organisation_id)
            take_in(photo, name=str(photo.name or "photo"), place=place, actor_id=actor.id, at=at)
        tell(visit.order, "incident", at=at, incident=str(made.pk))
        effects.reported(made, said, actor=actor, at=at)
    return made


@act("visits.incident")
def take_up_incident(incident: Incident, *, actor: Actor, at: datetime) -> Incident:
    """Begin to look into an incident."""
    return _move(incident, "take_up", actor=actor, at=at)


@act("visits.incident")
def close_incident(incident: Incident, *, actor: Actor, at: datetime, measures: Done) -> Incident:
    """Close an incident with what was done about it."""
    incident.measures_sealed = sealed(incident.person_id, written(measures, field="measures", needed=True))
    incident.closed_at = at
    return _move(incident, "close", actor=actor, at=at)


@act("visits.incident")
def reopen_incident(incident: Incident, *, actor: Actor, at: datetime) -> Incident:
    """Look into a closed incident again."""
    incident.closed_at = None
    return _move(incident, "reopen", actor=actor, at=at)


def _move(incident: Incident, code: str, *, actor: Actor, at: datetime) -> Incident:
    with elevated():  # whoever may act on the incident acts on its case
        case = move_case(Case.everywhere.get(pk=incident.case_id), code, actor=actor, at=at)
    incident.state = IncidentState(case.state)
    incident.save()
    return incident
