"""Reading the tree: paths, children, look-up of names, codes of other days."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from songhe.core.codes.region import ancestors, level_of, span
from songhe.core.refusal import Refused
from songhe.engines.regions.models import Level, Recode, Region


@lru_cache(maxsize=65536)
def name_of(code: int) -> str:
    """The region's own name; the code itself where it is unknown."""
    return Region.objects.filter(code=code).values_list("name", flat=True).first() or str(code)


def path_of(code: int, *, below: int = 0) -> list[tuple[int, str]]:
    """(code, name) from the top down to ``code``; ``below`` leaves out levels up to and including it."""
    codes = [c for c in (*ancestors(code), code) if level_of(c) > below]
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return [(c, names[c]) for c in codes if c in names]


@lru_cache(maxsize=16384)
def full_name(code: int, *, below: int = 1) -> str:
    """Names joined from the city down, as addresses are written."""
    return "".join(name for _, name in path_of(code, below=below))


def children(code: int | None) -> list[Region]:
    """The regions directly below, by name; the provinces below none."""
    rows = Region.objects.filter(parent_id=code, until=None).exclude(level=Level.NATION)
    return list(rows.order_by("code"))


def current(code: int, *, on: date) -> int:
    """The code that stands for ``code`` on a day, following recodings; the code itself where none applies."""
    seen = {code}
    while True:
        step = (
            Recode.objects.filter(old=code, on__lte=on).exclude(kind=Recode.Kind.SPLIT).order_by("on").first()
        )
        if step is None or step.new in seen:
            return code
        code = step.new
        seen.add(code)


def find(name: str, *, within: int) -> Region:
    """The one region of that name inside another; refused where none or several fit."""
    low, high = span(within)
    wanted = name.strip()
    rows = list(Region.objects.filter(code__gte=low, code__lt=high, name=wanted, until=None)[:3])
    if not rows:
        stems = [wanted.removesuffix(end) for end in ("村", "社区", "居委会", "村委会")]
        rows = list(
            Region.objects.filter(code__gte=low, code__lt=high, until=None).filter(
                name__startswith=min(stems, key=len)
            )[:3]
        )
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise Refused(
            "unknown_region",
            "There is no region called “{name}” here. Check the spelling or give its code.",
            name=name,
        )
    raise Refused(
        "ambiguous_region",
        "Several regions are called “{name}”. Add the town's name or give the code.",
        name=name,
    )
