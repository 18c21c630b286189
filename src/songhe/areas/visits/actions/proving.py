"""What is added at the person's home: tasks ticked, values measured, a spoken note, a confirmation."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.visits.actions.agreeing import signed
from songhe.areas.visits.actions.common import order_of, sealed, tell, written
from songhe.areas.visits.actions.service import Upload, at_hand, has_now
from songhe.areas.visits.limits import measures, task_choices
from songhe.areas.visits.models import Signing, Visit, VisitState, Vital, Witness
from songhe.core.refusal import Refused
from songhe.core.visiting import check_together, outside, read_value, strokes
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal_json, take_in, take_sound
from songhe.engines.vault.attachments import Place
from songhe.kit.fields import Field

Tasks = Annotated[
    list[str] | None, Field(label=_("Tasks done"), choices=lambda row, user: task_choices(row.item))
]
VOICES_MAX = 4
VITALS_MAX = 12


@act("visits.note")
def tick_tasks(visit: Visit, *, actor: Actor, at: datetime, tasks: Tasks = None) -> Visit:
    """Say which tasks were done; what is not ticked any more was not done."""
    at_hand(visit)
    chosen = set(tasks or ())
    visit.tasks = [code for code, _words in task_choices(visit.item) if code in chosen]
    has_now(visit)
    visit.save()
    return visit


@act("visits.note")
def take_vitals(  # noqa: PLR0913  the form asks for each
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    systolic: Annotated[str, Field(label=_("Systolic pressure (mmHg)"), size=8)] = "",
    diastolic: Annotated[str, Field(label=_("Diastolic pressure (mmHg)"), size=8)] = "",
    pulse: Annotated[str, Field(label=_("Pulse (per minute)"), size=8)] = "",
    temperature: Annotated[str, Field(label=_("Temperature (°C)"), size=8)] = "",
    spo2: Annotated[str, Field(label=_("Oxygen saturation (%)"), size=8)] = "",
    glucose: Annotated[str, Field(label=_("Blood glucose (mmol/L)"), size=8)] = "",
) -> Vital:
    """Keep what was measured, sealed; values outside their bounds wait for somebody to look."""
    at_hand(visit)
    if visit.vitals >= VITALS_MAX:
        raise Refused("enough_vitals", "This visit has {most} measurements already.", most=VITALS_MAX)
    told = {
        "systolic": systolic,
        "diastolic": diastolic,
        "pulse": pulse,
        "temperature": temperature,
        "spo2": spo2,
        "glucose": glucose,
    }
    known = measures()
    found = {code: read_value(known[code], text) for code, text in told.items() if code in known}
    values = {code: value for code, value in found.items() if value is not None}
    check_together(values)
    with elevated():  # the row belongs to the organisation, in whose name the worker does not hold rows
        kept: Vital = Vital.everywhere.create(
            visit=visit,
            person_id=visit.person_id,
            region_id=visit.region_id,
            organisation_id=visit.organisation_id,
            worker_id=visit.worker_id,
            taken_at=device_at or at,
            received_at=at,
            values_sealed=seal_json(visit.person_id, values),
            is_outside=bool(outside(known, values)),
        )
    add_detail(measured=sorted(values), outside=kept.is_outside)
    visit.vitals += 1
    has_now(visit)
    visit.save()
    if kept.is_outside:
        with elevated():
            tell(visit.order, "vitals", at=at, visit=str(visit.pk))
    return kept


@act("visits.verify")
def handle_vitals(
    vital: Vital,
    *,
    actor: Actor,
    at: datetime,
    note: Annotated[str, Field(label=_("What came of it"), long=True)],
) -> Vital:
    """Say what was done about values outside their bounds."""
    if not vital.waits:
        raise Refused("handled", "Somebody has looked at this already. Look at it again.")
    vital.handled_sealed = sealed(vital.person_id, written(note, field="note", needed=True))
    vital.handled_at, vital.handled_by = at, actor.name[:80]
    vital.save(update_fields=["handled_sealed", "handled_at", "handled_by"])
    return vital


@act("visits.note")
def add_voice(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    voice: Annotated[Upload, Field(label=_("Spoken note"), accept="audio/*")],
    dialect: Annotated[str, Field(label=_("Language or dialect"), size=20)] = "",
) -> Visit:
    """Keep a spoken note, encrypted, in the worker's own dialect."""
    at_hand(visit)
    if visit.voices >= VOICES_MAX:
        raise Refused(
            "enough_voices", "This visit has {most} spoken notes already.", field="voice", most=VOICES_MAX
        )
    spoken = written(dialect, field="dialect", most=20)
    with elevated():  # as with pictures
        kept = take_sound(
            voice, name=spoken or str(voice.name or "voice"), place=place_at(visit), actor_id=actor.id, at=at
        )
    add_detail(voice=str(kept.pk), bytes=kept.size_bytes)
    visit.voices += 1
    has_now(visit)
    visit.save()
    return visit


@act("visits.note")
def confirm(  # noqa: PLR0913  the form asks for each
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    how: Annotated[Signing, Field(label=_("Confirmed by"), radio=True)],
    path: Annotated[str, Field(label=_("Signature"), size=20_000, hidden=True)] = "",
    thumbprint: Annotated[
        Upload | None, Field(label=_("Picture of the thumbprint"), accept="image/*")
    ] = None,
    witness: Annotated[str, Field(label=_("Name of the witness"), size=60)] = "",
    relation: Annotated[Witness | None, Field(label=_("Relation to the person"))] = None,
) -> Visit:
    """Have the visit confirmed: signed, by thumbprint, or by a witness with name and relation."""
    at_hand(visit)
    told: dict[str, str] = {}
    if how == Signing.SIGNATURE:
        told = {"path": strokes(path)}
    elif how == Signing.WITNESS:
        name = written(witness, field="witness", most=60, needed=True)
        if relation is None:
            raise Refused("relation", "Say who the witness is to the person.", field="relation")
        told = {"witness": name, "relation": str(relation)}
    else:
        told = {"picture": _thumbprint(visit, thumbprint, actor=actor, at=at)}
    visit.confirmed_by, visit.confirmed_at = how, device_at or at
    visit.confirm_sealed = sealed(visit.person_id, json.dumps(told, ensure_ascii=False))
    has_now(visit)
    visit.save()
    if visit.state == VisitState.DONE:
        signed(order_of(visit), visit, actor=actor, at=at)
    return visit


def _thumbprint(visit: Visit, sent: Upload | None, *, actor: Actor, at: datetime) -> str:
    if sent is None:
        raise Refused("no_thumbprint", "Take a picture of the thumbprint.", field="thumbprint")
    with elevated():  # as with pictures
        kept = take_in(sent, name=Signing.THUMBPRINT, place=place_at(visit), actor_id=actor.id, at=at)
    add_detail(thumbprint=str(kept.pk))
    return str(kept.pk)


def place_at(visit: Visit) -> Place:
    """Where a visit's file belongs: the person's key, the organisation's hands."""
    return Place(visit.person_id, visit.pk, visit.region_id, holder_id=visit.organisation_id)
