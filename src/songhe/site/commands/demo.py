"""A made-up city in your browser: people in real villages, care that has run for months, every role to try.

Nothing here is about anyone. The demo has its own folder and database; remove it with --remove.
"""

import argparse
import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from songhe.site.commands import network, serve
from songhe.site.installation import opened
from songhe.site.kernels import made_beside
from songhe.site.networks import Networks
from songhe.site.postgres import Cluster, home

GROUP = "start"
PEOPLE = 20_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many people (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, another city (default: %(default)s)"
    )
    parser.add_argument(
        "--city", default="371000", help="6-digit code of a city in data/regions (default: %(default)s)"
    )
    parser.add_argument(
        "--streets",
        type=Path,
        help="a file of real streets (.osm.pbf in wgs84) to live on (default: made-up streets)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=serve.PORT, help="port to listen on (default: %(default)s)"
    )
    parser.add_argument("--workers", type=int, default=2, help="web processes (default: %(default)s)")
    parser.add_argument(
        "--gateway", action=argparse.BooleanOptionalAction, default=True, help="hear devices over MQTT (default: yes)"
    )  # fmt: skip
    parser.add_argument("--gateway-port", type=int, help="port on which devices are heard (default: the one after --port)")  # fmt: skip
    parser.add_argument("--build-only", action="store_true", help="make the city and end")
    parser.add_argument(
        "--again", action="store_true", help="remove the demo that is there and make a new one"
    )
    parser.add_argument("--remove", action="store_true", help="remove the demo and end")


def run(options: Any) -> int:
    """Build the city if it is not there yet, and serve it."""
    options.gateway_port = options.gateway_port or options.port + 1
    with demo_home() as folder:
        if options.remove or options.again:
            remove(folder)
            if options.remove:
                print(f"Removed {folder}")
                return 0
        if not options.build_only:
            serve.free(options.host, options.port)
        with opened() as here:
            serve.prepare(here, public=options.host not in serve.LOOPBACK, made_up=True)
            build(
                folder, people=options.people, seed=options.seed, city=options.city, streets=options.streets
            )
            if options.build_only:
                return 0
            (folder / "gateway-port").write_text(str(options.gateway_port) if options.gateway else "")
            return serve.serve(options, first="web")


@contextlib.contextmanager
def demo_home() -> Iterator[Path]:
    """Let everything below work in the demo's own folder, beside a real installation's and never in it."""
    folder = home() / "demo"
    given = dict(os.environ)
    for name in (
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "DATABASE_BACKUP_URL",
        "SONGHE_KEY_FILE",
        "SONGHE_SECRET_KEY",
    ):
        os.environ.pop(name, None)
    os.environ |= {"SONGHE_HOME": str(folder), "SONGHE_DEMO": "1"}
    try:
        yield folder
    finally:
        os.environ.clear()
        os.environ.update(given)


def build(folder: Path, *, people: int, seed: int, city: str, streets: Path | None = None) -> None:
    """Fill the database, once: a mark is left when the whole city is there."""
    from songhe.site.demo import build as fill

    mark = folder / "built"
    where = f", streets of {streets.name}" if streets is not None else ""
    wanted = f"city {city}, {people} people, seed {seed}{where}\n"
    if mark.exists():
        if mark.read_text() != wanted:
            print(f"The demo there has {mark.read_text().strip()}; for another one: songhe demo --again")
        if not Networks(folder / "networks").names():
            _lay(folder, city=city, seed=seed)
        return
    began = time.monotonic()
    with made_beside(folder / "kernels"):
        if streets is not None:
            _bring_in(folder, streets, city)
        else:
            _lay(folder, city=city, seed=seed)
        fill(
            people=people, seed=seed, city=city, progress=Progress(), streets=streets and folder / "networks"
        )
    mark.write_text(wanted)
    print(f"\nThe city is ready ({time.monotonic() - began:.0f} s).")


def _lay(folder: Path, *, city: str, seed: int) -> None:
    """Make the city's streets, once."""
    from django.conf import settings

    from songhe.site.demo.streets import lay_streets

    lay_streets(folder / "networks", settings.DATA / "regions", city, seed=seed)


def _bring_in(folder: Path, file: Path, city: str) -> None:
    """Keep real streets as the city's own, and no others."""
    networks = Networks(folder / "networks")
    for name in networks.names():
        networks.remove(name)
    asked = argparse.Namespace(file=str(file), frame="wgs84", region=f"{city:0<12}", name=None, source="")
    network.bring_in(networks, asked)


def remove(folder: Path) -> None:
    """Stop the demo's server and remove its folder."""
    if (folder / "postgres").exists():
        Cluster(folder / "postgres").stop()
    shutil.rmtree(folder, ignore_errors=True)


class Progress:
    """Show one line that moves on a terminal, and a line for each step elsewhere."""

    def __init__(self) -> None:
        self.note = ""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Show that `done` of `total` steps of `note` are made."""
        if sys.stderr.isatty():
            share = 100 * done // max(total, 1)
            print(f"\r\033[K{note} {share:3d} %", end="", file=sys.stderr, flush=True)
        elif note != self.note:
            print(note, file=sys.stderr, flush=True)
        self.note = note
