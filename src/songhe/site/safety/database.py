"""Faults of the database server and of the role the application connects as."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from songhe.site.postgres.roles import COLLATION_CHECK
from songhe.site.safety.fault import Fault

OLDEST = 150000
MUST_BE_ON = {
    "fsync": "A power cut can destroy the whole database.",
    "full_page_writes": "A power cut can leave half-written pages.",
    "data_checksums": "A failing disk changes data unnoticed.",
}
DURABLE = ("on", "local", "remote_write", "remote_apply")

OWNED = """
SELECT count(*) FROM pg_class
 WHERE relowner = current_user::regrole AND relkind IN ('r', 'p', 'v', 'S') AND relnamespace = 'public'::regnamespace
"""
MEMBER_OF = """
SELECT r.rolname FROM pg_roles r
 WHERE r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER')
   AND (r.rolsuper OR r.rolbypassrls OR r.oid IN (
        SELECT relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')))
"""


def in_database(connection: psycopg.Connection[Any]) -> Iterator[Fault]:
    """Yield the faults seen through `connection`, which must be the application's own."""
    yield from _server(connection)
    yield from _role(connection)
    yield from _way_there(connection)


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _server(connection: psycopg.Connection[Any]) -> Iterator[Fault]:
    if connection.info.server_version < OLDEST:
        yield Fault(
            "version_old", "The server is older than PostgreSQL 15.", "Move to PostgreSQL 15 or newer."
        )
    for name, danger in MUST_BE_ON.items():
        if _value(connection, f"SHOW {name}") != "on":
            remedy = (
                "pg_checksums --enable (server stopped)" if name == "data_checksums" else f"Set {name} = on."
            )
            yield Fault(f"{name}_off", danger, remedy)
    if (found := _value(connection, "SHOW synchronous_commit")) not in DURABLE:
        yield Fault(
            "synchronous_commit_off",
            f"What was acknowledged can be lost (synchronous_commit = {found}).",
            "Set synchronous_commit = on.",
        )
    if not _value(connection, COLLATION_CHECK):
        yield Fault(
            "locale_wrong",
            "The database is not UTF8 with the locale C.UTF-8; Chinese names would sort and match wrongly.",
            "CREATE DATABASE songhe TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8', then restore a backup.",
        )
    if _value(connection, "SHOW log_statement") in ("all", "mod"):
        yield Fault(
            "log_statement_on",
            "The server writes statements, and with them personal data, into its log.",
            "Set log_statement = none.",
        )


def _role(connection: psycopg.Connection[Any]) -> Iterator[Fault]:
    row = connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb OR rolcreaterole OR rolreplication "
        "FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    is_super, bypasses, creates = row or (True, True, True)
    remedy = "Connect as songhe_app (DATABASE_URL) and migrate as songhe_owner (DATABASE_OWNER_URL)."
    tests: list[tuple[str, bool, str]] = [
        ("role_super", is_super, "The application connects as a superuser, to whom no row is closed."),
        ("role_bypasses", bypasses and not is_super, "The application's role bypasses row-level security."),
        (
            "role_creates",
            creates and not is_super,
            "The application's role may create databases, roles or replicas.",
        ),
        (
            "role_owner",
            bool(_value(connection, OWNED)) and not is_super,
            "The application's role owns tables, so it can lift their protection.",
        ),
        (
            "role_member",
            bool(_value(connection, MEMBER_OF)) and not is_super,
            "The application's role is a member of one that owns tables or bypasses row-level security.",
        ),
    ]
    for code, wrong, what in tests:
        if wrong:
            yield Fault(code, what, remedy)


def _way_there(connection: psycopg.Connection[Any]) -> Iterator[Fault]:
    info = connection.info
    near = info.host.startswith("/") or info.host in ("", "localhost", "127.0.0.1", "::1")
    if not near and not info.pgconn.ssl_in_use:
        yield Fault(
            "connection_plain",
            f"Data travels to {info.host} without encryption.",
            "Add ?sslmode=verify-full to DATABASE_URL.",
        )


def safely(connect: Callable[[], psycopg.Connection[Any]]) -> Iterator[Fault]:
    """Yield the faults of the database, or the one fault that it cannot be reached."""
    try:
        connection = connect()
    except psycopg.OperationalError as error:
        yield Fault(
            "database_unreachable",
            f"The database does not answer: {str(error).strip()}",
            "Check DATABASE_URL, or unset it to use Songhe's own server.",
        )
        return
    with connection:
        yield from in_database(connection)
