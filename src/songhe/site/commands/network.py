"""Street networks: bring them in from a file, list, check and remove them.

A file is OpenStreetMap data (.osm.pbf), a table of streets (.csv) or a GeoPackage (.gpkg). Say in which frame its coordinates are:
wgs84 for OpenStreetMap and CGCS2000, gcj02 for domestic web maps, bd09 for Baidu.
"""

import argparse
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from songhe.core.codes.coordinates import FRAMES
from songhe.core.reach import CAR, ELDER, WHEELCHAIR, Network, Paths, build, review_network
from songhe.core.refusal import Refused
from songhe.site.networks import Networks
from songhe.site.postgres import home

GROUP = "data"
BENEATH = {
    "water": "areas of water", "river": "rivers and canals", "stream": "brooks", "county": "borders of counties", "town": "borders of towns",
}  # fmt: skip
NOTHING_BENEATH = (
    "No water and no borders are in the file: the map draws streets alone. Bring others in with --base FILE."
)
PROFILES = (ELDER, WHEELCHAIR, CAR)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("import", "list", "check", "remove"))
    parser.add_argument("file", nargs="?", help="the file to import, or the name of a network")
    parser.add_argument("--frame", choices=FRAMES, help="frame of the coordinates in the file")
    parser.add_argument(
        "--base",
        help="a file whose water, rivers and borders are drawn beneath (.osm.pbf, .gpkg; default: FILE)",
    )
    parser.add_argument(
        "--region", type=int, default=0, help="12-digit code of the region it is for (default: all)"
    )
    parser.add_argument("--name", help="name to keep it under (default: the file's)")
    parser.add_argument("--source", default="", help="where the data come from and under which licence")


def run(options: Any) -> int:
    """Do it; exit status 1 when a check finds something wrong."""
    networks = Networks(home() / "networks")
    if options.what == "list":
        return show(networks)
    if not options.file:
        raise Refused(
            "network.arguments",
            "Say which: songhe network import wuhan.osm.pbf --frame wgs84 --region 420100000000, or songhe network check wuhan",
        )
    if options.what == "remove":
        networks.remove(options.file)
        print(f"Removed {options.file}.")
        return 0
    if options.what == "check":
        return check(networks, options.file)
    return bring_in(networks, options)


def bring_in(networks: Networks, options: Any) -> int:
    """Read a file, build the network, keep it, and say what was found."""
    from songhe.core.codes import parse_region
    from songhe.edges.networks import read, read_base

    file = Path(options.file)
    region = int(parse_region(str(options.region), field="region")) if options.region else 0
    began = time.monotonic()
    streets = read(file, options.frame or "", _told)
    if options.base:
        streets = replace(streets, base=read_base(Path(options.base), options.frame))
    _told("connecting the streets")
    network = build(streets).network
    if not network.streets:
        for finding in network.findings:
            print(f"  {finding}")
        raise Refused("network.empty_file", "{file} has no street that can be used.", file=file.name)
    name = options.name or _name(file)
    source = options.source or (
        "© OpenStreetMap contributors, ODbL" if ".osm" in file.name or file.suffix == ".pbf" else ""
    )
    about = {
        "file": file.name, "frame": options.frame, "region": str(region), "source": source,
        "brought_in": datetime.now(UTC).isoformat(timespec="seconds"), "crossings": str(network.crossings),
        "streets": str(network.streets), "kilometres": f"{network.kilometres:.1f}",
    }  # fmt: skip
    kept = networks.write(name, network, about=about)
    size = kept.stat().st_size / 1e6
    print(
        f"{name}: {network.crossings:,} crossings, {network.streets:,} streets with {network.pieces:,} pieces, {network.kilometres:,.0f} km, "
        f"kept in {size:.1f} MB ({time.monotonic() - began:.1f} s)."
    )
    drawn = {layer: len(shapes) for layer, shapes in network.base.shapes.items() if len(shapes)}
    print(
        f"Beneath the streets are drawn: {', '.join(f'{count:,} {BENEATH[layer]}' for layer, count in drawn.items())}."
        if drawn
        else NOTHING_BENEATH
    )
    say(network)
    return 0


def show(networks: Networks) -> int:
    """A line for each network."""
    wrong = 0
    for name in networks.names():
        try:
            kept = networks.kept(name)
        except Refused as refusal:
            print(f"{name:<16} {refusal}")
            wrong = 1
            continue
        said = kept.about
        print(
            f"{name:<16} {kept.region or 'everywhere':<13} {said.get('crossings', '?'):>9} crossings {said.get('kilometres', '?'):>10} km "
            f"{said.get('brought_in', '')[:10]} {said.get('source', '')}"
        )
    if not networks.names():
        print(
            "No street network yet: songhe network import FILE --frame wgs84. Until then ways are straight lines times a detour."
        )
    return wrong


def check(networks: Networks, name: str) -> int:
    """Read a network whole and say what is wrong with it, for people who walk, in wheelchairs, and in cars."""
    return 1 if say(networks.read(name)) else 0


def say(network: Network) -> int:
    """Print findings; how many there are."""
    told: list[str] = []
    for profile in PROFILES:
        for finding in review_network(Paths(network, profile, compiled=False)):
            text = f"  {finding}" if finding in network.findings else f"  {profile.code}: {finding}"
            if text not in told:
                told.append(text)
                print(text)
    return len(told)


def _name(file: Path) -> str:
    name = file.name.lower()
    for ending in (".osm.pbf", ".pbf", ".osm", ".csv", ".gpkg"):
        name = name.removesuffix(ending)
    return name.replace(" ", "-").lstrip(".") or "streets"


def _told(text: str) -> None:
    print(
        f"\r\033[K{text} …" if sys.stderr.isatty() else text,
        end="" if sys.stderr.isatty() else "\n",
        file=sys.stderr,
        flush=True,
    )
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
