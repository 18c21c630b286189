"""A city's elders in columns: ages, names, identity numbers, homes, households, tags and enrolment.

Everything follows from (people, places, seed, on); 1.63 million people take a few seconds. All of it is invented:
identity numbers and phones are formally valid but drawn at random.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from songhe.site.demo.identity import id_numbers, phones
from songhe.site.demo.names import FEMALE, MALE, names
from songhe.site.demo.places import Places
from songhe.site.demo.tags import ALONE, COUPLE, OTHER, WITH_CHILDREN, tag_bits

# Five-year bands from 60 to 104: share of all people of 60 and more, and of women within the band.
BANDS = (0.300, 0.255, 0.205, 0.120, 0.070, 0.0365, 0.0113, 0.0020, 0.0002)
WOMEN = (0.505, 0.512, 0.520, 0.535, 0.560, 0.600, 0.650, 0.710, 0.760)
ENROLLED = (
    210_000 / 1_630_000
)  # Weihai's network over the people of 60 and more that the demo city is sized on
COUPLED_MEN = (0.90, 0.88, 0.85, 0.80, 0.72, 0.60, 0.45, 0.30, 0.15)
COUPLED_WOMEN = (0.84, 0.78, 0.70, 0.57, 0.40, 0.22, 0.10, 0.04, 0.01)


@dataclass(frozen=True, slots=True)
class Columns:
    """One entry per person in every array. `residence`, `registered` are village codes, `home` indexes households."""

    name: NDArray[np.str_]
    sex: NDArray[np.uint8]
    born: NDArray[np.datetime64]
    id_number: NDArray[np.bytes_]
    phone: NDArray[np.bytes_]
    residence: NDArray[np.int64]
    registered: NDArray[np.int64]
    home: NDArray[np.int64]
    living: NDArray[np.uint8]
    tags: NDArray[np.uint32]
    enrolled: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.sex)

    def digest(self) -> str:
        """SHA-256 over all columns; equal digests are equal people."""
        seal = hashlib.sha256()
        for field in fields(self):
            seal.update(np.ascontiguousarray(getattr(self, field.name)).tobytes())
        return seal.hexdigest()


def population(people: int, *, places: Places, seed: int, on: date) -> Columns:
    """`people` invented persons of 60 and more on a day; raises ValueError for fewer than one."""
    if people < 1:
        raise ValueError("a population has at least one person")
    rng = np.random.default_rng([seed, int(places.city), people])
    band, sex = _ages(people, rng)
    born = _born(band, on, rng)
    spouse = _couples(band, sex, born, rng)
    home, spot = _homes(spouse, places, rng)
    living = _living(band, spouse, home, rng)
    residence = places.code[spot]
    registered = _registered(spot, home, places, rng)
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    return Columns(
        name=names(sex, year=year, city=places.city, rng=rng),
        sex=sex,
        born=born,
        id_number=id_numbers(born, sex=sex, registered=registered, issuers=places.issuers, rng=rng),
        phone=phones(band, rng),
        residence=residence,
        registered=registered,
        home=home,
        living=living,
        tags=tag_bits(band, living=living, urban=places.urban[spot], rng=rng),
        enrolled=_enrolled(band, living, rng),
    )


def _ages(people: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    band = rng.choice(len(BANDS), people, p=np.array(BANDS) / sum(BANDS))
    woman = rng.random(people) < np.array(WOMEN)[band]
    return band, np.where(woman, FEMALE, MALE).astype(np.uint8)


def _born(band: NDArray[np.int64], on: date, rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Birthdays such that the age on the day lies in the band; younger within the older bands."""
    part = np.where(band < 2, rng.random(len(band)), rng.random(len(band)) ** 1.35)
    days = ((60 + 5 * band + 5 * part) * 365.2425).astype(np.int64) + 1
    latest = np.datetime64(on, "D") - np.round((60 + 5 * band) * 365.25).astype(np.int64) - 1
    born: NDArray[np.datetime64] = np.minimum(np.datetime64(on, "D") - days, latest)
    return born


def _couples(
    band: NDArray[np.int64],
    sex: NDArray[np.uint8],
    born: NDArray[np.datetime64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Each person's spouse within the population, or -1: men and women of like age paired in order."""
    sides = []
    for code, chance in ((MALE, COUPLED_MEN), (FEMALE, COUPLED_WOMEN)):
        sides.append(np.flatnonzero((sex == code) & (rng.random(len(sex)) < np.array(chance)[band])))
    count = min(map(len, sides))
    men, women = (np.sort(rng.permutation(side)[:count]) for side in sides)
    noise = 900.0  # days: the spread of the age gap between spouses
    days = born.astype(np.int64)
    men = men[np.argsort(days[men] + rng.normal(0, noise, count), kind="stable")]
    women = women[np.argsort(days[women] + rng.normal(0, noise, count), kind="stable")]
    spouse = np.full(len(sex), -1, np.int64)
    spouse[men], spouse[women] = women, men
    return spouse


def _homes(
    spouse: NDArray[np.int64], places: Places, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Household numbers, couples sharing one, and where in `places` each person's household lives."""
    here = np.arange(len(spouse))
    head = np.where(spouse >= 0, np.minimum(here, spouse), here)
    _, home = np.unique(head, return_inverse=True)
    spots = rng.choice(len(places.code), int(home.max()) + 1, p=places.weight)
    return home, spots[home]


def _living(
    band: NDArray[np.int64],
    spouse: NDArray[np.int64],
    home: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """How each household lives; both spouses get the same answer."""
    draw = rng.random(int(home.max()) + 1)[home]
    alone = np.array((0.30, 0.34, 0.38, 0.40, 0.38, 0.33, 0.26, 0.20, 0.15))[band]
    single = np.where(draw < alone, ALONE, np.where(draw < 0.93, WITH_CHILDREN, OTHER))
    paired = np.where(draw < 0.66, COUPLE, WITH_CHILDREN)
    return np.where(spouse >= 0, paired, single).astype(np.uint8)


def _registered(
    spot: NDArray[np.int64],
    home: NDArray[np.int64],
    places: Places,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Registration villages: 86 of 100 households where they live, the rest elsewhere in the city."""
    households = int(home.max()) + 1
    away = (rng.random(households) < 0.14)[home]
    other = rng.choice(len(places.code), households, p=places.weight)[home]
    return places.code[np.where(away, other, spot)]


def _enrolled(
    band: NDArray[np.int64], living: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Exactly the share that the network has, the older and those living alone first."""
    weight = (1.0 + 0.55 * band) * np.where(living == ALONE, 2.2, 1.0)
    keys = rng.exponential(size=len(band)) / weight
    count = round(len(band) * ENROLLED)
    chosen = np.zeros(len(band), bool)
    chosen[np.argsort(keys, kind="stable")[:count]] = True
    return chosen
