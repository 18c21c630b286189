"""Put a backup in place."""

import subprocess
import tempfile
from pathlib import Path

import psycopg

from songhe.core.refusal import Refused
from songhe.site.backups import erased, tools
from songhe.site.backups.manifest import DUMP, Manifest, fingerprints

# Default grants are not made here: the dump brings them after its tables, or every right that a migration took away
# would come back with them.
WIPE = """
SET client_min_messages = warning;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO songhe_app, songhe_backup;
"""


def restore(folder: Path, url: str, *, key_file: Path, force: bool, known: set[str]) -> Manifest:
    """Replace the database behind `url` (the owner's) with the backup in `folder`.

    `known` are the migrations of this program: a backup by a newer one is refused. A database with tables is replaced
    only with `force`, and whom it knows as erased is noted first. All in one transaction: a failure leaves what was there.
    """
    manifest = Manifest.read(folder)
    manifest.prove(folder)
    _prove_keys(manifest, key_file)
    if unknown := [each for each in manifest.migrations if each not in known]:
        raise Refused(
            "restore.newer",
            "The backup was made by a newer Songhe ({version}; it has {first}). Install that version first.",
            version=manifest.songhe,
            first=unknown[0],
        )
    if not force and (count := tables(url)):
        raise Refused(
            "restore.full",
            "The database has {count} tables. To replace everything in it: songhe restore --force {folder}",
            count=count,
            folder=str(folder),
        )
    erased.note(url, key_file)
    _replace(folder / DUMP, url)
    return manifest


def _prove_keys(manifest: Manifest, key_file: Path) -> None:
    if not key_file.exists():
        raise Refused(
            "restore.keys",
            "The key file {file} is not there. A backup never holds it: put your own copy there, mode 600.",
            file=str(key_file),
        )
    if missing := manifest.missing_keys(fingerprints(key_file)):
        raise Refused(
            "restore.other_keys",
            "The key file {file} is another installation's: it lacks the backup's key {first}.",
            file=str(key_file),
            first=missing[0].rpartition(":")[0],
        )


def tables(url: str) -> int:
    """Return how many tables the database behind `url` has."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchone()
    return int(row[0]) if row else 0


def _replace(dump: Path, url: str) -> None:
    """Let pg_restore write the statements and psql carry them out, after wiping, in a single transaction."""
    with tempfile.TemporaryDirectory() as scratch:
        wipe = Path(scratch, "wipe.sql")
        wipe.write_text(WIPE)
        reading = [tools.program(url, "pg_restore"), "--no-owner", "--file=-", str(dump)]
        carrying = [tools.program(url, "psql"), "--single-transaction", "--set=ON_ERROR_STOP=1", "--quiet"]
        carrying += ["--no-psqlrc", "--no-password", "--output=/dev/null", f"--file={wipe}", "--file=-"]
        surroundings = tools.environment(url)
        with subprocess.Popen(
            reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings
        ) as reader:
            done = subprocess.run(
                carrying, stdin=reader.stdout, capture_output=True, text=True, env=surroundings, check=False
            )
            words = reader.communicate()[1].decode(errors="replace")
        if reader.returncode or done.returncode:
            raise tools.failure("restore.failed", "pg_restore", words + done.stderr)
