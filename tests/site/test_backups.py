"""The drill: what was backed up comes back to the row; what is damaged, foreign or in the way is refused."""

import base64
import contextlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from songhe.core.refusal import Refused
from songhe.engines.vault import keyring
from songhe.site.backups import Manifest, restore, save
from songhe.site.backups.manifest import DUMP, digest
from songhe.site.postgres import Cluster, Temporary, distribution, temporary, wheel

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TABLES = """
CREATE TABLE django_migrations (id int GENERATED ALWAYS AS IDENTITY, app text, name text);
INSERT INTO django_migrations (app, name) VALUES ('registry', '0001_start');
CREATE TABLE person (id int PRIMARY KEY, name text, region_id bigint);
INSERT INTO person SELECT n, '张' || n, 371000000000 + n FROM generate_series(1, 2000) n;
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY scope ON person USING (region_id < nullif(current_setting('songhe.high', true), '')::bigint);
CREATE TABLE act (id int); REVOKE UPDATE, DELETE ON act FROM songhe_app;
"""
CONTENT = "SELECT count(*), md5(string_agg(id || name || region_id, ',' ORDER BY id)) FROM person"
KNOWN = {"registry.0001_start", "registry.0002_more"}


@pytest.fixture(
    scope="module",
    params=[each for each in (wheel(), *distribution()) if each],
    ids=lambda each: f"{each.major}",
)
def running(request: pytest.FixtureRequest) -> Iterator[Temporary]:
    with temporary(binaries=request.param) as found:
        found.create_database("pattern")
        with psycopg.connect(found.dsn("songhe_owner", "pattern"), autocommit=True) as owner:
            owner.execute(TABLES)
        yield found


