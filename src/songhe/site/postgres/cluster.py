"""One PostgreSQL server on one data folder: made once, started when needed, stopped by the last who uses it."""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

from songhe.core.refusal import Refused
from songhe.site.postgres import processes, roles, tuning
from songhe.site.postgres.account import Account, environment, fitting
from songhe.site.postgres.binaries import Binaries, find, reachable
from songhe.site.postgres.folders import make, socket_folder

PORT = 7654  # names the socket file; nothing listens on this port of the network
DISK_FLOOR = 300 * tuning.MEGABYTE
START_SECONDS = 60
DETACH = '"$0" -D "$1" >&2 & echo $!'  # the server outlives us where others use it, so it is nobody's child


class Cluster:
    """The server whose data, passwords, socket and log live under `folder`."""

    database = "songhe"

    def __init__(
        self, folder: Path, *, binaries: Binaries | None = None, account: Account | None = None
    ) -> None:
        self.folder = Path(folder).absolute()
        self.data = self.folder / "data"
        self.account = account or fitting()
        self._binaries = binaries
        self._use: int | None = None

    # What it is -----------------------------------------------------------------------------------------------

    @property
    def major(self) -> int | None:
        """The major version that wrote the data, or None for a new folder."""
        with contextlib.suppress(FileNotFoundError):
            return int((self.data / "PG_VERSION").read_text())
        return None

    @property
    def binaries(self) -> Binaries:
        """The programs this server is run by, somewhere its account may run them."""
        if self._binaries is None or self._binaries.major != (self.major or self._binaries.major):
            self._binaries = find(self.major)
        self._binaries = reachable(self._binaries, self.account)
        return self._binaries

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return processes.postmaster(self.data) is not None

    def address(self) -> tuple[str, int]:
        """Return host and port as libpq takes them: a socket folder, or 127.0.0.1 where sockets are impossible."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().split("\n")
            return lines[4] or "127.0.0.1", int(lines[3])
        return str(self._sockets()), PORT

    def url(self, role: str = roles.APP, database: str | None = None) -> str:
        """Return the connection URL of `role` for `database`."""
        host, port = self.address()
        word = roles.passwords(self.folder / "passwords.json")[role]
        query = urlencode({"host": host, "port": port}, quote_via=quote)
        return (
            f"postgresql://{role}:{quote(word, safe='')}@/{quote(database or self.database, safe='')}?{query}"
        )

    # Life -----------------------------------------------------------------------------------------------------

    def ensure(self) -> "Cluster":
        """Make the cluster if the folder is new, start the server if it is down, and count us among its users."""
        self._make_folder()
        with self._lock():
            self._enter()
            if self.running and self._prepared():
                return self
            self._initialise()
            self._launch()
            self._prepare()
        return self

    def start(self) -> "Cluster":
        """Start the server; the same as `ensure`."""
        return self.ensure()

    def stop(self, *, seconds: float = 60) -> None:
        """Stop the server, letting running transactions roll back; quit at once when that takes over `seconds`."""
        with self._lock():
            self._leave()
            self._halt(seconds=seconds)

    def release(self) -> bool:
        """Leave the server to its other users; the last one stops it. Say whether it was stopped."""
        if self._use is None:
            return False
        with self._lock():
            self._leave()
            probe = os.open(self.folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            finally:
                os.close(probe)
            self._halt(seconds=60)
            return True

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        """Return an autocommit connection of the superuser."""
        return psycopg.connect(self.url(roles.SUPERUSER, database), autocommit=True)

    # Inside ---------------------------------------------------------------------------------------------------

    def _settings(self) -> dict[str, str]:
        return tuning.COMMON | tuning.SAFE | tuning.PRIVATE_LOGS | tuning.sized(tuning.memory())

    def _sockets(self) -> Path:
        return socket_folder(self.folder, uid=self.account.uid, gid=self.account.gid)

    def _make_folder(self) -> None:
        make(self.folder)
        if not os.access(self.folder, os.W_OK):
            raise Refused(
                "postgres.folder",
                "The folder {folder} cannot be written ({why}). "
                "Set SONGHE_HOME to a folder this user may write, for example: SONGHE_HOME=/srv/songhe",
                folder=str(self.folder),
                why="permission denied",
            )
        if not self.account.can("-x", self.folder):
            raise Refused(
                "postgres.reach",
                "The database server runs as user {uid}, which may not enter {folder}. "
                "Set SONGHE_HOME to a folder every user may pass through, for example /var/lib/songhe.",
                uid=self.account.uid,
                folder=str(self.folder),
            )

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one process at a time make, start or stop this server."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _enter(self) -> None:
        if self._use is None:
            self._use = os.open(self.folder / "users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._use, fcntl.LOCK_SH)

    def _leave(self) -> None:
        if self._use is not None:
            os.close(self._use)
            self._use = None

    def _prepared(self) -> bool:
        return (self.folder / "prepared").exists()

    def _initialise(self) -> None:
        if self.data.exists():
            return
        if (free := shutil.disk_usage(self.folder).free) < DISK_FLOOR:
            raise Refused(
                "postgres.disk",
                "The disk of {folder} has {free} MB left; a new database needs {need} MB. Free some space, "
                "or set SONGHE_HOME to another disk.",
                folder=str(self.folder),
                free=free // tuning.MEGABYTE,
                need=DISK_FLOOR // tuning.MEGABYTE,
            )
        fresh = (
            self.folder / "data.new"
        )  # renamed when whole, so that an interrupted run leaves nothing half-made
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        maker = self.account.namesake()
        word = fresh.with_name("password.new")
        word.write_text(roles.passwords(self.folder / "passwords.json")[roles.SUPERUSER])
        word.chmod(0o600)
        maker.own(word)
        maker.own(fresh)
        try:
            done = maker.run(self._initdb(fresh, word), cwd=fresh)
        finally:
            word.unlink()
        if done.returncode:
            why = [line for line in done.stdout.splitlines() if "error" in line.lower()] or [
                done.stdout[-800:]
            ]
            raise Refused(
                "postgres.initdb", "A new database could not be made: {why}", why=" ".join(why).strip()
            )
        tuning.adopt(fresh)
        self.account.own(fresh)
        fresh.rename(self.data)

    def _initdb(self, fresh: Path, word: Path) -> list[str | Path]:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if self.binaries.major >= 17 else ["--locale=C.UTF-8"]
        access = ["--auth=scram-sha-256", f"--pwfile={word}", f"--username={roles.SUPERUSER}"]
        program = self.binaries.program("initdb")
        return [
            program,
            "-D",
            fresh,
            "--encoding=UTF8",
            "--data-checksums",
            "--no-instructions",
            *locale,
            *access,
        ]

    def _launch(self) -> None:
        if self.running:
            return
        sockets = self._sockets()
        processes.clear_stale(self.data, sockets)
        tuning.write(self.data, self._settings() | self._door(sockets))
        with (self.folder / "start.log").open("wb") as log:
            started = subprocess.run(
                ["/bin/sh", "-c", DETACH, str(self.binaries.program("postgres")), str(self.data)],
                cwd=self.data,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, not for the server
                umask=0o077,
                check=True,
                **self.account.options(),
            )
        self._await_ready(int(started.stdout))

    def _door(self, sockets: Path) -> dict[str, str]:
        """Return the settings of where the server listens: a private socket, or loopback where sockets fail."""
        trial = sockets / "trial"
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.bind(str(trial))
            trial.unlink()
        except OSError:
            with socket.socket() as door:
                door.bind(("127.0.0.1", 0))
                port = door.getsockname()[1]
            return {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}
        return {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
        }

    def _await_ready(self, pid: int) -> None:
        """Wait for the server; once it says that it starts, as long as it takes: after a crash it reads its log again."""
        deadline = time.monotonic() + START_SECONDS
        state = ""
        while processes.alive(pid) and (state == "starting" or time.monotonic() < deadline):
            with contextlib.suppress(OSError, IndexError, ValueError):
                lines = (self.data / "postmaster.pid").read_text().split("\n")
                state = lines[7].strip() if int(lines[0]) == pid else ""
            if state == "ready":
                return
            time.sleep(0.01)
        raise Refused(
            "postgres.start",
            "The database server did not start. Its last output: {why} (full log: {log})",
            why=self._last_words(),
            log=str(self.data / "log"),
        )

    def _last_words(self) -> str:
        logs = [self.folder / "start.log", *(self.data / "log").glob("*.log")]
        newest = max((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime)
        return newest.read_text(errors="replace").strip()[-600:] or "-"

    def _prepare(self) -> None:
        """Make roles and the database, check the locale. Runs once per folder; an interrupted run is repeated."""
        if self._prepared():
            return
        with self.superuser() as connection:
            roles.make_roles(connection, roles.passwords(self.folder / "passwords.json"))
        self.create_database(self.database)
        (self.folder / "prepared").write_text(secrets.token_hex(8) + "\n")

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database with the grants of the three roles, unless it is there. Check its locale."""
        with self.superuser() as connection:
            roles.make_database(connection, name, template=template)
        with self.superuser(name) as connection:
            if template is None:
                connection.execute(roles.DEFAULTS)
            row = connection.execute(roles.COLLATION_CHECK).fetchone()
        if not row or not row[0]:
            raise Refused(
                "postgres.locale",
                "The database {name} does not have the locale C.UTF-8, in which Chinese names are letters. "
                "Make it anew: initdb --locale=C.UTF-8 --encoding=UTF8",
                name=name,
            )

    def _halt(self, *, seconds: float) -> None:
        pid = processes.postmaster(self.data)
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        if not processes.gone([pid], seconds=seconds):
            os.kill(pid, signal.SIGQUIT)
            processes.gone([pid], seconds=10)
