"""The order in which a demo city comes to be, all of it in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings

from songhe.engines.access.api import SYSTEM, Scope, User, entered
from songhe.engines.policies.api import load_pack
from songhe.engines.regions.load import load_recodes, load_table
from songhe.kit.clock import now, today
from songhe.site.demo.bodies import bodies
from songhe.site.demo.cast import SHOWN, cast
from songhe.site.demo.people import People
from songhe.site.demo.places import Places, read_places
from songhe.site.demo.population import Columns, population
from songhe.site.demo.providers import Providers, add_providers
from songhe.site.demo.users import add_users

PACKS = {"371000": "weihai", "370800": "jining", "410300": "luoyang", "410100": "zhengzhou"}
Progress = Callable[[int, int, str], None]


@dataclass
class City:
    """What has been made so far, for those who go on from it."""

    places: Places
    columns: Columns
    at: datetime
    seed: int
    ids: list[UUID] = field(default_factory=list)
    providers: Providers | None = None
    users: dict[str, User] = field(default_factory=dict)

    @property
    def shown(self) -> int:
        """The county in which every role has somebody, as a 12-digit code."""
        return SHOWN[self.places.city] * 1_000_000


def build(*, people: int, seed: int, city: str, progress: Progress) -> bool:
    """Make the whole city; False where one is there already."""
    with entered(Scope.EVERYTHING):
        if User.objects.filter(is_demo=True).exists():
            return False
        progress(0, 1, "Drawing the people")
        places = read_places(settings.DATA / "regions", city)
        columns = population(people, places=places, seed=seed, on=today())
        made = City(places, columns, now(), seed)
        _ground(made, progress)
        _people(made, progress)
        _log_ins(made, progress)
    return True


def _ground(city: City, progress: Progress) -> None:
    progress(0, 3, "Regions and policies")
    folder = settings.DATA / "regions"
    load_table(folder / f"{city.places.city}.csv.gz")
    load_recodes(folder / "recodes.yaml")
    pack = settings.DATA / "cities" / PACKS[city.places.city] / "policies"
    if pack.exists():
        load_pack(pack, actor=SYSTEM, at=city.at)
    progress(1, 3, "Organisations, facilities, workers")
    workers = min(3000, max(100, len(city.columns) // 60))
    made = bodies(city.places, workers=workers, seed=city.seed)
    city.providers = add_providers(made, places=city.places, at=city.at, seed=city.seed)


def _people(city: City, progress: Progress) -> None:
    load = People(city.columns, places=city.places, at=city.at, seed=city.seed)
    for done in load.load():
        progress(done, len(city.columns), "People")
    city.ids = load.ids


def _log_ins(city: City, progress: Progress) -> None:
    progress(0, 1, "Log-ins")
    seats = cast(city.places, seed=city.seed)
    city.users = add_users(seats, holders={}, at=city.at)
