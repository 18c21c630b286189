"""Verbs of workers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.words import EARLIEST, past_day, placed, reach, words
from songhe.areas.providers.catalogue import catalogue, skill_choices
from songhe.areas.providers.models import Frame, Leave, Organisation, State, Travel, Worker
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import normalise_name
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, seal
from songhe.kit.fields import Field
from songhe.kit.words import WEEKDAYS

Name = Annotated[str, Field(label=_("Name"), size=60)]
Phone = Annotated[str, Field(label=_("Telephone"), size=30)]
Base = Annotated[Region, Field(label=_("Base"))]
Skills = Annotated[list[str], Field(label=_("Skills"), choices=lambda row, user: skill_choices())]
Days = Annotated[
    list[int],
    Field(
        label=_("Working days"), choices=lambda row, user: [(n + 1, day) for n, day in enumerate(WEEKDAYS)]
    ),
]


@act("providers.worker")
def hire_worker(
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    sex: Annotated[Worker.Sex, Field(label=_("Gender"))],
    skills: Skills,
    since: Annotated[date, Field(label=_("Employed since"))],
    phone: Phone = "",
) -> Worker:
    """Take somebody on; the base is the organisation's region until it is set."""
    if organisation.state != State.ACTIVE:
        raise Refused("not_active", "The organisation is not operating, so it cannot hire anybody.")
    worker = Worker(
        organisation=organisation,
        name=normalise_name(name, field="name"),
        sex=sex,
        region_id=organisation.region_id,
        skills=_known(skills),
        since=past_day(since, at=at, field="since"),
    )
    make_key(worker.id)
    _ring(worker, phone)
    worker.save(force_insert=True)
    return worker


@act("providers.worker")
def edit_worker(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    sex: Annotated[Worker.Sex, Field(label=_("Gender"))],
    phone: Phone = "",
) -> Worker:
    """Correct name and sex; a telephone number replaces the one kept, empty keeps it."""
    _here(worker, at)
    worker.name, worker.sex = normalise_name(name, field="name"), sex
    if phone.strip():
        _ring(worker, phone)
    worker.save()
    return worker


@act("providers.worker")
def certify_worker(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    skills: Skills,
    certificate_no: Annotated[str, Field(label=_("Certificate number"), size=60)] = "",
    certificate_until: Annotated[date | None, Field(label=_("Certificate valid until"))] = None,
) -> Worker:
    """Enter skills and the certificate that proves them."""
    _here(worker, at)
    if certificate_until is not None and not EARLIEST < certificate_until < date(2100, 1, 1):
        raise Refused(
            "wrong_day",
            "{day} cannot be right for a certificate.",
            field="certificate_until",
            day=certificate_until,
        )
    worker.skills, worker.certificate_until = _known(skills), certificate_until
    worker.certificate_no = words(certificate_no, field="certificate_no", most=60)
    worker.save()
    return worker


@act("providers.worker")
def set_hours(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    days: Days,
    works_from: Annotated[time, Field(label=_("Work starts at"))],
    works_until: Annotated[time, Field(label=_("Work ends at"))],
) -> Worker:
    """Set weekdays and hours."""
    _here(worker, at)
    if works_until <= works_from:
        raise Refused("shift", "The working hours must end after they start.", field="works_until")
    if not days or not set(days) <= set(range(1, 8)):
        raise Refused("shift_days", "Choose at least one weekday.", field="days")
    worker.work_days, worker.works_from, worker.works_until = sorted(set(days)), works_from, works_until
    worker.save()
    return worker


@act("providers.worker")
def place_worker(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    region: Base,
    lon: Annotated[str, Field(label=_("Longitude"), size=24, help=_("Degrees, such as 122.4206"))] = "",
    lat: Annotated[str, Field(label=_("Latitude"), size=24, help=_("Degrees, such as 37.1653"))] = "",
    frame: Annotated[Frame, Field(label=_("Coordinate system used"), radio=True)] = Frame.WGS84,
) -> Worker:
    """Set where the worker starts from."""
    _here(worker, at)
    reach(region, actor=actor, right="providers.worker")
    point = placed(lon, lat, Frame(frame).value)  # type: ignore[arg-type]
    worker.region = region
    worker.lon, worker.lat = point or (None, None)
    worker.save()
    return worker


