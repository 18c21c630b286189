"""Rights in the roles' data and rights asked for in the code are the same."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from songhe.engines.access.roles import roles
from songhe.engines.acts.decorator import ACTS
from songhe.kit.pages import HOME, PAGES
from songhe.kit.spec import RECORDS

SOURCE = Path(import_module("songhe").__file__ or "").parent
QUOTED = re.compile(r'"([a-z]+\.[a-z_]+)"')


def asked_for() -> set[str]:
    """Every right that an action, a record, a page or a home panel names; the kit makes up ``<area>.export``."""
    found = {action.right for action in ACTS.values() if not action.__module__.startswith("tests.")}
    for record in RECORDS.values():
        found |= {record.right, *(verb.needs for verb in record.verbs)}
    found |= {page.right for page in PAGES.values()} | {panel.right for panel in HOME}
    return {right for right in found if right and not right.endswith(".export")}


def given() -> set[str]:
    """Every right that some role holds, exports aside."""
    return {right for role in roles().values() for right in role.rights if not right.endswith(".export")}


def test_every_right_asked_for_is_held_by_a_role() -> None:
    assert sorted(asked_for() - given()) == []


def test_every_right_held_opens_something() -> None:
    quoted = {
        right
        for file in SOURCE.rglob("*.py")
        if "migrations" not in file.parts
        for right in QUOTED.findall(file.read_text(encoding="utf-8"))
    }
    assert sorted(given() - quoted) == []


def test_incompatible_roles_exist() -> None:
    for role in roles().values():
        assert role.incompatible <= set(roles()), role.code
