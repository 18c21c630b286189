"""The worker's day on a phone: where to go next, the door, and what was done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker, said
from songhe.areas.registry.api import Person, secrets_of_many, without_pictures
from songhe.areas.visits import queries, watching
from songhe.areas.visits.limits import measures, outcome_choices
from songhe.areas.visits.minding import to_mind
from songhe.areas.visits.models import (
    Conflict,
    IncidentKind,
    Order,
    OrderState,
    Severity,
    Signing,
    Told,
    Visit,
    VisitState,
    Witness,
)
from songhe.areas.visits.presence import digest_of, tag_digests
from songhe.areas.visits.screens.conflicts import office_of, what_of
from songhe.areas.visits.screens.sos import worker_of
from songhe.areas.visits.screens.stops import Stop, away, risks_of
from songhe.core.codes import Point
from songhe.core.visiting import read_token
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.engines.acts.models import Act
from songhe.engines.regions.tree import full_name
from songhe.kit.clock import now
from songhe.kit.days import begin_of
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

SHOWN = timedelta(days=7)
READ = "visits.read_address"
READ_WISHES = "visits.read_wishes"


def stops(user: Any, at: datetime, scanned: str = "") -> list[Stop]:
    """The worker's visits of this shift in order, with addresses and wishes; showing them is logged once a day each."""
    day = timezone.localdate(at)
    scope = user.scope("visits.check_in")
    rows = list(queries.shift_of(scope, at).exclude(state__in=[VisitState.CANCELLED, VisitState.MISSED]))
    orders = {  # not joined: an order that went back to dispatch is out of the worker's reach, the visit is not
        order.pk: order for order in Order.objects.within(scope).filter(pk__in={row.order_id for row in rows})
    }
    persons = {
        p.pk: p for p in Person.objects.within(user.scope()).filter(pk__in={row.person_id for row in rows})
    }
    secrets = secrets_of_many(persons.values())
    tags = tag_digests(persons)
    scan = digest_of(scanned).hex()[:16] if scanned else "-"
    risks = risks_of(rows, at, day)
    told = to_mind(persons, day)
    _log_reads(READ, rows, user, at)
    _log_reads(READ_WISHES, [row for row in rows if row.person_id in told], user, at)
    unpictured = without_pictures({row.person_id for row in rows})
    out: list[Stop] = []
    before: Point | None = None
    for row in rows:
        person, known = persons.get(row.person_id), secrets.get(row.person_id)
        here = known.place if known else None
        order = orders.get(row.order_id)
        out.append(
            Stop(
                visit=row,
                name=person.name if person else "—",
                phone=known.phone if known else "",
                address=known.address if known else "",
                place=full_name(row.region_id, below=2),
                wishes="\n".join(
                    filter(None, (told.get(row.person_id), order.note if known and order else ""))
                ),
                here=here,
                away=away(before, here),
                risks=risks[row.person_id] if known else [],
                tag=tags.get(row.person_id, ""),
                on_the_way=order is not None and order.state == OrderState.ON_THE_WAY,
                pictures=row.person_id not in unpictured,
                scanned=scanned if tags.get(row.person_id) == scan else "",
            )
        )
        before = here or before
    return out


def _log_reads(verb: str, rows: list[Visit], user: Any, at: datetime) -> None:
    if not rows:
        return
    start = begin_of(timezone.localdate(at))
    ids = [row.pk for row in rows]
    seen = Act.objects.filter(verb=verb, actor_id=user.pk, subject_id__in=ids, at__gte=start)
    done = set(seen.values_list("subject_id", flat=True))
    for row in rows:
        if row.pk not in done:
            record_read(verb, row, actor=user, at=at, purpose="visit")


def _conflicts(user: Any, at: datetime) -> list[tuple[Conflict, str, str, list[tuple[Any, str]]]]:
    """What this worker's phone brought too late: whom, what, and what the office has."""
    rows = list(queries.conflicts_of_day(user.scope("visits.check_in"), at - SHOWN)[:20])
    names = queries.person_names(row.person_id for row in rows)
    return [(row, names.get(row.person_id, ""), what_of(row), office_of(row.office)) for row in rows]


def _pooled(worker: Worker | None) -> int:
    if worker is None:
        return 0
    with elevated():  # what is offered to the worker's organisation
        return watching.open_offers([worker.organisation_id]).count()


def _office_phone(worker: Worker | None) -> str:
    with (
        elevated()
    ):  # the office's number is no secret to its own workers, who do not see organisations as rows
        return worker.organisation.phone if worker else ""


def context(request: HttpRequest) -> dict[str, Any]:
    """What the day shows."""
    user = who(request)
    at = now()
    worker = worker_of(user)
    scanned = read_token(request.GET.get("tag", ""))
    found = stops(user, at, scanned)
    tomorrow = queries.visits_on(user.scope("visits.check_in"), timezone.localdate(at) + timedelta(days=1))
    return {
        "stops": found,
        "strange_tag": bool(scanned) and not any(stop.scanned for stop in found),
        "pooled": _pooled(worker),
        "left": sum(stop.is_next for stop in found),
        "next_stop": next((stop for stop in found if stop.is_next), None),
        "tomorrow": tomorrow.exclude(state=VisitState.CANCELLED)[:20],
        "conflicts": _conflicts(user, at),
        "outcomes": outcome_choices(),
        "measures": [(found.code, said(found.label), found.unit) for found in measures().values()],
        "signings": Signing.choices,
        "witnesses": Witness.choices,
        "incident_kinds": IncidentKind.choices,
        "severities": Severity.choices,
        "told": Told.choices,
        "is_worker": worker is not None,
        "office_phone": _office_phone(worker),
        "day": timezone.localdate(at),
    }


today = page(
    "visits.today",
    path="today/",
    title=_("My visits today"),
    right="visits.check_in",
    template="visits/today.html",
    context=context,
    nav=NavItem("today", "calendar", 10),
    home_for=("worker", "volunteer"),
    offline="/today/",
)
