"""Migrating with only as much of the models' past drawn as one operation looks at.

Django draws every model again that is related to a changed one, and every table here has its region: a fresh database
spent four fifths of its time on classes nobody asked for. The operations named below look at one model and at the
keys it points to. All others get the whole picture, as Django would give it. The statements are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, CreateModel, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.models import RemoveConstraint, RemoveIndex
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.migrations.utils import resolve_relation

Key = tuple[str, str]
NARROW = (CreateModel, AddField, AlterField, AddIndex, RemoveIndex, AddConstraint, RemoveConstraint)
OF_OTHERS = ("indexes", "constraints", "unique_together", "order_with_respect_to")


def migrate(using: str = DEFAULT_DB_ALIAS, *, told: Callable[[str], object] = lambda name: None) -> int:
    """Bring a database to the last migration of every app; how many were made. ``told`` hears each one's name."""
    connection = connections[using]
    connection.prepare_database()
    executor: Any = MigrationExecutor(connection)  # the stubs know an older one
    loader = executor.loader
    loader.check_consistent_history(connection)
    if conflicts := loader.detect_conflicts():
        raise ValueError(f"two last migrations in one app: {conflicts}")
    executor.recorder.ensure_schema()
    state, made = ProjectState(real_apps=loader.unmigrated_apps), 0
    for migration, _backwards in executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True):
        if (migration.app_label, migration.name) in loader.applied_migrations:
            migration.mutate_state(state, preserve=False)
            continue
        told(str(migration))
        with connection.schema_editor(atomic=migration.atomic) as editor:
            apply(migration, editor, state)
            while editor.deferred_sql:
                editor.execute(editor.deferred_sql.pop(0))
            executor.record_migration(migration)
        made += 1
    executor.check_replacements()
    return made


def apply(migration: Migration, editor: Any, state: ProjectState) -> None:
    """Make one migration, and bring the state there too."""
    drawn = None
    for operation in migration.operations:
        drawn = _apply(operation, migration.app_label, editor, state, drawn)


@dataclass(frozen=True, slots=True)
class Part:
    """What an operation asks of a state: the models as data, and one of them as a class."""

    key: Key
    models: dict[Key, ModelState]
    apps: Apps


def _apply(operation: Any, label: str, editor: Any, state: ProjectState, drawn: Part | None) -> Part | None:
    """Make one operation. ``drawn`` and what comes back: the part that shows the state before and after."""
    if isinstance(operation, RunSQL) and not operation.state_operations:
        operation.database_forwards(label, editor, state, state)
        return drawn
    if not _is_narrow(operation, label, state):
        before = state.clone()
        operation.state_forwards(label, state)
        operation.database_forwards(label, editor, before, state)
        state.__dict__.pop("apps", None)
        return None
    key = (label, operation.name_lower if isinstance(operation, CreateModel) else operation.model_name_lower)
    seen = drawn if drawn and drawn.key == key else part(state, key)
    operation.state_forwards(label, state)
    after = part(state, key)
    operation.database_forwards(label, editor, seen, after)
    return after


def _is_narrow(operation: Any, label: str, state: ProjectState) -> bool:
    """Whether an operation concerns one table alone. A key that others may point to concerns them as well."""
    if not isinstance(operation, NARROW):
        return False
    if not isinstance(operation, AlterField):
        return True
    before = state.models[label, operation.model_name_lower].fields[operation.name]
    return not any(f.primary_key or f.unique or f.many_to_many for f in (before, operation.field))


def part(state: ProjectState, key: Key) -> Part:
    """One model as a class, among those whose keys it holds; nothing where the model is not there yet."""
    found = {key: state.models[key].clone()} if key in state.models else {}
    waiting = list(found.items())
    while waiting:
        here, model = waiting.pop()
        for other in _pointed_at(model, here):
            if other not in found:
                found[other] = _keys_of(state.models[other])
                waiting.append((other, found[other]))
    return Part(key, state.models | ({key: found[key]} if found else {}), StateApps([], found))


def _pointed_at(model: ModelState, key: Key) -> Iterator[Key]:
    for base in model.bases:
        if isinstance(base, str):
            yield resolve_relation(base, *key)
    for field in model.fields.values():
        if points := field.remote_field:
            yield resolve_relation(points.model, *key)
            if through := getattr(points, "through", None):
                yield resolve_relation(through, *key)


def _keys_of(model: ModelState) -> ModelState:
    """A model with the keys by which others know it."""
    composite = any(field.primary_key and hasattr(field, "field_names") for field in model.fields.values())
    fields = {
        name: field for name, field in model.fields.items() if composite or field.primary_key or field.unique
    }
    options = {name: value for name, value in model.options.items() if name not in OF_OTHERS}
    return ModelState(model.app_label, model.name, fields, options, model.bases, model.managers)
