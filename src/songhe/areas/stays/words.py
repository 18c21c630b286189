"""Turns, groups and spans in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import get_language, gettext

from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import Application
from songhe.areas.stays.queries.beds import names_of
from songhe.core.labels import Label


def said(label: Label) -> str:
    """A label of the data in the language of the page."""
    return label.in_language(get_language() or "zh")


def group_names(codes: Iterable[str]) -> str:
    """The groups by which somebody comes first."""
    known = {group.code: said(group.label) for group in terms().groups}
    return " · ".join(known[code] for code in codes if code in known)


def why(row: Application) -> str:
    """Why somebody comes where they come: the groups, then the day."""
    names = group_names(row.groups) or gettext("In no priority group")
    return gettext("{groups}; applied on {day}").format(groups=names, day=row.applied_on.isoformat())


def why_now(rows: Sequence[Application]) -> list[tuple[Application, str]]:
    """Each of some who wait with number, name and reason, in turn."""
    names = names_of(row.person_id for row in rows)
    return [
        (row, f"{number}. {names.get(row.person_id, '')} — {why(row)}") for number, row in enumerate(rows, 1)
    ]