@act("providers.worker")
def set_ways(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    travels: Annotated[Travel, Field(label=_("Travel mode"))],
    languages: Annotated[
        str, Field(label=_("Languages and dialects"), size=120, help=_("Separated by commas"))
    ] = "",
    break_minutes: Annotated[
        int | None, Field(label=_("Break (minutes)"), least=0, most=180, help=_("Empty: as usual"))
    ] = None,
    weekly_hours: Annotated[int | None, Field(label=_("Weekly hours"), least=0, most=84)] = None,
) -> Worker:
    """Enter what planning needs to know: how somebody travels, speaks, rests and how long a week is."""
    _here(worker, at)
    spoken = words(languages, field="languages", most=120).replace("，", ",").replace("、", ",")
    worker.languages = sorted({one.strip()[:20] for one in spoken.split(",") if one.strip()})
    worker.travels, worker.break_minutes = travels, break_minutes
    worker.weekly_minutes = None if weekly_hours is None else 60 * weekly_hours
    worker.save()
    return worker


@act("providers.worker")
def take_leave(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    why: Annotated[Leave.Why, Field(label=_("Reason"), radio=True)],
    since: Annotated[date, Field(label=_("From"))],
    back: Annotated[
        date | None, Field(label=_("Back at work on"), help=_("Empty where it is not known yet"))
    ] = None,
) -> Leave:
    """Enter days on which somebody does not work. Visits that are promised already need another worker."""
    _here(worker, at)
    if back is not None and back <= since:
        raise Refused("leave", "The first day back must lie after the first day off.", field="back")
    if not EARLIEST < since < date(2100, 1, 1):
        raise Refused("wrong_day", "{day} cannot be a day of leave.", field="since", day=since)
    rows = Leave.everywhere.filter(worker=worker, since__lt=back or date(2100, 1, 1))
    if rows.exclude(until__lte=since).exists():
        raise Refused(
            "leave_twice",
            "Leave is entered for some of these days already. End that one first.",
            field="since",
        )
    leave = Leave(
        worker=worker,
        organisation_id=worker.organisation_id,
        region_id=worker.region_id,
        why=why,
        since=since,
        until=back,
    )
    leave.save(force_insert=True)
    add_detail(leave=str(leave.pk), since=since.isoformat())
    return leave


@act("providers.worker")
def end_leave(
    leave: Leave,
    *,
    actor: Actor,
    at: datetime,
    back: Annotated[date, Field(label=_("Back at work on"))],
) -> Leave:
    """Say when somebody is back."""
    if back <= leave.since:
        raise Refused("leave", "The first day back must lie after the first day off.", field="back")
    leave.until = back
    leave.save()
    return leave


@act("providers.worker")
def end_employment(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Last day"))],
    reason: Annotated[str, Field(label=_("Reason"), size=200)] = "",
) -> Worker:
    """End an employment after a day."""
    if worker.until is not None:
        raise Refused("gone", "This employment ended on {day}.", day=worker.until)
    if on < worker.since:
        raise Refused(
            "wrong_day",
            "The employment began on {since}; it cannot end before that.",
            field="on",
            since=worker.since,
        )
    add_detail(reason=words(reason, field="reason", most=200))
    worker.until = date.fromordinal(on.toordinal() + 1)
    worker.save()
    return worker


def _here(worker: Worker, at: datetime) -> None:
    if worker.until is not None and worker.until <= timezone.localdate(at):
        raise Refused("gone", "This employment ended on {day}.", day=worker.until)


def _known(skills: list[str]) -> list[str]:
    strange = sorted(set(skills) - set(catalogue().skills))
    if strange:
        raise Refused(
            "no_such_skill",
            "There is no skill {skill} in the catalogue.",
            field="skills",
            skill=strange[0][:20],
        )
    return sorted(set(skills))


def _ring(worker: Worker, phone: str) -> None:
    if not phone.strip():
        return
    number = parse_phone(phone, field="phone")
    worker.phone_sealed, worker.phone_masked = seal(worker.id, number.dialled), number.masked
