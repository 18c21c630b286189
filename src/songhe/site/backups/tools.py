"""Call PostgreSQL's own dump programs with a connection URL, its password kept off the command line."""

import os
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from songhe.core.refusal import Refused
from songhe.site.postgres import for_server


def surroundings(url: str) -> dict[str, str]:
    """Return the PG* variables that say what `url` says."""
    parts = urlsplit(url)
    options = {"host": parts.hostname or "", "port": str(parts.port or "")} | dict(parts_of(parts.query))
    names = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    found = {names[key]: value for key, value in options.items() if key in names and value}
    found["PGUSER"] = unquote(parts.username or "")
    found["PGPASSWORD"] = unquote(parts.password or "")
    found["PGDATABASE"] = unquote(parts.path.lstrip("/"))
    return found


def parts_of(query: str) -> list[tuple[str, str]]:
    """Return a URL's query as pairs."""
    return parse_qsl(query)


def environment(url: str) -> dict[str, str]:
    """Return the environment for a program that talks to `url`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | surroundings(url) | {"LC_ALL": "C"}


def program(url: str, name: str) -> str:
    """Return the path of a client program that fits the server behind `url`."""
    return str(for_server(server_major(url)).program(name))


def server_major(url: str) -> int:
    """Return the major version of the server behind `url`."""
    with psycopg.connect(url) as connection:
        return connection.info.server_version // 10000


def run(command: list[str], url: str, *, code: str, cwd: Path) -> None:
    """Run one program to its end; refuse with its last words when it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=environment(url), check=False, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        raise failure(code, command[0], done.stderr)


def failure(code: str, command: str, words: str) -> Refused:
    """Return the refusal for a program that failed."""
    return Refused(
        code,
        "{program} failed: {why} Nothing was changed.",
        program=Path(command).name,
        why=words.strip()[-600:] or "-",
    )
