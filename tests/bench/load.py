"""Fill the measured installation: regions, persons, tokens, tags, households, and users of four scopes.

Run by `tests.bench.home`: ``python -m tests.bench.load``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg
from tests.bench.home import CITY, HOME, PEOPLE, SEED

PASSWORD = "measured-and-not-guessed"
LEVELS = ("village", "town", "county", "city")
USERS_PER_LEVEL = 2


def main() -> None:
    """Migrate, load, gather statistics."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.site.settings")
    import django

    django.setup()
    from songhe.engines.access.api import Scope, entered
    from songhe.engines.vault import keyring

    keys = Path(os.environ["SONGHE_KEY_FILE"])
    if not keys.exists():
        keyring.create(keys)
    subprocess.run([sys.executable, "-m", "songhe.site.cli", "migrate"], check=True)
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"], check=True
    )
    began = time.monotonic()
    with entered(Scope.EVERYTHING):
        _people()
        _users()
    taken = time.monotonic() - began
    settle(os.environ["DATABASE_OWNER_URL"])
    (HOME / "loaded.txt").write_text(f"{taken:.0f}\n{time.monotonic() - began - taken:.0f}\n")
    print(f"{PEOPLE:,} people loaded in {taken:.0f} s", flush=True)


def settle(owner: str) -> None:
    """VACUUM and ANALYZE what autovacuum would reach within the hour."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _people() -> None:
    from django.conf import settings

    from songhe.engines.regions.load import load_recodes, load_table
    from songhe.kit.clock import now, today
    from songhe.site.demo.people import People
    from songhe.site.demo.places import read_places
    from songhe.site.demo.population import population

    folder = settings.DATA / "regions"
    places = read_places(folder, CITY)
    load_table(folder / f"{CITY}.csv.gz")
    load_recodes(folder / "recodes.yaml")
    columns = population(PEOPLE, places=places, seed=SEED, on=today())
    for done in People(columns, places=places, at=now(), seed=SEED).load():
        if done % 200_000 == 0:
            print(f"{done:,} people", flush=True)


def _users() -> None:
    """Two users for each level, in the most peopled regions and the middling ones."""
    from django.contrib.auth.hashers import make_password
    from django.db.models import Count

    from songhe.areas.registry.models import Person
    from songhe.engines.access.api import Grant, User
    from songhe.kit.clock import now

    rows = Person.everywhere.values("region_id").annotate(many=Count("pk")).order_by("-many", "region_id")
    sizes = [(row["region_id"], row["many"]) for row in rows]
    password = make_password(PASSWORD)
    for level, width in (("village", 1), ("town", 1000), ("county", 10**6), ("city", 10**8)):
        sums: dict[int, int] = {}
        for region, many in sizes:
            code = region // width * width
            sums[code] = sums.get(code, 0) + many
        ranked = sorted(sums, key=lambda code: -sums[code])
        for number, code in enumerate((ranked[0], ranked[len(ranked) // 2]), start=1):
            user = User.objects.create(
                username=f"{level}-{number}", name=level, password=password, created_at=now()
            )
            Grant.objects.create(user=user, role=f"{level}_officer", region_id=code, since=date(2022, 1, 1))


if __name__ == "__main__":
    main()
