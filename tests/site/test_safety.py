"""Every unsafe thing is planted once and must be found by name; a sound installation has none."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from songhe.engines.vault import keyring
from songhe.site.postgres import Temporary, temporary
from songhe.site.safety import database, in_database, in_settings, in_tables
from songhe.site.safety.database import safely

pytestmark = pytest.mark.long


def codes(faults: Iterator[Any]) -> set[str]:
    return {fault.code for fault in faults}


# Settings -----------------------------------------------------------------------------------------------------


def carrier(url: str, secret: str = "y" * 32) -> dict[str, str]:
    return {"url": url, "key": "us", "secret": secret}


@pytest.fixture
def sound(tmp_path: Path) -> SimpleNamespace:
    keyring.create(tmp_path / "keys.json")
    return SimpleNamespace(
        DEFAULT_SECRET="the one in the source",
        SECRET_KEY="x" * 50,
        KEY_FILE=tmp_path / "keys.json",
        DEBUG=False,
        DEMO=False,
        ALLOWED_HOSTS=["care.example.cn"],
        SESSION_COOKIE_SECURE=True,
        CSRF_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        CARRIERS={
            "sms": carrier("https://one.example.cn"),
            "sms-second": carrier("https://two.example.cn"),
            "voice": {"url": "", "key": "", "secret": ""},
        },
        ROBOT_GROUPS={"duty": "https://robots.example.cn/send?key=1"},
        PROXIES=["127.0.0.1"],
        TILES="https://tiles.example.cn:8443/{z}/{x}/{y}.png?key=1",
        CONSOLE=False,
    )


def test_sound_settings_have_no_fault(sound: SimpleNamespace) -> None:
    assert codes(in_settings(sound, public=True)) == set()


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        ({"SECRET_KEY": "the one in the source"}, "secret_default"),
        ({"SECRET_KEY": "django-insecure-" + "x" * 40}, "secret_default"),
        ({"SECRET_KEY": "short"}, "secret_short"),
        ({"KEY_FILE": None}, "key_file_unnamed"),
        ({"KEY_FILE": "/nowhere/keys.json"}, "key_file_missing"),
        ({"DEBUG": True}, "debug"),
        ({"ALLOWED_HOSTS": ["*"]}, "hosts_any"),
        ({"ALLOWED_HOSTS": ["localhost", "127.0.0.1"]}, "hosts_none"),
        ({"SESSION_COOKIE_SECURE": False}, "cookies_plain"),
        ({"CSRF_COOKIE_SECURE": False}, "cookies_plain"),
        ({"SESSION_COOKIE_HTTPONLY": False}, "cookies_scripted"),
        ({"PROXIES": []}, "proxies_unnamed"),
        ({"DEMO": True}, "demo_open"),
        ({"CONSOLE": True}, "carrier_screen"),
        ({"CARRIERS": {"sms": carrier("https://one.example.cn", "")}}, "carrier_half"),
        ({"CARRIERS": {"sms": carrier("")}}, "carrier_half"),
        ({"CARRIERS": {"sms": carrier("https://one.example.cn", "short")}}, "carrier_secret_short"),
        ({"CARRIERS": {"voice-second": carrier("https://one.example.cn")}}, "carrier_first_missing"),
        (
            {"CARRIERS": {"sms": carrier("https://one.cn"), "sms-second": carrier("https://one.cn")}},
            "carrier_twice",
        ),
        ({"CARRIERS": {"sms": carrier("one.example.cn")}}, "carrier_address"),
        ({"CARRIERS": {"sms": carrier("http://one.example.cn")}}, "carrier_plain"),
        ({"TILES": "http://tiles.example.cn/{z}/{x}/{y}.png"}, "tiles_address"),
        ({"TILES": "https://tiles.example.cn; script-src */{z}/{x}/{y}.png"}, "tiles_address"),
        ({"TILES": "https://{z}.example.cn/{x}/{y}.png"}, "tiles_address"),
        ({"TILES": "https://tiles.example.cn/{z}/{y}.png"}, "tiles_places"),
        ({"ROBOT_GROUPS": {"duty": "http://robots.example.cn"}}, "carrier_plain"),
    ],
)
def test_a_planted_setting_is_found_by_name(
    sound: SimpleNamespace, planted: dict[str, Any], code: str
) -> None:
    vars(sound).update(planted)
    assert codes(in_settings(sound, public=True)) == {code}


def test_a_key_file_that_others_may_read_is_found(sound: SimpleNamespace) -> None:
    sound.KEY_FILE.chmod(0o640)
    assert codes(in_settings(sound, public=True)) == {"key_file_open"}


def test_on_this_machine_only_plain_cookies_are_no_fault(sound: SimpleNamespace) -> None:
    vars(sound).update(SESSION_COOKIE_SECURE=False, ALLOWED_HOSTS=["localhost"], DEMO=True)
    assert codes(in_settings(sound, public=False)) == set()


# Server and role ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Temporary]:
    with temporary(fsync=True) as found:
        with psycopg.connect(found.dsn("songhe_owner"), autocommit=True) as owner:
            owner.execute("CREATE TABLE something (id int)")
        yield found


def seen(server: Temporary, *, role: str = "songhe_app", name: str = "songhe") -> set[str]:
    with psycopg.connect(server.dsn(role, name), autocommit=True) as connection:
        return codes(in_database(connection))


def test_a_sound_server_has_no_fault(server: Temporary) -> None:
    assert seen(server) == set()


@pytest.mark.parametrize(
    ("role", "code"),
    [("songhe_owner", "role_owner"), ("songhe_backup", "role_bypasses"), ("postgres", "role_super")],
)
def test_connecting_as_the_wrong_role_is_found(server: Temporary, role: str, code: str) -> None:
    assert seen(server, role=role) == {code}


@pytest.mark.parametrize(
    ("plant", "mend", "code"),
    [
        ("ALTER ROLE songhe_app CREATEDB", "ALTER ROLE songhe_app NOCREATEDB", "role_creates"),
        ("GRANT songhe_owner TO songhe_app", "REVOKE songhe_owner FROM songhe_app", "role_member"),
        ("ALTER ROLE songhe_app BYPASSRLS", "ALTER ROLE songhe_app NOBYPASSRLS", "role_bypasses"),
        ("ALTER ROLE songhe_app SUPERUSER", "ALTER ROLE songhe_app NOSUPERUSER", "role_super"),
        (
            "ALTER ROLE songhe_app SET synchronous_commit = off",
            "ALTER ROLE songhe_app RESET synchronous_commit",
            "synchronous_commit_off",
        ),
        (
            "ALTER ROLE songhe_app SET log_statement = 'mod'",
            "ALTER ROLE songhe_app RESET log_statement",
            "log_statement_on",
        ),
    ],
)
def test_a_role_with_too_much_is_found(server: Temporary, plant: str, mend: str, code: str) -> None:
    with server.superuser() as connection:
        connection.execute(plant)
        try:
            assert seen(server) == {code}
        finally:
            connection.execute(mend)


def test_a_database_of_another_locale_is_found(server: Temporary) -> None:
    with server.superuser() as connection:
        connection.execute(
            "CREATE DATABASE odd OWNER songhe_owner TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'"
        )
    assert seen(server, name="odd") == {"locale_wrong"}


def test_a_server_older_than_supported_is_found(server: Temporary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", 990000)
    assert seen(server) == {"version_old"}


def test_a_server_that_does_not_answer_is_one_fault(tmp_path: Path) -> None:
    assert codes(safely(lambda: psycopg.connect(host=str(tmp_path), dbname="songhe", user="x"))) == {
        "database_unreachable"
    }


@dataclasses.dataclass
class Careless:
    """A server whose administrator switched safety off."""

    settings: tuple[str, ...]
    code: str


@pytest.mark.parametrize(
    "case",
    [
        Careless(("fsync = off",), "fsync_off"),
        Careless(("full_page_writes = off",), "full_page_writes_off"),
        Careless(("synchronous_commit = off",), "synchronous_commit_off"),
        Careless(("log_statement = 'all'",), "log_statement_on"),
    ],
    ids=lambda case: case.code,
)
def test_safety_switched_off_in_the_administrators_file_is_found(server: Temporary, case: Careless) -> None:
    local = server.data / "local.conf"
    local.write_text("\n".join(case.settings) + "\n")
    server.account.own(server.data)
    server.stop()
    server.ensure()
    try:
        assert seen(server) == {case.code}
    finally:
        local.unlink()
        server.stop()
        server.ensure()


def test_checksums_off_and_an_unencrypted_way_are_found() -> None:
    with temporary(fsync=True) as server:
        server.stop()
        done = server.account.run(
            [server.binaries.program("pg_checksums"), "--disable", "-D", server.data], cwd=server.data
        )
        assert done.returncode == 0, done.stdout
        (server.data / "local.conf").write_text("listen_addresses = '127.0.0.2'\nport = 47654\n")
        with (server.data / "pg_hba.conf").open("a") as file:
            file.write("host all all 127.0.0.0/8 scram-sha-256\n")
        server.account.own(server.data)
        server.ensure()
        url = server.dsn().partition("?")[0] + "?host=127.0.0.2&port=47654"
        with psycopg.connect(url) as connection:
            assert codes(in_database(connection)) == {"data_checksums_off", "connection_plain"}


# Tables -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tables(
    cluster: Temporary, django_db_setup: None, django_db_blocker: Any
) -> Iterator[psycopg.Connection[Any]]:
    url = cluster.dsn("songhe_owner", "songhe_test")
    with django_db_blocker.unblock(), psycopg.connect(url, autocommit=True) as owner:
        yield owner


def test_the_tables_as_migrated_have_no_fault(tables: psycopg.Connection[Any]) -> None:
    assert [str(fault) for fault in in_tables()] == []


@pytest.mark.parametrize(
    ("plant", "mend", "code"),
    [
        (
            "ALTER TABLE access_tie DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE access_tie ENABLE ROW LEVEL SECURITY",
            "security_missing",
        ),
        (
            "ALTER TABLE registry_persontoken DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE registry_persontoken ENABLE ROW LEVEL SECURITY",
            "security_missing",
        ),
        (
            "ALTER TABLE acts_act DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE acts_act ENABLE ROW LEVEL SECURITY",
            "security_missing",
        ),
        (
            "ALTER TABLE access_tie NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE access_tie FORCE ROW LEVEL SECURITY",
            "security_unforced",
        ),
        (
            "GRANT UPDATE ON acts_act TO songhe_app",
            "REVOKE UPDATE ON acts_act FROM songhe_app",
            "acts_changeable",
        ),
        (
            "UPDATE django_migrations SET name = '0000_gone' WHERE app = 'live'",
            "UPDATE django_migrations SET name = '0001_start' WHERE app = 'live'",
            "unmigrated",
        ),
    ],
)
def test_a_planted_table_fault_is_found(
    tables: psycopg.Connection[Any], plant: str, mend: str, code: str
) -> None:
    before = {str(fault) for fault in in_tables()}
    tables.execute(plant)  # type: ignore[call-overload]
    try:
        assert code in codes(fault for fault in in_tables() if str(fault) not in before)
    finally:
        tables.execute(mend)  # type: ignore[call-overload]
