"""Telling those concerned, outside the system too: family of what was ordered, planned or called off, workers of duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from songhe.areas.providers.api import catalogue, workers_told
from songhe.areas.registry.api import told_about
from songhe.areas.visits.models import Order, Visit
from songhe.core.labels import Label
from songhe.engines.notices.api import About, Message, Recipient, tell_many

FAMILY, DUTY = "/family/", "/today/"


def order_news(order: Order, template: str, *, at: datetime) -> None:
    """Tell the family that an order was taken or has ended."""
    params = {"person": order.person.name, "service": service(order.item), "number": order.number}
    about = About(person_id=order.person_id, holder_id=order.organisation_id, url=FAMILY)
    key = f"{template} {order.pk}"
    found = [
        Message(to=one, template=template, params=params, region_id=order.region_id, key=key, about=about)
        for one in told_about([order.person_id])[order.person_id]
    ]
    tell_many(found, at=at)


def family_news(visit: Visit, what: str, *, at: datetime) -> None:
    """Tell the family of a visit: ``new``, ``moved`` or ``off``."""
    params: dict[str, object] = {"person": visit.person.name, "service": service(visit.item)}
    params["start"] = visit.starts_at
    if what != "off":
        params["worker"] = visit.worker.name
    found = [
        Message(
            to=one,
            template=f"visit_{what}",
            params=params,
            region_id=visit.region_id,
            key=f"visit {what} {visit.pk}",
            about=_about(visit, FAMILY),
        )
        for one in told_about([visit.person_id])[visit.person_id]
    ]
    tell_many(found, at=at)


def duty_news(visit: Visit, what: str, *, at: datetime) -> None:
    """Tell the worker of a visit: ``new`` or ``off``."""
    params = {"person": visit.person.name, "service": service(visit.item), "start": visit.starts_at}
    found = [
        Message(
            to=one,
            template=f"duty_{what}",
            params=params,
            region_id=visit.region_id,
            key=f"duty {what} {visit.pk}",
            about=_about(visit, DUTY),
        )
        for one in workers_told([visit.worker_id])[visit.worker_id]
    ]
    tell_many(found, at=at)


def off_news(visits: Sequence[Visit], *, at: datetime, families: bool = True) -> None:
    """Tell workers, and families unless they know, of visits that are called off together, the first one first: one message to
    each, about the one or about how many."""
    found = []
    to_all = (("visit", "person_id", told_about), ("duty", "worker_id", workers_told))
    for kind, whose, told in to_all if families else to_all[1:]:
        each = _each(visits, whose)
        to = told(list(each))
        found += [_off(kind, some, one) for key, some in each.items() for one in to[key]]
    tell_many(found, at=at)


def _each(visits: Sequence[Visit], whose: str) -> dict[UUID, list[Visit]]:
    found: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for visit in visits:
        found[getattr(visit, whose)].append(visit)
    return found


def _off(kind: str, visits: Sequence[Visit], to: Recipient) -> Message:
    first, many = visits[0], len(visits) > 1
    params: dict[str, object] = {"start": first.starts_at}
    params |= {"count": len(visits)} if many else {"service": service(first.item)}
    if kind == "visit" or not many:
        params["person"] = first.person.name
    return Message(
        to=to,
        template=f"{kind}_off_many" if many else f"{kind}_off",
        params=params,
        region_id=first.region_id,
        key=f"{kind} off {first.pk}",
        about=_about(first, FAMILY if kind == "visit" else DUTY),
    )


def service(code: str) -> Label:
    """A service's name in both languages."""
    found = catalogue().items.get(code)
    return found.label if found else Label(code, code)


def _about(visit: Visit, url: str) -> About:
    return About(person_id=visit.person_id, holder_id=visit.organisation_id, url=url, until=visit.starts_at)
