"""A throw-away installation: a durable PostgreSQL, tables, regions, devices with secrets; and its parts as processes."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from songhe.site.postgres import Cluster
from songhe.site.postgres.processes import working_in
from songhe.site.postgres.roles import APP, BACKUP, OWNER, SUPERUSER

CITY = "371000"
START_SECONDS = 180.0


class Proving(Cluster):
    """A database server with a city's own settings, fsync on; ``extra`` are the settings of a planted fault."""

    extra: Mapping[str, str] = {}

    def _settings(self) -> dict[str, str]:
        small = {"shared_buffers": "128MB", "logging_collector": "off", "max_wal_size": "1GB"}
        return super()._settings() | small | dict(self.extra)

    def kill(self) -> None:
        """SIGKILL every process of the server, the first one first."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self.data / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
        for pid in working_in(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@dataclass
class Part:
    """One process of the installation, started again when it falls."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: int = 0

    def tend(self) -> None:
        """Start it where it does not run."""
        if self.process is None or self.process.poll() is not None:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    list(self.command), env=dict(self.environment), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                    start_new_session=True, cwd="/",
                )  # fmt: skip
            self.started += 1

    def kill(self) -> None:
        """SIGKILL it and whatever it started."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Installation:
    """A running throw-away installation. ``database``: another than the cluster's own."""

    folder: Path
    cluster: Proving
    port: int
    web_port: int
    database: str | None = None
    devices: list[tuple[str, str]] = field(default_factory=list)
    source: str = ""
    parts: dict[str, Part] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What child processes need to see."""
        given = {
            name: text for name, text in os.environ.items() if not name.startswith(("DATABASE_", "SONGHE_"))
        }
        return given | {
            "SONGHE_HOME": str(self.folder),
            "SONGHE_SECRET_KEY": "only-for-proofs-" * 4,
            "SONGHE_KEY_FILE": str(self.folder / "keys.json"),
            "SONGHE_STATIC": str(self.folder / "static"),
            "DATABASE_URL": self.cluster.url(APP, self.database),
            "DATABASE_OWNER_URL": self.cluster.url(OWNER, self.database),
            "DATABASE_BACKUP_URL": self.cluster.url(BACKUP, self.database),
        }

    def add(self, name: str, *command: str) -> Part:
        """A part of the installation; another one of that name ends."""
        if name in self.parts:
            self.parts[name].kill()
        line = [sys.executable, *command]
        part = Part(name, line, self.environment(), self.folder / f"{name}.log")
        self.parts[name] = part
        return part

    def gateway(self, fault: str = "") -> Part:
        """The gateway; with a fault a broken one."""
        rate = ("--rate", "1000000", "--burst", "1000000", "--port", str(self.port))
        if fault:
            return self.add("gateway", "-m", "songhe.site.proof.faulty", fault, str(self.port))
        return self.add("gateway", "-m", "songhe.site.cli", "gateway", *rate)

    def web(self, faulty: str = "") -> Part:
        """The pages, which take HTTP messages; ``faulty`` is where broken ones are made."""
        made = (faulty, "--factory") if faulty else ("songhe.site.asgi:application",)
        listen = ("--host", "127.0.0.1", "--port", str(self.web_port), "--workers", "1")
        quiet = ("--log-level", "warning", "--no-ws", "--working-dir", "/")
        return self.add("web", "-m", "granian", *made, "--interface", "asginl", *listen, *quiet)

    def worker(self) -> Part:
        """The worker that runs timers and messages."""
        return self.add("worker", "-m", "songhe.site.cli", "work")

    def tend(self) -> None:
        """Start what does not run."""
        for part in self.parts.values():
            part.tend()

    def fell(self, name: str) -> None:
        """Kill a part, or the database server, and start it again."""
        if name == "postgres":
            self.cluster.kill()
            self.cluster.ensure()
        else:
            self.parts[name].kill()
        self.tend()

    def await_ready(self) -> None:
        """Wait until the gateway and the pages answer."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.tend()
            if listens(self.port) and ("web" not in self.parts or answers(self.web_port)):
                return
            time.sleep(0.1)
        raise TimeoutError(f"the installation did not start; see {self.folder}")

    def stop(self) -> None:
        """End all parts, then the server."""
        for part in self.parts.values():
            part.kill()
        self.cluster.stop(seconds=10)


@contextlib.contextmanager
def installation(
    *, devices: int, settings: Mapping[str, str] | None = None, like: str | None = None
) -> Iterator[Installation]:
    """Make one in a folder of its own, and remove it at the end. ``like``: the superuser's address of a database with
    tables and regions, which is copied in place of making them."""
    folder = Path(tempfile.mkdtemp(prefix="songhe-proof-"))
    folder.chmod(0o711)
    cluster = Proving(folder / "postgres")
    cluster.extra = settings or {}
    here = Installation(folder, cluster, free_port(), free_port())
    try:
        cluster.ensure()
        if like:
            copy(like, cluster)
        fill(here, devices)
        yield here
    finally:
        here.stop()
        from shutil import rmtree

        from songhe.site.postgres.folders import socket_folder

        rmtree(
            socket_folder(cluster.folder, uid=cluster.account.uid, gid=cluster.account.gid),
            ignore_errors=True,
        )
        rmtree(folder, ignore_errors=True)


def copy(source: str, cluster: Cluster) -> None:
    """Copy a database into a new cluster, with owners and rights."""
    tool = cluster.binaries.program
    with subprocess.Popen(
        [str(tool("pg_dump")), "--format=custom", source], stdout=subprocess.PIPE
    ) as dumped:
        target = ("--exit-on-error", "--dbname", cluster.url(SUPERUSER, cluster.database))
        subprocess.run([str(tool("pg_restore")), *target], stdin=dumped.stdout, check=True)


def fill(here: Installation, devices: int) -> None:
    """Tables, regions, devices and a source, made in a process of its own, so that ours stays free of Django."""
    here.devices = [(f"PR{number:06}", secrets.token_urlsafe(12)) for number in range(devices)]
    listed = "\n".join(f"{code} {secret}" for code, secret in here.devices)
    done = subprocess.run(
        [sys.executable, "-m", "songhe.site.proof.filling", CITY],
        env=here.environment(), input=listed, capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    here.source = done.stdout.split()[-1]


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody answers there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


def answers(port: int) -> bool:
    """Whether the pages answer there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False
