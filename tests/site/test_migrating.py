"""Drawing less of the past may not change one statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from songhe.site.migrating import apply

pytestmark = pytest.mark.django_db
EARLY = {"sessions", "regions", "access", "vault", "acts", "forms"}


class Everything(Migration):
    """What may happen to two tables, one of which points to the other by its number."""

    operations = (
        migrations.CreateModel(
            "Place",
            [("id", models.IntegerField(primary_key=True)), ("number", models.IntegerField(unique=True))],
        ),
        migrations.CreateModel(
            "House",
            [
                ("place", models.OneToOneField("here.place", models.CASCADE, primary_key=True)),
                ("above", models.ForeignKey("self", models.CASCADE, null=True)),
                ("rooms", models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel("Guest", [("id", models.AutoField(primary_key=True))]),
        migrations.AddField(
            "guest", "house", models.ForeignKey("here.house", models.CASCADE, related_name="guests")
        ),
        migrations.AddField(
            "guest", "place", models.ForeignKey("here.place", models.CASCADE, to_field="number")
        ),
        migrations.AddField("guest", "known", models.ManyToManyField("here.place", related_name="+")),
        migrations.AddField("guest", "nights", models.IntegerField(default=2)),
        migrations.AlterField("guest", "nights", models.BigIntegerField(null=True)),
        migrations.AddIndex("guest", models.Index(fields=["nights", "house"], name="nights")),
        migrations.AddConstraint(
            "guest", models.UniqueConstraint(fields=["house", "nights"], name="one_for_a_house")
        ),
        migrations.AddConstraint(
            "guest", models.CheckConstraint(condition=models.Q(nights__gt=0), name="some_nights")
        ),
        migrations.AlterField("place", "number", models.BigIntegerField(unique=True)),
        migrations.RemoveConstraint("guest", "some_nights"),
        migrations.RemoveIndex("guest", "nights"),
        migrations.AlterModelOptions("guest", {"verbose_name": "visitor"}),
        migrations.RenameField("guest", "nights", "stay"),
        migrations.RunSQL("SELECT 1"),
        migrations.RenameModel("Guest", "Visitor"),
        migrations.AddField("visitor", "paid", models.BooleanField(default=False)),
        migrations.RemoveField("visitor", "house"),
        migrations.DeleteModel("House"),
    )


def written(way: Callable[[Migration, Any, ProjectState], object], steps: list[Migration]) -> list[list[str]]:
    """The statements of each migration, comments aside."""
    state, out = ProjectState(), []
    for migration in steps:
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            way(migration, editor, state)
        out.append([line for line in editor.collected_sql if not line.startswith("--")])
    return out


def by_django(migration: Migration, editor: Any, state: ProjectState) -> None:
    if "apps" not in state.__dict__:
        _ = state.apps
    migration.apply(state, editor)


def test_every_kind_of_operation_writes_what_django_writes() -> None:
    steps: list[Migration] = [Everything("0001_start", "here")]
    ours = written(apply, steps)
    assert len(ours[0]) > 20
    assert ours == written(by_django, steps)


def test_our_own_early_history_writes_what_django_writes() -> None:
    graph = MigrationLoader(None).graph
    leaves = [leaf for leaf in graph.leaf_nodes() if leaf[0] in EARLY]
    keys = dict.fromkeys(key for leaf in leaves for key in graph.forwards_plan(leaf))
    steps = [graph.nodes[key] for key in keys]
    assert len(steps) >= len(EARLY)
    assert written(apply, steps) == written(by_django, steps)
