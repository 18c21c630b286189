"""Fifty seats at an exchange of the measured city, and the numbers of people whom callers may be."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password
from tests.bench.load import PASSWORD

from songhe.areas.lines.api import Exchange, Seat, open_exchange, open_seat
from songhe.areas.registry.api import Person, secrets_of_many
from songhe.engines.access.api import SYSTEM, Grant, Scope, User, entered
from songhe.engines.regions.models import Region
from songhe.kit.clock import now

CITY, CODE = 371000000000, "bench"


def prepare(seats: int) -> tuple[str, list[tuple[str, str]], list[str]]:
    """The exchange's secret, (log-in, extension) of each seat, numbers to call from; made once, kept with the city."""
    with entered(Scope.EVERYTHING):
        at = now()
        exchange = Exchange.everywhere.filter(code=CODE).first() or open_exchange(
            actor=SYSTEM,
            at=at,
            code=CODE,
            name="bench",
            region=Region.objects.get(code=CITY),
            way=Exchange.Way.SIMULATED,
        )
        known = {seat.extension for seat in Seat.everywhere.filter(exchange=exchange)}
        password = make_password(PASSWORD)
        names = [(f"agent-{number}", f"9{number:03}") for number in range(1, seats + 1)]
        for name, extension in names:
            if extension in known:
                continue
            user = User.objects.create(username=name, name=name, password=password, created_at=at)
            Grant.objects.create(user=user, role="hotline_agent", region_id=CITY, since=date(2022, 1, 1))
            open_seat(actor=SYSTEM, at=at, exchange=exchange, agent=str(user.pk), extension=extension)
        some = list(Person.everywhere.exclude(phone_hash=None).order_by("id")[:6000])
        secrets = secrets_of_many(some)
        numbers = [secrets[row.pk].phone for row in some if row.pk in secrets and secrets[row.pk].phone]
        return exchange.secret, names, numbers
