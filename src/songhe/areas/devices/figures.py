"""What devices measure: each step from the store to its use has a figure of its own.

Whose a device is and when it was last heard are kept as they are now and not as they were: a month that is over keeps the
figures of its last minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Greatest

from songhe.areas.devices import queries
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Device
from songhe.engines.indicators.api import Row, Span, measured


def _out(span: Span) -> QuerySet[Device]:
    """Devices that are with somebody and were before the end of the period."""
    rows = Device.everywhere.filter(**span.within, person__isnull=False)
    return rows.filter(issued_at__lt=span.ends)


def _speaking() -> Q:
    """Of kinds that are heard by themselves."""
    return Q(kind__in=[kind.code for kind in terms().kinds.values() if kind.silence])


def _share(rows: QuerySet[Device], good: Q) -> Iterable[Row]:
    found = rows.values_list("region_id").annotate(good=Count("pk", filter=good), all=Count("pk"))
    return list(found.order_by("region_id"))


@measured("devices_issued", now=True)
def devices_issued(span: Span) -> Iterable[Row]:
    """Devices that are with somebody."""
    for region, count in _out(span).values_list("region_id").annotate(n=Count("pk")).order_by("region_id"):
        yield region, count, None


@measured("devices_installed", now=True)
def devices_installed(span: Span) -> Iterable[Row]:
    """Of those issued, the ones that are on the wrist or the wall."""
    return _share(_out(span), Q(installed_at__lt=span.ends))


@measured("devices_connected", now=True)
def devices_connected(span: Span) -> Iterable[Row]:
    """Of those installed, the ones that ever spoke."""
    rows = _out(span).filter(_speaking(), installed_at__lt=span.ends)
    return _share(rows, Q(last__connected_at__lt=span.ends))


@measured("devices_used", now=True)
def devices_used(span: Span) -> Iterable[Row]:
    """Of those connected, the ones that their person ever used."""
    rows = _out(span).filter(_speaking(), last__connected_at__lt=span.ends)
    return _share(rows, Q(last__first_used_at__lt=span.ends))


@measured("devices_dormant", now=True)
def devices_dormant(span: Span) -> Iterable[Row]:
    """Of those installed, the ones that were silent too long as the period ended."""
    rows = _out(span).filter(_speaking(), installed_at__lt=span.ends)
    silent = queries.register.dormant(rows, span.so_far)
    return _share(rows, Q(pk__in=silent.values("pk")))


@measured("devices_tested", now=True)
def devices_tested(span: Span) -> Iterable[Row]:
    """Of those to be tested, the ones that were in time, or are new."""
    fresh: Any = Q(pk__in=[])
    for kind in terms().kinds.values():
        if kind.test_days:
            fresh |= Q(kind=kind.code, tested__gte=span.so_far - timedelta(days=kind.test_days))
    known = [kind.code for kind in terms().kinds.values() if kind.test_days]
    rows = _out(span).filter(kind__in=known, installed_at__lt=span.ends)
    return _share(rows.alias(tested=Greatest("last__tested_at", F("installed_at"))), fresh)
