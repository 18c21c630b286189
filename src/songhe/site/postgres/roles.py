"""The three roles, their passwords and what each may do in a database.

`songhe_owner` runs migrations and owns the tables. `songhe_app` is what the application connects as: it owns nothing
and cannot bypass row-level security. `songhe_backup` reads everything and writes nothing.
"""

import json
import os
import secrets
from pathlib import Path

import psycopg
from psycopg import sql

OWNER, APP, BACKUP, SUPERUSER = "songhe_owner", "songhe_app", "songhe_backup", "postgres"
ROLES = (OWNER, APP, BACKUP, SUPERUSER)

ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    BACKUP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS",
}

DEFAULTS = """
ALTER DEFAULT PRIVILEGES FOR ROLE songhe_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO songhe_app;
ALTER DEFAULT PRIVILEGES FOR ROLE songhe_owner IN SCHEMA public
  GRANT SELECT, USAGE ON SEQUENCES TO songhe_app;
ALTER DEFAULT PRIVILEGES FOR ROLE songhe_owner IN SCHEMA public
  GRANT SELECT ON TABLES TO songhe_backup;
GRANT USAGE ON SCHEMA public TO songhe_app, songhe_backup;
"""

COLLATION_CHECK = """
SELECT pg_encoding_to_char(encoding) = 'UTF8'
   AND upper('é') = 'É'
   AND (datcollate IN ('C', 'C.UTF-8', 'C.utf8', 'POSIX'))
  FROM pg_database WHERE datname = current_database()
"""


def passwords(file: Path) -> dict[str, str]:
    """Return the password of each role, made at the first call and kept in `file` (mode 0600)."""
    try:
        kept: dict[str, str] = json.loads(file.read_text())
    except FileNotFoundError:
        kept = {}
    if missing := [role for role in ROLES if role not in kept]:
        kept |= {role: secrets.token_urlsafe(24) for role in missing}
        fresh = file.with_name(file.name + ".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(kept, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    return kept


def make_roles(connection: psycopg.Connection, kept: dict[str, str]) -> None:
    """Create the three roles, or bring existing ones back to their attributes and passwords."""
    present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role, attributes in ATTRIBUTES.items():
        verb = "ALTER" if role in present else "CREATE"
        connection.execute(
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes), sql.Literal(kept[role])
            )
        )
    connection.execute("GRANT pg_read_all_data TO songhe_backup")
    connection.execute("ALTER ROLE songhe_backup SET default_transaction_read_only = on")


def make_database(connection: psycopg.Connection, name: str, *, template: str | None = None) -> bool:
    """Create the database `name`, owned by the migration role; say whether it was new.

    `connection` is the superuser's, in autocommit. A copy of a template brings the template's grants along.
    """
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return False
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER songhe_owner TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
    )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO songhe_app").format(sql.Identifier(name))
    )
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO songhe_backup").format(sql.Identifier(name)))
    return True
