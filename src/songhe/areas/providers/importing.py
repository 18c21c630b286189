"""Lists of facilities as counties keep them: one row is a site with the body that runs it."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.register import dated, recount
from songhe.areas.providers.importcolumns import TARGETS
from songhe.areas.providers.models import CANTEENS, RESIDENTIAL, Facility, Frame, Kind, Organisation, State
from songhe.areas.providers.queries.doubles import entries
from songhe.areas.providers.rules.likeness import Entry, alike
from songhe.core.codes import Point, parse_point, parse_region, span
from songhe.core.refusal import Refused
from songhe.engines.access.api import elevated
from songhe.engines.imports.api import Batch, ImportSpec, Row, Written, register
from songhe.engines.regions.models import Level, Region


def check(batch: Batch) -> None:
    """Settle region and place of every row, and refuse rows twice in the list or under another area's code."""
    seen: dict[tuple[str, str, str], int] = batch.memory.setdefault("seen", {})
    for row in batch.rows:
        _settle_region(row, batch)
        _settle_point(row)
        values = row.values
        if values.get("nursing_beds", 0) > values.get("beds", 0):
            row.refuse(
                "nursing_beds",
                "There cannot be more nursing beds ({nursing}) than beds ({beds}).",
                nursing=values["nursing_beds"],
                beds=values.get("beds", 0),
            )
        _refuse_nothing(row)
        key = (values.get("credit_code", ""), values.get("name", ""), str(values.get("kind", "")))
        first = seen.setdefault(key, row.number)
        if first != row.number and key[1]:
            row.refuse("name", "This site is already in row {first}.", first=first)
    _refuse_other_areas(batch)
    _refuse_doubles(batch)


def _refuse_nothing(row: Row) -> None:
    """A home without beds, a canteen for nobody: what is written as 0 was not known, or the site is none."""
    kind, values = row.values.get("kind"), row.values
    for name, kinds in (("beds", RESIDENTIAL), ("diners", CANTEENS), ("day_places", (Kind.DAY_CARE,))):
        if kind in kinds and values.get(name) == 0:
            row.refuse(
                name, "A site of this kind cannot have 0 here. Write the number, or leave the cell empty."
            )


def _settle_region(row: Row, batch: Batch) -> None:
    place, address = row.values.get("place", ""), row.values.get("address", "")
    try:
        row.values["region"] = _region(place, address, batch)
    except Refused as refused:
        row.refuse("place", refused.message, **refused.values)


def _region(place: str, address: str, batch: Batch) -> int:
    low, high = span(batch.region)
    if re.fullmatch(r"\d{2,12}", place):
        code = parse_region(place)
        if not low <= code < high or not Region.objects.filter(code=code).exists():
            raise Refused(
                "region_elsewhere", "The region {region} does not lie in the area of this list.", region=code
            )
        return code
    known = _names(batch, low, high)
    if place:
        found = known.get(_stem(place), [])
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise Refused(
                "ambiguous_region",
                "Several regions are called “{name}”. Add the town's name or give the code.",
                name=place,
            )
        raise Refused(
            "unknown_region",
            "There is no region called “{name}” here. Check the spelling or give its code.",
            name=place,
        )
    towns = {
        code
        for name, codes in known.items()
        if len(name) > 1 and name in address
        for code in codes
        if code % 1000 == 0
    }
    if len(towns) == 1:
        return towns.pop()
    raise Refused(
        "no_region", "Neither the town nor the address says in which town this is. Fill in the town."
    )


def _names(batch: Batch, low: int, high: int) -> dict[str, list[int]]:
    if "names" not in batch.memory:
        rows = Region.objects.filter(code__gte=low, code__lt=high, level__gte=Level.TOWN, until=None)
        names: dict[str, list[int]] = {}
        for code, name in rows.order_by("level", "code").values_list("code", "name"):
            names.setdefault(_stem(name), []).append(code)
        batch.memory["names"] = {name: _upper(codes) for name, codes in names.items()}
    found: dict[str, list[int]] = batch.memory["names"]
    return found


def _upper(codes: list[int]) -> list[int]:
    """A town hides a village of its own name."""
    towns = [code for code in codes if code % 1000 == 0]
    return towns or codes


def _stem(name: str) -> str:
    return (
        re.sub(r"(街道办事处|街道|镇|乡|社区居委会|村委会|居委会|社区|村)$", "", name.strip()) or name.strip()
    )


def _settle_point(row: Row) -> None:
    lon, lat = row.values.get("lon", ""), row.values.get("lat", "")
    row.values["point"] = None
    if not lon and not lat:
        return
    if "frame" not in row.values:
        row.refuse(
            "frame",
            "Say which coordinate system is used: WGS-84, CGCS2000, GCJ-02 or BD-09. They differ by up to a kilometre.",
        )
        return
    try:
        row.values["point"] = parse_point(lon, lat, frame=Frame(row.values["frame"]).value)  # type: ignore[arg-type]
    except Refused as refused:
        row.refuse("lon", refused.message, **refused.values)


