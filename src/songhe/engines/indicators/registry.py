"""Who measures what: providers that areas register, and definitions that data files hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import yaml
from django.conf import settings
from django.db.models import DateTimeField, Value
from django.db.models.functions import Least, Now
from django.utils.timezone import make_aware

from songhe.core.measure import Indicator, Period


@dataclass(frozen=True, slots=True)
class Span:
    """What a provider is asked for: a period, and the half-open range of region codes."""

    period: Period
    low: int
    high: int

    @property
    def within(self) -> dict[str, int]:
        """What filters rows of the range."""
        return {"region_id__gte": self.low, "region_id__lt": self.high}

    @property
    def begins(self) -> datetime:
        """The first moment of the period."""
        return make_aware(datetime.combine(self.period.start, time()))

    @property
    def ends(self) -> datetime:
        """The first moment after the period."""
        return make_aware(datetime.combine(self.period.end, time()))

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.period.end - timedelta(days=1)

    @property
    def so_far(self) -> Least:
        """The end of the period, or now where that is still to come, as the database says it: nothing is late before."""
        return Least(Now(), Value(self.ends, DateTimeField()))


Row = tuple[int, int | None, int | None]
Provider = Callable[[Span], Iterable[Row]]
_PROVIDERS: dict[str, Provider] = {}
_NOW: set[str] = set()


def measured(code: str, *, now: bool = False) -> Callable[[Provider], Provider]:
    """Make a function the provider of an indicator.

    It gives rows (region code, numerator, denominator) of the smallest regions it knows, each region at most
    once; a region it leaves out counts as 0. None is unknown. It reads under the scope that is entered. ``now``: it can only
    tell how things stand at this moment, so that it is not asked about a period that is over: what it said last stays.
    """

    def decorate(provider: Provider) -> Provider:
        if code in _PROVIDERS and _PROVIDERS[code] is not provider:
            raise ValueError(f"{code} is measured twice")
        _PROVIDERS[code] = provider
        _NOW.update([code] if now else [])
        return provider

    return decorate


def provider_of(code: str) -> Provider | None:
    """The provider of an indicator, or None where nothing measures it yet."""
    return _PROVIDERS.get(code)


def only_now(code: str) -> bool:
    """Whether an indicator is measured as things stand at this moment, and never afterwards."""
    return code in _NOW


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """Every indicator of ``data/nation/indicators/*.yaml`` by code. Bad files raise and name themselves."""
    found: dict[str, Indicator] = {}
    for path in sorted((settings.DATA / "nation/indicators").glob("*.yaml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")):
            try:
                made = Indicator.build(item)
            except (TypeError, ValueError) as fault:
                raise ValueError(f"{path.name}: {fault}") from fault
            if made.code in found:
                raise ValueError(f"{path.name}: indicator {made.code} is defined twice")
            found[made.code] = made
    return found


def indicator(code: str) -> Indicator:
    """One indicator. An unknown code raises KeyError."""
    return indicators()[code]
