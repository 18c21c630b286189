"""Faults of the tables: row-level security that is missing, acts that can be changed, migrations not made."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from songhe.site.safety.fault import Fault

SECURITY = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
CHANGEABLE = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s)
   AND (has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
        OR has_table_privilege(c.oid, 'TRUNCATE'))
"""
ACTS = "acts_act"
APPEND_ONLY = [ACTS, "acts_seal"]


def in_tables(using: str = DEFAULT_DB_ALIAS) -> Iterator[Fault]:
    """Yield the faults of the tables reached through the connection `using`."""
    if waiting := unmigrated(using):
        yield Fault(
            "unmigrated", f"{len(waiting)} migrations are not made ({waiting[0]} first).", "songhe upgrade"
        )
        return
    with connections[using].cursor() as cursor:
        cursor.execute(SECURITY)
        found = {name: (enabled, forced, ruled) for name, enabled, forced, ruled in cursor.fetchall()}
        cursor.execute(CHANGEABLE, [APPEND_ONLY])
        changeable = [name for (name,) in cursor.fetchall()]
    for table in scoped_tables():
        yield from _table(table, *found.get(table, (False, False, False)))
    # The log's own functions seal and verify it in the owner's name, whom its policies therefore do not bind.
    enabled, _forced, ruled = found.get(ACTS, (False, False, False))
    yield from _table(ACTS, enabled, True, ruled)
    for table in changeable:
        yield Fault(
            "acts_changeable",
            f"The application's role can change or delete rows of {table}.",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM songhe_app",
        )


def _table(table: str, enabled: bool, forced: bool, ruled: bool) -> Iterator[Fault]:
    if not (enabled and ruled):
        yield Fault(
            "security_missing",
            f"The table {table} has a scope, but no row-level security.",
            "Add secure(...) to its migration and run songhe upgrade.",
        )
    elif not forced:
        yield Fault(
            "security_unforced",
            f"Row-level security of {table} does not bind its owner.",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        )


def scoped_tables() -> list[str]:
    """Return the tables of every model that declares a scope, whatever it is made from."""
    models: list[Any] = [model for model in apps.get_models() if hasattr(model, "scope_by")]
    return sorted(model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy)


def unmigrated(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the migrations that the code has and the database has not, in order."""
    executor = MigrationExecutor(connections[using])
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