@pytest.fixture
def server(running: Temporary) -> Temporary:
    """The server with a database `songhe` full of rows, and none called `fresh`."""
    running.drop_database("fresh")
    running.drop_database("songhe")
    running.create_database("songhe", template="pattern")
    return running


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    keyring.create(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def content(server: Temporary, name: str = "songhe") -> object:
    with psycopg.connect(server.dsn("songhe_backup", name)) as connection:
        return connection.execute(CONTENT).fetchone()


def back(
    server: Temporary, folder: Path, keys: Path, *, name: str = "fresh", force: bool = False
) -> Manifest:
    server.create_database(name)
    return restore(folder, server.dsn("songhe_owner", name), key_file=keys, force=force, known=KNOWN)


def test_a_restored_database_equals_the_one_backed_up(server: Temporary, keys: Path, tmp_path: Path) -> None:
    folder = save(server.dsn("songhe_backup"), into=tmp_path / "backups", key_file=keys, at=AT)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    manifest = back(server, folder, keys)
    assert manifest.migrations == ["registry.0001_start"]
    assert content(server, "fresh") == content(server)
    with psycopg.connect(server.dsn("songhe_app", "fresh"), autocommit=True) as app:
        assert app.execute("SELECT count(*) FROM person").fetchone() == (0,), "row-level security came along"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM act")
        app.execute("INSERT INTO act VALUES (1)")
    with psycopg.connect(server.dsn("songhe_owner", "fresh"), autocommit=True) as owner:
        owner.execute("CREATE TABLE later (id int)")
    with psycopg.connect(server.dsn("songhe_app", "fresh"), autocommit=True) as app:
        app.execute("INSERT INTO later VALUES (1)")


def test_no_key_lies_in_the_backup(server: Temporary, keys: Path, tmp_path: Path) -> None:
    folder = save(server.dsn("songhe_backup"), into=tmp_path / "backups", key_file=keys, at=AT)
    written = b"".join(file.read_bytes() for file in folder.iterdir())
    rings = json.loads(keys.read_text())
    secrets = [secret for ring in ("seal", "search") for secret in rings[ring]["keys"].values()]
    assert len(secrets) == 2
    assert [
        secret for secret in secrets if secret.encode() in written or base64.b64decode(secret) in written
    ] == []


def test_a_changed_byte_is_refused_and_changes_nothing(server: Temporary, keys: Path, tmp_path: Path) -> None:
    folder = save(server.dsn("songhe_backup"), into=tmp_path / "backups", key_file=keys, at=AT)
    dump = bytearray((folder / DUMP).read_bytes())
    dump[len(dump) // 2] ^= 1
    (folder / DUMP).write_bytes(dump)
    before = content(server)
    with pytest.raises(Refused, match="damaged") as refusal:
        back(server, folder, keys, name="songhe", force=True)
    assert refusal.value.code == "backup.digest"
    assert content(server) == before


def test_without_the_right_keys_it_is_refused(server: Temporary, keys: Path, tmp_path: Path) -> None:
    folder = save(server.dsn("songhe_backup"), into=tmp_path / "backups", key_file=keys, at=AT)
    with pytest.raises(Refused, match="not there"):
        back(server, folder, tmp_path / "gone.json")
    keyring.create(tmp_path / "other.json")
    with pytest.raises(Refused, match="another installation"):
        back(server, folder, tmp_path / "other.json")
    keyring.add_keys(keys)
    back(server, folder, keys)
    assert content(server, "fresh") == content(server), "rotated keys still hold the backup's"


def test_tables_in_the_way_need_force(server: Temporary, keys: Path, tmp_path: Path) -> None:
    folder = save(server.dsn("songhe_backup"), into=tmp_path / "backups", key_file=keys, at=AT)
    expected = content(server)
    with psycopg.connect(server.dsn("songhe_owner"), autocommit=True) as owner:
        owner.execute("ALTER TABLE person NO FORCE ROW LEVEL SECURITY")
        owner.execute("DELETE FROM person WHERE id > 10")
        owner.execute("CREATE TABLE newer (id int)")
    with pytest.raises(Refused, match="--force"):
        back(server, folder, keys, name="songhe")
    back(server, folder, keys, name="songhe", force=True)
    assert content(server) == expected
    with psycopg.connect(server.dsn("songhe_owner")) as owner:
        assert owner.execute("SELECT to_regclass('newer')").fetchone() == (None,)


def test_a_restore_that_fails_half_way_leaves_what_was_there(
    server: Temporary, keys: Path, tmp_path: Path
) -> None:
    folder = save(server.dsn("songhe_backup"), into=tmp_path / "backups", key_file=keys, at=AT)
    whole = (folder / DUMP).read_bytes()
    (folder / DUMP).write_bytes(whole[: len(whole) * 2 // 3])
    manifest = Manifest.read(folder)
    manifest.files[DUMP] = digest(folder / DUMP)  # a short dump that its manifest believes in
    manifest.write(folder)
    before = content(server)
    with pytest.raises(Refused, match="Nothing was changed"):
        back(server, folder, keys, name="songhe", force=True)
    assert content(server) == before


def test_a_backup_of_a_newer_version_is_refused(server: Temporary, keys: Path, tmp_path: Path) -> None:
    with psycopg.connect(server.dsn("songhe_owner"), autocommit=True) as owner:
        owner.execute("INSERT INTO django_migrations (app, name) VALUES ('registry', '0009_future')")
    folder = save(server.dsn("songhe_backup"), into=tmp_path / "backups", key_file=keys, at=AT)
    with pytest.raises(Refused, match="newer Songhe"):
        back(server, folder, keys)


def test_a_folder_without_a_manifest_is_no_backup(server: Temporary, keys: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a whole backup"):
        back(server, tmp_path, keys)


# The commands, end to end -------------------------------------------------------------------------------------


def songhe(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SONGHE", "DATABASE"))}
    return subprocess.run(
        [sys.executable, "-m", "songhe.site.cli", *words],
        env=kept | {"SONGHE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@contextlib.contextmanager
def kept_running(home: Path) -> Iterator[None]:
    """The home's server, up between one command and the next."""
    cluster = Cluster(home / "postgres")
    cluster.ensure()
    try:
        yield
    finally:
        cluster.release()


def done(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.long
def test_upgrade_from_an_earlier_state_and_restore_into_a_new_home() -> None:
    """Migrate, go back one migration, upgrade (which backs up first), then restore that backup elsewhere."""
    with tempfile.TemporaryDirectory(prefix="songhe-home-") as scratch, contextlib.ExitStack() as stack:
        root = Path(scratch)
        root.chmod(0o711)
        home, other = root / "one", root / "two"
        stack.enter_context(kept_running(home))
        done(songhe(home, "migrate"))
        assert "The log of acts is whole" in done(songhe(home, "acts", "verify"))
        done(songhe(home, "shell", "-c", STEP_BACK))
        behind = songhe(home, "check", "--local")
        assert behind.returncode == 1
        assert "unmigrated" in behind.stdout
        upgraded = done(songhe(home, "upgrade"))
        assert "Upgraded." in upgraded
        backup = next(
            Path(line.removeprefix("Backup: ")) for line in upgraded.splitlines() if line.startswith("Backup")
        )
        assert len(Manifest.read(backup).migrations) > 0

        refused = songhe(other, "restore", str(backup))
        assert refused.returncode == 2
        assert "key file" in refused.stderr
        stack.enter_context(kept_running(other))
        shutil.copy(home / "keys.json", other / "keys.json")
        assert "songhe upgrade" in done(songhe(other, "restore", str(backup)))
        done(songhe(other, "upgrade"))


@pytest.mark.long
def test_a_person_who_was_erased_does_not_come_back_with_the_backup() -> None:
    with tempfile.TemporaryDirectory(prefix="songhe-home-") as scratch:
        home = Path(scratch) / "one"
        Path(scratch).chmod(0o711)
        with kept_running(home):
            done(songhe(home, "migrate"))
            done(songhe(home, "city", "371000"))
            person = done(songhe(home, "shell", "-c", REGISTER)).split()[-1]
            backup = done(songhe(home, "backup")).split()[-1]
            done(songhe(home, "shell", "-c", ERASE))
            assert (home / "erased.ids").read_text().split() == [person]
            (home / "erased.ids").unlink()  # the database that is replaced knows it as well
            told = done(songhe(home, "restore", "--force", backup))
            assert "1 persons who were erased after the backup are erased again" in told
            assert done(songhe(home, "shell", "-c", TELL)).split()[-3:] == ["erased", "—", "0"]
            assert "The log of acts is whole" in done(songhe(home, "acts", "verify"))


INSIDE = """
from django.utils import timezone
from songhe.areas.registry.actions import erasing
from songhe.areas.registry.api import Person, register
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.regions.models import Region
from songhe.engines.vault.models import DataKey
at = timezone.now()
with entered(Scope.EVERYTHING):
"""
REGISTER = (
    INSIDE
    + """
    home = Region.objects.filter(level=5).first()
    print(register(actor=SYSTEM, at=at, name="鄢雪柏", region=home, phone="13800008888").pk)
"""
)
ERASE = (
    INSIDE
    + """
    erasing.erase(Person.everywhere.get(), actor=SYSTEM, at=at, reason="本人要求")
"""
)
TELL = (
    INSIDE
    + """
    row = Person.everywhere.get()
    print(row.state, row.name, DataKey.objects.filter(owner_id=row.pk).count())
"""
)
STEP_BACK = """
import os
os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
from django.conf import settings
from songhe.site.env import database
from django.db import connection
connection.close()
connection.settings_dict.update(database(os.environ["DATABASE_OWNER_URL"]))
from django.core.management import call_command
call_command("migrate", "sessions", "zero", verbosity=0)
"""