def _refuse_other_areas(batch: Batch) -> None:
    """A credit code may be registered where the actor does not reach, so the look-up goes beyond the scope."""
    codes = {row.values.get("credit_code") for row in batch.rows} - {None}
    with elevated():
        known = dict(
            Organisation.everywhere.filter(credit_code__in=codes).values_list("credit_code", "region_id")
        )
    for row in batch.rows:
        region = known.get(row.values.get("credit_code", ""))
        if region is not None and not batch.scope.holds(region):
            row.refuse(
                "credit_code",
                "An organisation with this code is registered in another area. Ask the city office.",
            )


def _refuse_doubles(batch: Batch) -> None:
    """A site that stands in the register under another organisation, next to where the list says it is."""
    if "cells" not in batch.memory:
        cells: dict[tuple[str, int, int], list[Entry]] = {}
        for entry in entries(*span(batch.region)).values():
            if entry.point and entry.credit_code:
                cells.setdefault((entry.kind, *_cell(entry.point)), []).append(entry)
        batch.memory["cells"] = cells
    for row in batch.rows:
        values = row.values
        code, point = values.get("credit_code", ""), values.get("point")
        if not (code and isinstance(point, Point) and values.get("name") and values.get("kind")):
            continue
        own = Entry(values["name"], values["kind"], values.get("region", 0), "", code, point)
        x, y = _cell(point)
        around = [
            batch.memory["cells"].get((own.kind, x + dx, y + dy), ())
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
        ]
        twin = next(
            (e for found in around for e in found if e.credit_code != code and alike(own, e).suspicious), None
        )
        if twin is not None:
            row.refuse(
                "name",
                "“{name}” is registered here under another organisation ({code}). Correct it there.",
                name=twin.name,
                code=twin.credit_code,
            )


def _cell(point: Point) -> tuple[int, int]:
    return int(point.lon * 500), int(point.lat * 500)


def write(batch: Batch) -> Written:
    """Write organisations and sites of the good rows; writing them again changes nothing."""
    done, fresh = Written(), []
    for row in batch.good:
        written, site = _site(row, _organisation(row), batch)
        done += written
        fresh += [site] if written.made else []
    recount(fresh)
    return done


def _organisation(row: Row) -> Organisation:
    values = row.values
    rows = Organisation.everywhere.all()
    code = values.get("credit_code", "")
    found = (
        rows.filter(credit_code=code).first()
        if code
        else rows.filter(credit_code="", name=values["name"], region_id=values["region"]).first()
    )
    if found is None:
        kind = values["kind"]
        does = "residential" if kind in RESIDENTIAL else "home" if kind == Kind.HOME_SERVICE else "community"
        found = Organisation(
            region_id=values["region"],
            name=values["name"],
            credit_code=code,
            kinds=[does],
            since=values.get("since"),
        )
    before = (found.legal_person, found.phone, found.address)
    found.legal_person = values.get("legal_person", found.legal_person)
    found.phone = values.get("phone", found.phone)
    found.address = found.address or values.get("address", "")
    if found._state.adding or before != (found.legal_person, found.phone, found.address):
        found.save()
    return found


FIELDS = (
    "address",
    "phone",
    "beds",
    "nursing_beds",
    "area_m2",
    "day_places",
    "diners",
    "ownership",
    "mode",
    "licence_no",
)


def _site(row: Row, organisation: Organisation, batch: Batch) -> tuple[Written, Facility]:
    values = row.values
    found = Facility.everywhere.filter(
        organisation=organisation, name=values["name"], kind=values["kind"]
    ).first()
    fresh = found is None
    site = found or Facility(
        organisation=organisation,
        name=values["name"],
        kind=values["kind"],
        since=values.get("since"),
        state=State.ACTIVE,
    )
    wanted: dict[str, Any] = {"region_id": values["region"]}
    wanted |= {name: values[name] for name in FIELDS if name in values}
    if isinstance(point := values["point"], Point):
        wanted |= {"lon": point.lon, "lat": point.lat, "frame": values.get("frame", Frame.WGS84)}
    if not fresh and all(getattr(site, name) == value for name, value in wanted.items()):
        return Written(unchanged=1), site
    if fresh:
        _set(site, wanted)
    else:
        with dated(site, on=None, actor=batch.actor, at=batch.at):
            _set(site, wanted)
    return Written(made=int(fresh), changed=int(not fresh)), site


def _set(site: Facility, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        setattr(site, name, value)
    site.save()


facilities = register(
    ImportSpec(
        code="providers.facilities",
        title=_("Facilities"),
        right="providers.import",
        model=Facility,
        targets=TARGETS,
        check=check,
        write=write,
        place="point",
    )
)
