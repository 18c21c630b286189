"""A past for the demo city, made through the same actions that people use on screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

import numpy as np
from django.utils.timezone import get_current_timezone, localtime
from numpy.typing import NDArray

from songhe.engines.access.api import User, entered
from songhe.site.demo.cast import county_slug
from songhe.site.demo.people import People
from songhe.site.demo.places import Places
from songhe.site.demo.population import Columns
from songhe.site.demo.providers import Providers


@dataclass
class City:
    """What has been made so far, for those who go on from it. `at` is the moment at which the city opens."""

    places: Places
    columns: Columns
    people: People
    providers: Providers
    users: dict[str, User]
    at: datetime
    seed: int
    shown: int
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.seed, int(self.places.city), 7])

    @property
    def ids(self) -> list[UUID]:
        """The persons' keys in the order of the columns."""
        return self.people.ids

    def county_of(self, row: int) -> int:
        """The county a person lives in, as a 12-digit code."""
        return int(self.columns.residence[row]) // 10**6 * 10**6

    def rows_in(self, region: int, width: int) -> NDArray[np.int64]:
        """Persons living below a region whose code matters up to `width` trailing digits cut off."""
        return np.flatnonzero(self.columns.residence // 10**width == region // 10**width)

    def officer(self, row: int) -> User:
        """The county officer who answers for a person."""
        return self.county_officer(self.county_of(row))

    def county_officer(self, county: int) -> User:
        """The officer of a county."""
        if county == self.shown:
            return self.users["county"]
        return self.users[f"county-{county_slug(self.places.counties[county], county)}"]

    def on(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """A moment of the city's clock so many days before today; never after the city opens."""
        day = localtime(self.at).date() - timedelta(days=days_ago)
        moment = datetime.combine(day, time(hour, minute), tzinfo=get_current_timezone())
        return min(moment, self.at)


@contextmanager
def acting(user: User) -> Iterator[User]:
    """Everything inside is seen and done as a page of this user would."""
    with entered(user.scope()):
        yield user
