"""Orders and visits from the first day of last month to tomorrow, each through the actions of those who took part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from songhe.areas.providers.api import Organisation, catalogue
from songhe.areas.registry.api import Person
from songhe.areas.visits import actions
from songhe.areas.visits.api import free_minutes
from songhe.areas.visits.models import Disposition, Order, PaidBy, Visit
from songhe.engines.access.api import Scope, User
from songhe.site.demo.crews import Crews
from songhe.site.demo.history import City, acting
from songhe.site.demo.picture import picture

ITEMS = ("0201", "0101", "0106", "0110", "0102", "0204", "0501", "0103", "0302", "0601", "0111", "0104")
HOURS = (8, 9, 10, 13, 14, 15, 16)
NOTES = (
    "协助起床洗漱,测血压 132/78,精神好。",
    "打扫卧室和厨房,换洗床单,门窗已检查。",
    "陪同散步四十分钟,聊家常,情绪不错。",
    "午餐一荤两素,吃了大半碗米饭。",
    "协助洗浴,皮肤完好,无压红。",
    "提醒服药,药盒已摆好三天的量。",
)
WORDS = (
    (5, "闺女似的,干活仔细。"),
    (5, "很准时,说话和气。"),
    (4, "都好,就是来得晚了一点。"),
    (5, "多谢你们惦记。"),
    (4, ""),
    (3, "希望每次都是同一个人来。"),
    (2, "没打扫干净就走了。"),
)


@dataclass(frozen=True, slots=True)
class Client:
    """A person who is served, with the organisation that serves."""

    row: int
    person: Person
    organisation: Organisation


class Services:
    """Makes the visits of one city; everything is drawn from the city's own random numbers."""

    def __init__(self, city: City) -> None:
        self.city, self.crews = city, Crews(city)
        self.hotline = [city.users["hotline"], city.users["hotline2"]]
        self.known: set[int] = set()
        self.count = 0

    def serve(self, holders: list[int], visits: int) -> int:
        """About so many visits for persons who hold hours; two thirds of the clients live in the county shown."""
        today = localtime(self.city.at).date()
        days = (today - (today.replace(day=1) - timedelta(days=1)).replace(day=1)).days - 1
        clients = self._clients(holders, most=max(10, visits // 8))
        each = max(1, round(visits / max(1, len(clients))))
        for client in clients:
            last_month = int(self.city.rng.integers(today.day, days + 1))
            others = self.city.rng.choice(days, min(each, days) - 1, replace=False) + 1
            for day in sorted({last_month, *map(int, others)}, reverse=True):
                self._past(client, day)
        for place, client in enumerate(clients[: max(6, len(clients) // 2)]):
            self._present(client, place)
        return self.count

    def _clients(self, holders: list[int], *, most: int) -> list[Client]:
        ours = [row for row in holders if self.city.county_of(row) == self.city.shown]
        others = [row for row in holders if self.city.county_of(row) != self.city.shown]
        chosen = ours[: most * 2 // 3]
        chosen += others[: most - len(chosen)]
        found = Person.everywhere.in_bulk([self.city.ids[row] for row in chosen])
        return [
            Client(row, found[self.city.ids[row]], self.crews.serving(row, first=place % 3 < 2))
            for place, row in enumerate(chosen)
        ]

    def _past(self, client: Client, days_ago: int) -> None:
        """A visit that is over: mostly as promised, now and then late, far, short or missed."""
        start = self.city.on(
            days_ago, int(self.city.rng.choice(HOURS)), int(self.city.rng.choice((0, 15, 30)))
        )
        visit = self._sent(client, start, ordered=start - timedelta(days=1, hours=2))
        if visit is None:
            return
        draw = self.city.rng.random()
        if draw < 0.03:
            dispatcher = self.crews.users[client.organisation.pk]
            self._missed(visit, dispatcher, closed=days_ago > 2)
            return
        self._given(client, visit, late=draw > 0.94, far=0.90 < draw < 0.93)
        if visit.flags and draw > 0.92:
            dispatcher = self.crews.users[client.organisation.pk]
            with acting(dispatcher):
                actions.verify(
                    visit,
                    actor=dispatcher,
                    at=visit.ends_at + timedelta(hours=5),
                    reason="已电话核实,服务属实",
                )
        if self.city.rng.random() < 0.8 and days_ago > 1:
            self._asked(visit)

    def _missed(self, visit: Visit, dispatcher: User, *, closed: bool) -> None:
        """Nobody came; after some days the order is closed, as the person managed without."""
        at = visit.ends_at + timedelta(hours=2)
        with acting(dispatcher):
            actions.mark_missed(visit, actor=dispatcher, at=at, reason="临时请假,无人替班")
            if closed:
                order = Order.objects.take(visit.order_id, dispatcher.scope())
                actions.close_unserved(
                    order,
                    actor=dispatcher,
                    at=at + timedelta(hours=3),
                    disposition=Disposition.PROVIDER_UNAVAILABLE,
                    reason="改由家属当日照护",
                )

    def _present(self, client: Client, place: int) -> None:
        """Something that is going on: a wish without a worker, a visit to come, a worker at the door."""
        kind, at = place % 5, self.city.at.replace(second=0, microsecond=0)
        start = self._next_hour(at) + timedelta(minutes=45 * (place % 4))
        if kind == 0:
            self._ordered(client, self._item(), start + timedelta(hours=3), ordered=at)
            self.count += 1
            return
        if kind == 1:
            visit = self._sent(client, at - timedelta(minutes=20), ordered=at - timedelta(hours=20))
            if visit is not None:
                self._arrived(client, visit, late=False, far=False)
            return
        if kind == 4:
            start = self.city.on(-1, 9) + timedelta(minutes=15 * place)
        self._sent(client, start, ordered=at - timedelta(hours=3), accepted=kind == 2)

    @staticmethod
    def _next_hour(at: datetime) -> datetime:
        """In half an hour during the working day, else at half past eight of the next one."""
        local = localtime(at)
        if 7 <= local.hour < 15:
            return at + timedelta(minutes=30)
        day = local if local.hour < 7 else local + timedelta(days=1)
        return day.replace(hour=8, minute=30)

    def _item(self) -> str:
        return ITEMS[self.count * 7 % len(ITEMS)]

    def _sent(
        self, client: Client, start: datetime, *, ordered: datetime, accepted: bool = True
    ) -> Visit | None:
        """An order with a worker promised; None where nobody is free, and then there is no order."""
        item = self._item()
        self.count += 1
        worker = self.crews.free(client.organisation, item, start, row=client.row)
        if worker is None:
            return None
        order = self._ordered(client, item, start, ordered=ordered)
        dispatcher = self.crews.users[client.organisation.pk]
        with acting(dispatcher):
            visit = actions.dispatch(
                order, actor=dispatcher, at=ordered + timedelta(minutes=25), worker=worker, starts_at=start
            )
        if accepted:
            user = self.crews.users[worker.pk]
            with acting(user):
                actions.accept(visit, actor=user, at=ordered + timedelta(minutes=50))
        return visit

    def _ordered(self, client: Client, item: str, start: datetime, *, ordered: datetime) -> Order:
        """The first order of a person comes by the hotline and is handed over; the organisation plans the next ones."""
        until = start + timedelta(minutes=catalogue().item(item).minutes + 60)
        wish: dict[str, Any] = {
            "person": client.person,
            "item": item,
            "wanted_from": start,
            "wanted_until": until,
        }
        left = free_minutes(client.person.pk, localtime(start).date())
        wish["paid_by"] = PaidBy.ENTITLEMENT if left >= catalogue().item(item).minutes else PaidBy.SELF
        dispatcher = self.crews.users[client.organisation.pk]
        if client.row in self.known and self.count % 4:
            with acting(dispatcher):
                return actions.plan_order(client.organisation, actor=dispatcher, at=ordered, **wish)
        self.known.add(client.row)
        agent = self.hotline[self.count % 2]
        with acting(agent):
            order = actions.place_order(actor=agent, at=ordered, **wish)
            return actions.hand_over(order, actor=agent, at=ordered, organisation=client.organisation)

    def _arrived(self, client: Client, visit: Visit, *, late: bool, far: bool) -> None:
        user = self.crews.users[visit.worker_id]
        at = visit.starts_at + timedelta(minutes=28 if late else int(self.city.rng.integers(-8, 9)))
        lon, lat = self._door(client.row, far=far)
        with acting(user):
            actions.check_in(visit, actor=user, at=min(at, self.city.at), lon=lon, lat=lat, accuracy=18)

    def _given(self, client: Client, visit: Visit, *, late: bool, far: bool) -> None:
        self._arrived(client, visit, late=late, far=far)
        user, rng = self.crews.users[visit.worker_id], self.city.rng
        proof = catalogue().item(visit.item).proof
        lon, lat = self._door(client.row, far=False)
        arrived = visit.arrived_at or visit.starts_at
        leaving = arrived + timedelta(minutes=visit.promised_minutes + int(rng.integers(0, 12)))
        with acting(user):
            if rng.random() < (0.97 if "note" in proof else 0.3):
                actions.add_note(visit, actor=user, at=leaving, note=str(rng.choice(NOTES)))
            if "photo" in proof and rng.random() < 0.9:
                photo = SimpleUploadedFile("服务照片.jpg", picture(self.count), "image/jpeg")
                actions.add_photo(visit, actor=user, at=leaving, photo=photo)
            actions.check_out(visit, actor=user, at=leaving, lon=lon, lat=lat, accuracy=22)

    def _asked(self, visit: Visit) -> None:
        agent = self.hotline[self.count % 2]
        rating, words = WORDS[min(int(self.city.rng.integers(0, 9)), 6)] if self.count % 3 else WORDS[0]
        with acting(agent):
            order = Order.objects.take(visit.order_id, Scope.EVERYTHING)
            actions.follow_up(
                order,
                actor=agent,
                at=min(visit.ends_at + timedelta(hours=26), self.city.at),
                rating=rating,
                words=words,
            )

    def _door(self, row: int, *, far: bool) -> tuple[str, str]:
        lon, lat = self.city.people.where(row)
        shift = 0.012 if far else float(self.city.rng.normal(0, 0.0003))
        return f"{lon + shift:.6f}", f"{lat:.6f}"
