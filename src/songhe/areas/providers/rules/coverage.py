"""Coverage rules: which places should have what, and which shares of sites should be how."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, rows, text, whole

PLACES = ("urban", "rural", "town", "sites")
MET = ("professional", "social")
FULL = 10_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``target``: basis points wanted, None where no document names them; ``source``: the document."""

    code: str
    place: str
    kinds: frozenset[str] = frozenset()
    least_m2: int = 0
    about: int = 0
    met: str = ""
    new: bool = False
    target: int | None = None
    source: Label | None = None

    @property
    def enough_m2(self) -> int:
        """The floor area from which the rule is kept."""
        return self.least_m2 * (FULL - self.about) // FULL


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule by code. ``new_months``: how long a site counts as new."""

    rules: Mapping[str, Rule]
    new_months: int
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Site:
    """What a rule asks of a site."""

    key: Any
    region: int
    does: frozenset[str]
    area_m2: int | None = None


@dataclass(slots=True)
class Standing:
    """One place under a rule: the sites that count there, and their floor area together."""

    region: int
    sites: int = 0
    area_m2: int = 0
    met: bool = False
    assumed: bool = False
    unknown_area: int = field(default=0)


def stand(
    rule: Rule, places: Mapping[int, bool], sites: Iterable[Site], *, towns: bool = False
) -> list[Standing]:
    """How each place stands. ``places``: code → whether its class is assumed; ``towns``: sites count for their town."""
    found = {code: Standing(code, assumed=assumed) for code, assumed in places.items()}
    for site in sites:
        code = site.region // 1000 * 1000 if towns else site.region
        here = found.get(code)
        if here is None or (rule.kinds and not rule.kinds & site.does):
            continue
        here.sites += 1
        here.area_m2 += site.area_m2 or 0
        here.unknown_area += site.area_m2 is None
    for here in found.values():
        here.met = here.area_m2 >= rule.enough_m2 if rule.least_m2 else here.sites > 0
    return list(found.values())


def build_rules(data: Data, *, known: Collection[str], services: Mapping[str, Collection[str]]) -> Rules:
    """The rules of the data file; DataError names what is wrong. ``services``: kinds by service."""
    found: dict[str, Rule] = {}
    for row in rows(data, "rules", "coverage"):
        made = _rule(row, set(known), services)
        if made.code in found:
            raise DataError(f"rule {made.code}: given twice.")
        found[made.code] = made
    return Rules(
        found,
        whole(data, "new_months", "coverage"),
        bool(data.get("assumed", True)),
        str(data.get("source", "")),
    )


def _rule(row: Data, known: set[str], services: Mapping[str, Collection[str]]) -> Rule:
    code = text(row, "code", "coverage rule")
    where = f"rule {code}"
    service = str(row.get("service", ""))
    if service and service not in services:
        raise DataError(f"{where}: there is no service kind {service}.")
    kinds = frozenset(services.get(service, ())) | frozenset(row.get("kinds") or ())
    made = Rule(
        code=code, place=text(row, "place", where), kinds=kinds,
        least_m2=whole(row, "least_m2", where) if "least_m2" in row else 0,
        about=whole(row, "about", where) if "about" in row else 0, met=str(row.get("met", "")), new=bool(row.get("new")),
        target=whole(row, "target", where) if "target" in row else None,
        source=label(row["from"], where) if "from" in row else None,
    )  # fmt: skip
    if made.place not in PLACES or (made.place == "sites") != (made.met in MET):
        raise DataError(f"{where}: place is one of {', '.join(PLACES)}; met belongs to sites alone.")
    if strange := sorted(kinds - known):
        raise DataError(f"{where}: there is no kind of site {', '.join(strange)}.")
    if not (kinds or made.least_m2 or made.new) or not 0 <= made.about <= FULL or (made.target or 0) > FULL:
        raise DataError(f"{where}: say which kinds or how much area; shares lie between 0 and {FULL}.")
    return made
