"""What became of the messages that the past of a demo city wrote: nearly all arrived, some took a second try, a few did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from songhe.areas.registry.api import told_about
from songhe.areas.visits.models import Order
from songhe.engines.access.api import Grant, Tie, User, insert_many
from songhe.engines.notices.api import About, Channel, Notice, Recipient, State, Why, tell
from songhe.engines.notices.claiming import save
from songhe.engines.notices.models import Delivery, Inbox, Provider, Step
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.history import City

DELIVERY = (
    "id", "notice", "region", "holder_id", "channel", "round", "provider", "reference", "state", "tries", "due_at",
    "accepted_at", "delivered_at", "segments", "error",
)  # fmt: skip
STEP = ("id", "notice", "region", "holder_id", "at", "what", "channel", "provider", "note")
FIRST = "screen-sms"
FRESH = timedelta(minutes=3)
"""What was told so shortly before the city opens is still on its way."""


def send_past(city: City) -> None:
    """Enter how the messages of the past travelled, and what lies in the in-boxes of the log-ins shown."""
    _greet(city)
    rows = list(Notice.everywhere.filter(next_at__isnull=False, told_at__lt=city.at - FRESH).order_by("pk"))
    rows = [row for row in rows if row.next_at is not None and row.next_at < city.at]
    deliveries: list[tuple[Any, ...]] = []
    steps: list[tuple[Any, ...]] = []
    for place, row in enumerate(rows):
        if row.channel == Channel.IN_APP:
            steps += _read(row)
        else:
            for delivery, more in _travelled(row, place):
                deliveries.append(delivery)
                steps += more
    insert_many(Delivery, DELIVERY, deliveries)
    insert_many(Step, STEP, steps)
    save(rows)
    read = [row.pk for row in rows if row.state == State.READ]
    Inbox.objects.filter(pk__in=read).update(read_at=city.at)
    Inbox.objects.filter(at__lt=city.at - timedelta(days=2)).update(read_at=city.at)
    Provider.objects.bulk_create(
        [Provider(code=FIRST, channel=Channel.SMS, accepted_at=city.at)], ignore_conflicts=True
    )


def _read(row: Notice) -> Iterator[tuple[Any, ...]]:
    moment = row.told_at + timedelta(minutes=17)
    row.state, row.next_at, row.ended_at = State.READ, None, moment
    yield _step(row, moment, Step.What.READ)


def _travelled(row: Notice, place: int) -> Iterator[tuple[tuple[Any, ...], Sequence[tuple[Any, ...]]]]:
    """The row of the delivery and its steps; the message is ended."""
    assert row.next_at is not None
    due = row.next_at
    taken = due + timedelta(seconds=41 if place % 61 == 7 else 1 + place % 5)
    steps = []
    if place % 61 == 7:
        steps.append(_step(row, due + timedelta(seconds=5), Step.What.TROUBLE, "HTTP 503"))
    steps.append(_step(row, taken, Step.What.ACCEPTED))
    failed = place % 43 == 11
    arrived = taken + timedelta(seconds=3 + place % 19)
    row.next_at, row.ended_at = None, arrived
    if failed:
        row.state, row.why = State.FAILED, Why.UNDELIVERED
        steps.append(_step(row, arrived, Step.What.UNDELIVERED, "已关机"))
    else:
        row.state, row.arrived_at = State.DELIVERED, arrived
        steps.append(_step(row, arrived, Step.What.DELIVERED))
    state = Delivery.State.FAILED if failed else Delivery.State.DELIVERED
    yield (
        (
            uuid7(), row.pk, row.region_id, row.holder_id, row.channel, row.round, FIRST, f"r{place}", state,
            2 if place % 61 == 7 else 1, due, taken, None if failed else arrived, row.segments,
            "已关机" if failed else "",
        ),
        steps,
    )  # fmt: skip


def _step(row: Notice, at: datetime, what: str, note: str = "") -> tuple[Any, ...]:
    by_number = row.channel != Channel.IN_APP
    return (
        uuid7(), row.pk, row.region_id, row.holder_id, at, what, row.channel, FIRST if by_number else "", note,
    )  # fmt: skip


def _greet(city: City) -> None:
    """Something for those who look in: relatives hear of orders, workers of their day."""
    people = {
        tie.holder_id: tie.person_id
        for tie in Tie.everywhere.filter(kind=Tie.Kind.KIN, until=None, holder_id__in=_shown())
    }
    told = told_about(list(people.values()))
    for user_id, person_id in people.items():
        orders = (
            Order.everywhere.filter(person_id=person_id).select_related("person").order_by("-placed_at")[:3]
        )
        for order in orders:
            params = {"person": order.person.name, "service": order.item_label, "number": order.number}
            name = next((one.name for one in told[person_id] if one.user_id == user_id), "")
            tell(
                Recipient(user_id=user_id, name=name),
                "order_taken",
                params,
                region_id=order.region_id,
                at=min(order.placed_at, city.at),
                key=f"demo order {order.pk}",
                about=About(person_id=person_id, url="/family/"),
            )
    for grant in Grant.objects.filter(role="worker", user_id__in=_shown(), revoked_at=None):
        tell(
            Recipient(user_id=grant.user_id),
            "duty_plan",
            {"count": 5, "start": city.on(0, 8)},
            region_id=grant.region_id,
            at=city.at - timedelta(minutes=40),
            key=f"demo day {grant.user_id}",
            about=About(url="/today/"),
        )


def _shown() -> list[Any]:
    return list(User.objects.filter(is_demo=True).values_list("pk", flat=True))
