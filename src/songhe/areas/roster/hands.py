"""Who can be sent: hours, leave, what each may do, and how much of the week is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from songhe.areas.providers.api import Worker, catalogue, days_off, ill_now
from songhe.areas.registry.api import places_of
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Roster
from songhe.areas.roster.rules import Duty, Hand, minute_of
from songhe.areas.visits.api import Visit, VisitState
from songhe.core.codes import Point
from songhe.core.days import monday_of
from songhe.engines.access.api import Scope
from songhe.kit.days import span_of

WORKED = (VisitState.PLANNED, VisitState.ARRIVED, VisitState.DONE, VisitState.IN_VAIN)
"""Visits that take hours of a week."""


@dataclass
class Hands:
    """Makes of workers what the planner needs to know of them."""

    roster: Roster
    workers: Sequence[Worker]
    bases: dict[int, Point]
    at: datetime
    planned: Collection[UUID]

    def made(self) -> list[Hand]:
        """Every worker, also who does not work in the span: what he or she is promised is given to others."""
        ids = [worker.pk for worker in self.workers]
        self.off = days_off(ids, self.roster.first, self.roster.days)
        self.centre = next((worker.point for worker in self.workers if worker.point), Point(0.0, 0.0))
        self.here = self._here(ids)
        self.busy = self._busy()
        today = timezone.localdate(self.at)
        ill = set(
            ill_now(Scope.EVERYTHING, today).filter(worker_id__in=ids).values_list("worker_id", flat=True)
        )
        return [self._hand(worker, worker.pk in ill) for worker in self.workers]

    def _hand(self, worker: Worker, ill: bool) -> Hand:
        known, week = catalogue(), worker.weekly_minutes
        left = None if week is None else week - self.busy[worker.pk]
        return Hand(
            key=str(worker.pk),
            organisation=str(worker.organisation_id),
            base=self._base(worker),
            duties=tuple(self._duties(worker)),
            items=frozenset(code for code, item in known.items.items() if known.able(worker.skills, item)),
            gender=worker.sex,
            languages=frozenset(one.strip().lower() for one in worker.languages),
            mode=worker.travels,
            left=None if left is None else max(0, left),
            most=None if left is None else max(0, left + ground().week_overtime),
            here=self.here.get(worker.pk),
            ill=ill and self.roster.first <= timezone.localdate(self.at) <= self.roster.last,
        )

    def _duties(self, worker: Worker) -> Iterable[Duty]:
        hours, off = worker.hours, self.off.get(worker.pk, frozenset())
        for day in range(self.roster.days):
            on = self.roster.first + timedelta(days=day)
            works = on.isoweekday() in hours.days and on not in off
            if works and worker.employed(on) and worker.certified(on):
                yield Duty(
                    day=day,
                    start=minute_of(hours.since),
                    end=minute_of(hours.until.replace(second=0, microsecond=0)),
                    rest=worker.break_minutes,
                )

    def _here(self, ids: Sequence[UUID]) -> dict[UUID, Point]:
        """Where each worker's last visit of today was, if today is planned."""
        today = timezone.localdate(self.at)
        if not self.roster.first <= today <= self.roster.last or self.roster.days > 1:
            return {}
        since, until = span_of(today, 1)
        rows = Visit.everywhere.filter(worker_id__in=ids, state=VisitState.DONE, left_at__gte=since)
        found = list(rows.filter(left_at__lt=until).order_by("left_at").select_related("person"))
        places = places_of({visit.person_id: visit.person for visit in found}.values())
        return {visit.worker_id: places[visit.person_id] for visit in found if visit.person_id in places}

    def _busy(self) -> defaultdict[UUID, int]:
        """Minutes of service and ways in the week, as they were or as promised, of all that is not in this plan.

        A week goes from Monday to Sunday, and no plan reaches from one into another. Ways are in straight lines.
        """
        out: defaultdict[UUID, int] = defaultdict(int)
        bound = {worker.pk: worker for worker in self.workers if worker.weekly_minutes is not None}
        since, until = span_of(monday_of(self.roster.first), 7)
        rows = Visit.everywhere.filter(worker_id__in=list(bound), starts_at__gte=since, starts_at__lt=until)
        tours: defaultdict[tuple[UUID, date], list[Visit]] = defaultdict(list)
        for visit in rows.filter(state__in=WORKED).order_by("starts_at").select_related("person"):
            if visit.order_id not in self.planned:
                tours[visit.worker_id, timezone.localdate(visit.starts_at)].append(visit)
        stops = [visit for tour in tours.values() for visit in tour]
        places = places_of({visit.person_id: visit.person for visit in stops}.values())
        for (key, day), tour in tours.items():
            out[key] += sum(map(_lasted, tour)) + self._ways(bound[key], day, tour, places)
        return out

    def _ways(self, worker: Worker, day: date, tour: Sequence[Visit], places: Mapping[UUID, Point]) -> int:
        """Minutes on the way from the base along a day's visits and back; today the plan goes on from the last one."""
        base = self._base(worker)
        goes_on = day == timezone.localdate(self.at) and worker.pk in self.here
        along = [places[visit.person_id] for visit in tour if visit.person_id in places]
        return ground().ways([base, *along, *([] if goes_on else [base])], worker.travels)

    def _base(self, worker: Worker) -> Point:
        return worker.point or self.bases.get(worker.region_id, self.centre)


def _lasted(visit: Visit) -> int:
    """Minutes that a visit took, or takes as promised."""
    if visit.arrived_at and visit.left_at:
        return int((visit.left_at - visit.arrived_at).total_seconds()) // 60
    return visit.promised_minutes
