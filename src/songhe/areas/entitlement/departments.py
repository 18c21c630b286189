"""Which lists of other departments are compared, as ``data/nation/comparisons.yaml`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from songhe.core.labels import Label
from songhe.core.sources import label, read
from songhe.kit.words import is_chinese

STATE, DEATH, TAGS = "state", "death", "tags"


@dataclass(frozen=True, slots=True)
class Department:
    """One kind of list. ``death``: the source under which the registry is told of a death; empty where it tells none."""

    code: str
    label: Label
    tells: str
    terms: tuple[str, ...]
    death: str

    def __str__(self) -> str:
        return self.label.zh if is_chinese() else self.label.en


@lru_cache(maxsize=1)
def departments() -> Mapping[str, Department]:
    """All kinds in the order of the file."""
    path = settings.DATA / "nation/comparisons.yaml"
    data = read(path.read_text(encoding="utf-8"), name=path.name).data
    return {
        code: Department(
            code,
            label(row, f"{path.name}, {code}"),
            row["tells"],
            tuple(row.get("terms") or ()),
            row.get("death") or "",
        )
        for code, row in data.items()
    }


def department_text(code: str) -> str:
    """A kind of list in the language of the page."""
    found = departments().get(code)
    return str(found) if found else code
