"""Fills a throw-away installation: tables, one city's regions, devices by the thousand. Run as a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Read devices from standard input, one on a line with its secret; print the secret of the HTTP source last."""
    from songhe.site.installation import set_up

    set_up()
    from django.conf import settings
    from django.db import connections

    from songhe.engines.access.api import Scope, entered
    from songhe.engines.regions.load import load_table
    from songhe.engines.vault import keyring
    from songhe.site.env import database
    from songhe.site.migrating import migrate

    keyring.create(Path(os.environ["SONGHE_KEY_FILE"]))
    connections["default"].settings_dict.update(database(os.environ["DATABASE_OWNER_URL"]))
    migrate()
    connections["default"].close()
    connections["default"].settings_dict.update(database(os.environ["DATABASE_URL"]))
    from songhe.edges.gateway.sources import make_source
    from songhe.kit.clock import now

    lines = [line.split() for line in sys.stdin.read().splitlines()]
    with entered(Scope.EVERYTHING):
        load_table(settings.DATA / f"regions/{sys.argv[1]}.csv.gz")
    with entered(Scope.EVERYTHING):
        make_devices([(code, secret) for code, secret in lines])
        print(make_source("proof", "signed", int(sys.argv[1]) * 10**6, at=now()))


def make_devices(devices: list[tuple[str, str]]) -> None:
    """Bracelets in the villages of the city, without a person each: who wears them is not what is tried here."""
    from songhe.areas.devices.models import Device, Last
    from songhe.areas.devices.rules.secrets import hash_of
    from songhe.engines.access.api import insert_many
    from songhe.engines.regions.ids import uuid7
    from songhe.engines.regions.models import Level, Region
    from songhe.engines.vault.api import make_keys
    from songhe.kit.clock import now

    villages = list(
        Region.objects.filter(level=Level.VILLAGE).order_by("code").values_list("code", flat=True)[:500]
    )
    at = now()
    rows = [
        (uuid7(), code, "bracelet", villages[place % len(villages)], hash_of(secret), at, at)
        for place, (code, secret) in enumerate(devices)
    ]
    insert_many(Device, ("id", "code", "kind", "region", "secret_hash", "secret_at", "registered_at"), rows)
    insert_many(Last, ("id", "device", "region"), [(uuid7(), row[0], row[3]) for row in rows])
    make_keys([row[0] for row in rows])


if __name__ == "__main__":
    main()
