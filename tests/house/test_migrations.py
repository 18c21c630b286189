"""One line of history for each app, and no model change without its migration."""

import re
from collections import defaultdict
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

OWN = "songhe."


def own_labels() -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name.startswith(OWN)}


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)


def test_history_is_one_line(loader: MigrationLoader) -> None:
    leaves: dict[str, list[str]] = defaultdict(list)
    for label, name in loader.graph.leaf_nodes():
        leaves[label].append(name)
    assert {label: names for label, names in leaves.items() if len(names) > 1} == {}


def test_migrations_are_numbered_in_order(loader: MigrationLoader) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for label, name in sorted(loader.disk_migrations or {}):
        if label in own_labels():
            match = re.match(r"(\d{4})_[a-z]", name)
            assert match, f"{label}.{name}"
            numbers[label].append(int(match[1]))
    assert {label: found for label, found in numbers.items() if found != list(range(1, len(found) + 1))} == {}


def test_every_model_change_has_its_migration(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        call_command("makemigrations", check_changes=True, dry_run=True, interactive=False, verbosity=0)
