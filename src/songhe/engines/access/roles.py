"""Roles as data: what each may do, and its relation to the rows it sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings

from songhe.core.refusal import Refused
from songhe.engines.regions.models import language_is_chinese


class Relation(StrEnum):
    """How a role reaches rows: all in its regions, or only those tied to a holder."""

    ALL = "all"
    ORGANISATION = "organisation"
    FACILITY = "facility"
    ASSIGNED = "assigned"
    KIN = "kin"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Role:
    """One role; ``incompatible`` names roles that the same user may not also hold."""

    code: str
    en: str
    zh: str
    relation: Relation
    rights: frozenset[str]
    incompatible: frozenset[str]

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.zh if language_is_chinese() else self.en


@lru_cache(maxsize=1)
def roles() -> dict[str, Role]:
    """All roles of ``data/nation/roles.yaml``, in the file's order."""
    data: dict[str, dict[str, Any]] = yaml.safe_load(
        (settings.DATA / "nation/roles.yaml").read_text(encoding="utf-8")
    )
    return {
        code: Role(
            code=code,
            en=row["en"],
            zh=row["zh"],
            relation=Relation(row["relation"]),
            rights=frozenset(row.get("rights") or ()),
            incompatible=frozenset(row.get("incompatible") or ()),
        )
        for code, row in (data.get("roles") or data).items()
    }


def role(code: str) -> Role:
    """One role; refused where the data no longer knows it."""
    try:
        return roles()[code]
    except KeyError:
        raise Refused(
            "unknown_role", "There is no role “{role}”. Choose one from the list.", field="role", role=code
        ) from None
