"""Home-service organisations at work: their dispatchers, their workers' log-ins, and who is free when."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from songhe.areas.providers.api import Organisation, Worker, catalogue
from songhe.areas.visits.rules import overlaps
from songhe.engines.access.api import SYSTEM, Grant, User
from songhe.engines.acts.api import record_bulk
from songhe.site.demo.history import City
from songhe.site.demo.users import SINCE

Stay = tuple[datetime, datetime]
BESIDE = timedelta(minutes=25)
CALL_HOURS = timedelta(hours=4)
ALWAYS = [1, 2, 3, 4, 5, 6, 7]


class Crews:
    """Who works for whom. The log-ins made here are for acting in the past and do not appear on the demo's front page."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.workers: dict[UUID, list[Worker]] = defaultdict(list)
        for worker in Worker.everywhere.select_related("organisation").order_by("id"):
            self.workers[worker.organisation_id].append(worker)
        self.organisations: dict[UUID, Organisation] = {
            key: rows[0].organisation for key, rows in self.workers.items()
        }
        self.busy: dict[UUID, list[Stay]] = defaultdict(list)
        self.visited: dict[int, list[Stay]] = defaultdict(list)
        self.users: dict[UUID, User] = {}
        self._tie_shown()
        self._add_log_ins()

    @property
    def shown(self) -> Organisation:
        """The organisation whose manager, dispatcher and workers have log-ins on the front page."""
        return self.organisations[self.city.providers.of_kind("home", self.city.shown)[0]]

    def serving(self, row: int, *, first: bool = False) -> Organisation:
        """The organisation that serves a person, one of the county's; `first`: the one shown, where it is there."""
        choices = self.city.providers.of_kind("home", self.city.county_of(row))
        return self.organisations[choices[0 if first else 1 + row % (len(choices) - 1)]]

    def stay(self, start: datetime, minutes: int) -> Stay:
        """A visit with the way to it, and with being late."""
        return start - BESIDE, start + timedelta(minutes=minutes) + BESIDE

    def home(self, row: int, stay: Stay) -> bool:
        """Whether nobody else is with a person meanwhile."""
        return not any(overlaps(stay, taken) for taken in self.visited[row])

    def free(self, organisation: Organisation, item: str, start: datetime, *, row: int) -> Worker | None:
        """A qualified worker on shift and free, those of the front page first, then those with the least to do."""
        known = catalogue()
        wanted = known.item(item)
        stay = self.stay(start, wanted.minutes)
        if not self.home(row, stay):
            return None
        able = [
            worker
            for worker in self.workers[organisation.pk]
            if known.able(worker.skills, wanted)
            and not (worker.pk == self.on_call and abs(start - self.city.at) < CALL_HOURS)
            and worker.hours.cover(localtime(start), wanted.minutes)
            and not any(overlaps(stay, taken) for taken in self.busy[worker.pk])
        ]
        able.sort(key=lambda worker: (worker.pk not in self.front, len(self.busy[worker.pk]), worker.pk))
        if not able:
            return None
        self.busy[able[0].pk].append(stay)
        self.visited[row].append(stay)
        return able[0]

    def _tie_shown(self) -> None:
        """Name the workers of the front page after their log-ins and let them work at any hour, as an on-call team."""
        team = [worker for worker in self.workers[self.shown.pk] if "senior_care" in worker.skills][:1]
        team += [worker for worker in self.workers[self.shown.pk] if worker.skills == ["care", "home"]][:1]
        self.front = {worker.pk for worker in team}
        self.on_call = team[
            0
        ].pk  # kept free for the next hours, so that a visitor's own order finds somebody
        for worker, login in zip(team, ("worker", "worker2"), strict=True):
            user = self.city.users[login]
            worker.name, worker.work_days = user.name, ALWAYS
            worker.works_from, worker.works_until = time(0), time.max
            worker.skills = ["senior_care", "nurse"] if login == "worker" else ["care", "home", "company"]
            worker.save()
            self.users[worker.pk] = user
            Grant.objects.filter(user=user).update(holder_id=worker.pk)
        for login in ("manager", "dispatcher"):
            Grant.objects.filter(user=self.city.users[login]).update(holder_id=self.shown.pk)
            self.users[self.shown.pk] = self.city.users[login]

    def _add_log_ins(self) -> None:
        fresh: list[tuple[User, str, int, UUID]] = []
        for number, (key, organisation) in enumerate(self.organisations.items()):
            if key not in self.users:
                user = _user(f"dispatch-{number + 1:02d}", f"{organisation.name[:12]}调度")
                fresh.append((user, "dispatcher", organisation.region_id, key))
        workers = [worker for rows in self.workers.values() for worker in rows if worker.pk not in self.users]
        for number, worker in enumerate(workers):
            county = worker.region_id // 10**6 * 10**6
            fresh.append((_user(f"staff-{number + 1:04d}", worker.name), "worker", county, worker.pk))
        User.objects.bulk_create([user for user, *_ in fresh])
        Grant.objects.bulk_create(
            Grant(user=user, role=role, region_id=region, holder_id=holder, since=SINCE)
            for user, role, region, holder in fresh
        )
        self.users |= {holder: user for user, _, _, holder in fresh}
        record_bulk("access.load", model=User, count=len(fresh), digest="", actor=SYSTEM, at=self.city.at)


def _user(username: str, name: str) -> User:
    user = User(username=username, name=name)
    user.set_unusable_password()
    return user
