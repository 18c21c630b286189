"""What a journey cannot wait for: a night, and the end of a month. ``python -m tests.journeys.night WHAT ...`` in the demo's
folder; answers on one line of JSON.

A published day is moved to the hours that just went by, so that a phone whose clock runs through them sends what happened
then. A month is over when the acts are done at a moment after it: every act takes its moment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

GAP = timedelta(minutes=20)
JUST_NOW = timedelta(minutes=3)


def morning(*orders: str) -> list[dict[str, Any]]:
    """Move the visits of orders, one after the other, into the hours before this moment."""
    from django.utils import timezone

    from songhe.areas.visits.models import Order, Visit, VisitState

    told, until = [], timezone.now().replace(second=0, microsecond=0) - JUST_NOW
    for order in reversed(orders):
        row = Visit.everywhere.get(order_id=order, state=VisitState.PLANNED)
        length = row.ends_at - row.starts_at
        since = until - length
        Visit.everywhere.filter(pk=row.pk).update(starts_at=since, ends_at=until)
        Order.everywhere.filter(pk=order).update(wanted_from=since, wanted_until=until)
        minutes = length // timedelta(minutes=1)
        told.append({"visit": str(row.pk), "start": since.isoformat(), "minutes": minutes})
        until = since - GAP
    return told[::-1]


def compare(*visits: str) -> list[dict[str, Any]]:
    """Compare every visit that waits, as the clock does every ten minutes; what was found at those named."""
    from django.utils import timezone

    from songhe.areas.verification.actions import look_through
    from songhe.areas.verification.models import Check
    from songhe.areas.visits.models import Visit, VisitState

    look_through(at=timezone.now())
    given = Visit.everywhere.filter(pk__in=visits, state=VisitState.DONE)
    assert all(row.looked_at and (row.verified_at or not row.flags) for row in given)
    return [
        {"risk": check.risk, "signs": check.signs} for check in Check.everywhere.filter(visit_id__in=visits)
    ]


def settle(*visits: str) -> list[dict[str, Any]]:
    """On the second of the month after, the county prepares and finance approves; what the books hold of each visit."""
    from django.utils import timezone

    from songhe.areas.finance import actions
    from songhe.areas.finance.models import Settlement, State
    from songhe.areas.visits.models import Visit
    from songhe.engines.access.api import User, entered
    from songhe.engines.regions.models import Region

    given = [Visit.everywhere.get(pk=key) for key in visits]
    day = timezone.localdate(given[0].starts_at)
    at = timezone.localtime(given[0].starts_at).replace(day=2) + timedelta(days=31)
    county, finance = User.objects.get(username="county"), User.objects.get(username="finance")
    with entered(county.scope()):
        region = Region.objects.get(code=given[0].region_id // 10**6 * 10**6)
        actions.prepare_month(actor=county, at=at, region=region, month=day)
    with entered(finance.scope()):
        made = Settlement.everywhere.get(
            organisation_id=given[0].organisation_id,
            region_id=region.code,
            month=day.replace(day=1),
            state=State.PREPARED,
        )
        actions.approve(made, actor=finance, at=at)
    return [_booked(row, made, at) for row in given]


def _booked(visit: Any, settlement: Any, at: datetime) -> dict[str, Any]:
    """A visit's line beside the contract's price of its day and what the books moved for it."""
    from songhe.areas.contracts.models import Use
    from songhe.areas.contracts.queries import tariffs
    from songhe.areas.finance.models import Line
    from songhe.engines.ledger.api import Account, Entry, OwnerKind, faults

    line = Line.everywhere.get(visit_id=visit.pk, active=True)
    visit.refresh_from_db()
    key = (line.contract_id, line.item, line.on)
    tariff = tariffs([key])[key]
    lasted = visit.minutes or visit.charge_minutes
    price = tariff.costs(lasted)
    entries = Entry.everywhere.filter(about_id=visit.pk, kind="finance.settle")
    grants = Account.everywhere.filter(pk__in=entries.values("account_id"), owner_id=visit.person_id)
    owed = Entry.everywhere.filter(
        journal_id=settlement.journal_id, about_id=settlement.pk, account__owner_kind=OwnerKind.ORGANISATION
    )
    return {
        "visit": str(visit.pk),
        "state": visit.state,
        "flags": visit.flags,
        "minutes": visit.minutes,
        "percent": visit.charge_percent,
        "unit": tariff.unit,
        "price_fen": price.fen,
        "price_minutes": price.minutes,
        "fen": line.fen,
        "payable": line.payable_minutes,
        "from_grant": -sum(entry.amount for entry in entries.filter(account__in=grants)),
        "owed": sum(entry.amount for entry in owed),
        "settlement_fen": settlement.fen,
        "lines_fen": sum(
            Line.everywhere.filter(settlement=settlement, active=True).values_list("fen", flat=True)
        ),
        "used": list(
            Use.everywhere.filter(order_id__in=[visit.order_id, visit.pk]).values_list(
                "stage", "fen", "minutes"
            )
        ),
        "faults": [list(found) for found in faults()],
    }


WHAT: dict[str, Callable[..., Any]] = {"morning": morning, "compare": compare, "settle": settle}


def main(what: str, *arguments: str) -> None:
    """Do one thing in the demo's database, as the application."""
    from songhe.site.installation import opened

    with opened():
        from songhe.engines.access.api import Scope, entered

        with entered(Scope.EVERYTHING):
            said = WHAT[what](*arguments)
        sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
