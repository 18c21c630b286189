"""Sending help and telling emergency services, and what responders say from their phones."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import limits
from songhe.areas.alarms.actions import common, errands, telling
from songhe.areas.alarms.actions.raising import cry
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, AlarmState, Entry, Response, Service, Source
from songhe.areas.alarms.queries import responders
from songhe.areas.alarms.queries.responders import Candidate
from songhe.core.codes import parse_phone, parse_point
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import Place, take_in
from songhe.kit.fields import Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile
Lon = Annotated[str, Field(label=_("Longitude"), size=24)]
Lat = Annotated[str, Field(label=_("Latitude"), size=24)]
Accuracy = Annotated[int | None, Field(label=_("Accuracy (m)"), least=0, most=100_000)]


@act("alarms.answer")
def send(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[str, Field(label=_("Kind"), choices=limits.responder_choices)],
    name: Annotated[str, Field(label=_("Assigned to"), size=80)],
    phone: Annotated[str, Field(label=_("Telephone"), size=30)] = "",
    helper: Annotated[str, Field(label=_("Who"), hidden=True)] = "",
) -> Alarm:
    """Send somebody of the network; who does not accept in time is followed by the next."""
    common.holds(alarm, actor)
    if kind not in terms().responders:
        raise Refused("no_such_kind", "There is no such kind of responder. Choose one from the list.", field="kind")  # fmt: skip
    with elevated():  # whoever may act on the alarm writes its course
        known = responders.find(alarm, helper, at=at) if helper else None
        if known is None:
            clean = common.written(name, field="name", most=80, needed=True)
            number = parse_phone(phone, field="phone").dialled if phone.strip() else ""
            known = Candidate(key="", kind=kind, name=clean, phone=number)
        waiting = Response.everywhere.filter(alarm_id=alarm.pk, due_at__isnull=False)
        if known.signs & responders.signs_of(waiting):
            raise Refused("sent_already", "{name} is already expected. Choose somebody else.", field="name", name=known.name)  # fmt: skip
        dispatched(alarm, known, actor=actor, at=at)
        common.acted(alarm, actor=actor, at=at)
        return common.settled(alarm, "sent", at=at)


def dispatched(alarm: Alarm, whom: Candidate, *, actor: Actor, at: datetime) -> Response:
    """An errand for one responder, who is told at once; the caller saves the alarm."""
    made = Response(
        id=uuid7(), alarm_id=alarm.pk, region_id=alarm.region_id, kind=whom.kind, name=whom.name[:80],
        user_id=whom.user_id, organisation_id=whom.organisation_id, helper_id=whom.helper_id, contact_id=whom.contact_id,
        metres=whom.metres,
        owner_id=alarm.owner_id, sent_at=at, sent_by_id=actor.id, sent_by_name=actor.name[:80],
        due_at=at + terms().clock.accept,
    )  # fmt: skip
    made.phone_sealed = common.sealed(alarm.owner_id, alarm, whom.phone)
    made.save(force_insert=True)
    _sent(alarm, "send", whom.name, actor=actor, at=at)
    errands.engaged(made, alarm, actor=actor, at=at)
    telling.errand(made, alarm, whom.phone, at=at)
    common.tell_responder(made, "sent", at=at)
    return made


@act("alarms.answer")
def relay(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    service: Annotated[str, Field(label=_("Emergency service"), choices=limits.relay_choices, radio=True)],
    officer: Annotated[str, Field(label=_("Receiving officer"), size=60)],
    case_number: Annotated[str, Field(label=_("External case number"), size=60)] = "",
    stayed: Annotated[bool, Field(label=_("Stayed on the line until they took over"))] = False,
) -> Alarm:
    """Tell 120, 119 or 110, stay on the line, and write down who received it under which number."""
    common.holds(alarm, actor)
    if service not in terms().relays:
        raise Refused(
            "no_such_service", "There is no such service. Choose one from the list.", field="service"
        )
    who = common.written(officer, field="officer", most=60, needed=True)
    with elevated():  # as above
        Response(
            id=uuid7(), alarm_id=alarm.pk, region_id=alarm.region_id, service=Service.RELAY, kind=service, name=service,
            owner_id=alarm.owner_id, sent_at=at, sent_by_id=actor.id, sent_by_name=actor.name[:80], accepted_at=at,
            due_at=at + terms().clock.arrive, officer=who, case_number=common.written(case_number, field="case_number", most=60),
            stayed=stayed,
        ).save(force_insert=True)  # fmt: skip
        _sent(alarm, "relay", service, actor=actor, at=at)
        common.acted(alarm, actor=actor, at=at)
        return common.settled(alarm, "sent", at=at)


@act("alarms.respond", locks=False)
def accept(response: Response, *, actor: Actor, at: datetime) -> Response:
    """Accept an errand."""
    alarm = _together(response)
    _waited(response)
    if response.accepted_at is not None:
        return response
    response.accepted_at = at
    return _said(alarm, response, "accepted", actor=actor, at=at)


@act("alarms.respond", locks=False)
def refuse(
    response: Response,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), choices=limits.refusal_choices)],
) -> Response:
    """Decline an errand; the next one who is free is sent at once, and the agent is rung."""
    alarm = _together(response)
    _waited(response)
    if reason not in terms().refusals:
        raise Refused("no_such_reason", "There is no such reason. Choose one from the list.", field="reason")
    response.refused_at, response.refusal = at, reason
    return _said(alarm, response, "refused", actor=actor, at=at)


@act("alarms.respond", locks=False)
def set_off(response: Response, *, actor: Actor, at: datetime) -> Response:
    """Say that one is on the way."""
    alarm = _together(response)
    _waited(response)
    response.accepted_at = response.accepted_at or at
    response.started_at = response.started_at or at
    return _said(alarm, response, "set_off", actor=actor, at=at)


@act("alarms.respond", locks=False)
def arrive(
    response: Response,
    *,
    actor: Actor,
    at: datetime,
    lon: Lon = "",
    lat: Lat = "",
    accuracy: Accuracy = None,
) -> Response:
    """Say that one is there, with the place of the phone."""
    alarm = _together(response)
    _waited(response)
    if response.arrived_at is not None:
        return response
    response.accepted_at, response.arrived_at = response.accepted_at or at, at
    if lon.strip() and lat.strip():
        place = parse_point(lon, lat)
        with elevated():  # the alarm's key is made where it has none yet
            told = json.dumps({"lon": place.lon, "lat": place.lat})
            response.place_sealed = common.sealed(response.owner_id, alarm, told)
        response.accuracy = accuracy
    return _said(alarm, response, "arrived", actor=actor, at=at)


def _expected(alarm: Alarm, _user: object) -> list[tuple[str, str]]:
    rows = Response.everywhere.filter(alarm_id=alarm.pk, arrived_at=None, refused_at=None, lapsed_at=None, left_at=None)  # fmt: skip
    with elevated():  # whoever holds the alarm knows whom was sent
        return [(str(row.pk), row.name) for row in rows.order_by("sent_at")]


@act("alarms.answer")
def note_arrival(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    errand: Annotated[str, Field(label=_("Who is on site"), choices=_expected)],
) -> Alarm:
    """Note that somebody is there who told it by telephone, or an ambulance of which the family told."""
    common.holds(alarm, actor)
    with elevated():  # whoever may act on the alarm writes its course
        key = common.key_of(errand) or alarm.pk
        rows = Response.everywhere.filter(pk=key, alarm_id=alarm.pk, arrived_at=None)
        response = rows.select_for_update(no_key=True).first()
        if response is None:
            raise Refused("errand_over", "This call-out is over. Reload the list.", field="errand")
        _waited(response)
        response.accepted_at, response.arrived_at = response.accepted_at or at, at
        _said(alarm, response, "arrived", actor=actor, at=at)
    return alarm


@act("alarms.respond", locks=False)
def report(
    response: Response,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("What was found"), long=True)],
    needs_120: Annotated[bool, Field(label=_("Needs 120"))] = False,
    leaves: Annotated[bool, Field(label=_("I am leaving now"))] = False,
) -> Response:
    """Say what was found; who needs an ambulance makes the alarm ring again at once, and where it has ended a new one."""
    alarm = _together(response)
    if response.arrived_at is None or response.left_at is not None:
        raise Refused("not_there", "Report your arrival first.", field="words")
    clean = common.written(words, field="words", most=1000, needed=True)
    with elevated():  # sealed with the person's key
        before = f"{response.found}\n{clean}".strip()[-2000:]
        response.found_sealed = common.sealed(response.owner_id, alarm, before)
    response.needs_120 = response.needs_120 or needs_120
    response.left_at = at if leaves else None
    what = "needs_120" if needs_120 else "left" if leaves else "found"
    _said(alarm, response, what, actor=actor, at=at)
    if needs_120 and not alarm.is_open:
        _rung_anew(alarm, clean, actor=actor, at=at)
    return response


@act("alarms.respond", locks=False)
def add_photo(
    response: Response,
    *,
    actor: Actor,
    at: datetime,
    photo: Annotated[Upload, Field(label=_("Photo"), accept="image/*")],
) -> Response:
    """Keep a picture from the spot, sealed as everything else."""
    alarm = _together(response)
    if response.arrived_at is None:
        raise Refused("not_there", "Report your arrival first.", field="photo")
    with elevated():  # the picture is sealed with the person's key
        common.sealed(alarm.owner_id, alarm, " ")
        place = Place(alarm.owner_id, response.pk, alarm.region_id, holder_id=response.user_id)
        kept = take_in(photo, name=str(photo.name or "photo"), place=place, actor_id=actor.id, at=at)
    add_detail(picture=str(kept.pk))
    return response


@act("alarms.respond", locks=False)
def force_entry(
    response: Response,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Why the door was forced"), long=True)],
    witnesses: Annotated[str, Field(label=_("Witnesses, one per line"), long=True)],
    inside: Annotated[bool, Field(label=_("We are inside now"))] = False,
) -> Response:
    """Write down that a door was forced, with those who stood by."""
    alarm = _together(response)
    why = common.written(reason, field="reason", most=400, needed=True)
    names = [line for line in common.written(witnesses, field="witnesses", most=400).splitlines() if line.strip()]  # fmt: skip
    if len(names) < terms().witnesses:
        raise Refused("witnesses", "At least {n} witnesses must be present when a door is forced. Name one per line.", field="witnesses", n=terms().witnesses)  # fmt: skip
    with elevated():  # whoever may act on the errand writes the course of its alarm
        told = json.dumps({"why": why, "witnesses": names}, ensure_ascii=False)
        Entry(
            id=uuid7(), alarm=alarm, region_id=alarm.region_id, at=at, owner_id=alarm.owner_id,
            sealed=common.sealed(alarm.owner_id, alarm, told), witnesses=len(names), by_id=actor.id,
            by_name=actor.name[:80], entered_at=at if inside else None,
        ).save(force_insert=True)  # fmt: skip
    return _said(alarm, response, "forced", actor=actor, at=at)


def _sent(alarm: Alarm, what: str, name: str, *, actor: Actor, at: datetime) -> None:
    if alarm.helped_at is None:
        alarm.helped_at = at
        telling.family(alarm, "sent", at=at)
    if alarm.state == AlarmState.TAKEN:
        common.moved(alarm, "send", actor=actor, at=at, detail=name)
    else:
        common.step(alarm, what, actor=actor, at=at, detail=name).save(force_insert=True)


def _rung_anew(alarm: Alarm, words: str, *, actor: Actor, at: datetime) -> None:
    """Worse was found in a home whose alarm has ended: another one, with what was said."""
    with elevated():  # a responder sees the errand only, and calls for help for whom it is about
        cry(
            alarm.kind, actor=actor, at=at, source=Source.VISIT, person=alarm.person, region_id=alarm.region_id,
            device_id=alarm.device_id, worker_id=alarm.worker_id, words=f"{alarm.number} · {gettext('Needs 120')}\n{words}",
        )  # fmt: skip


def _waited(response: Response) -> None:
    if response.refused_at is not None or response.left_at is not None:
        raise Refused("errand_over", "This call-out is over. Reload the list.")
    if response.lapsed_at is not None:
        raise Refused("errand_passed_on", "It was passed on because nobody answered in time. Call the desk.")


def _together(response: Response) -> Alarm:
    """Lock the alarm and then the errand, in the order in which the clock and the desk do."""
    with elevated():  # a responder sees the errand only, but the alarm's clock depends on it
        alarm = Alarm.everywhere.select_for_update(no_key=True).get(pk=response.alarm_id)
        response.refresh_from_db(from_queryset=Response.everywhere.select_for_update(no_key=True))
    return alarm


def _said(alarm: Alarm, response: Response, what: str, *, actor: Actor, at: datetime) -> Response:
    """Save what a responder said, wind the alarm's clock anew and tell the board."""
    if response.arrived_at is not None or not response.is_open:
        response.due_at = None
    elif response.accepted_at is not None and response.due_at is not None:
        response.due_at = response.sent_at + terms().clock.arrive
    response.save()
    telling.heeded(response, at=at)
    with elevated():  # as above
        if not response.is_open:
            errands.released(response, actor=actor, at=at)
        if not alarm.is_open:
            return response
        _written_down(alarm, response, what, actor=actor, at=at)
        if what == "refused" and (following := errands.next_free(alarm, at=at)) is not None:
            dispatched(alarm, following, actor=SYSTEM, at=at)
        if what in ("refused", "needs_120"):
            common.ring(alarm, at=at)
        if what in ("accepted", "set_off", "arrived"):
            alarm.tries = 0
            telling.somebody_goes(alarm, at=at)
        if alarm.agent_id is not None:
            alarm.acted_at = at
        common.settled(alarm, what, at=at)
    return response


def _written_down(alarm: Alarm, response: Response, what: str, *, actor: Actor, at: datetime) -> None:
    if what == "arrived" and alarm.arrived_at is None:
        alarm.arrived_at = at
        telling.family(alarm, "arrived", at=at)
    if what == "arrived" and alarm.state != AlarmState.ARRIVED:
        common.moved(alarm, "arrive", actor=actor, at=at, detail=response.name)
    else:
        common.step(alarm, what, actor=actor, at=at, detail=response.name).save(force_insert=True)
