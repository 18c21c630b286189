"""Eight users of four scopes at a served city: what they open, and how long each page takes."""

from __future__ import annotations

import http.client
import random
import re
import socket
import subprocess
import threading
import time
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.bench.home import HOME, environment
from tests.bench.load import LEVELS, PASSWORD, USERS_PER_LEVEL

from songhe.site.postgres import Cluster

WORKERS = 2
SAMPLES = 40
PATIENCE_SECONDS = 60


@contextmanager
def served(cluster: Cluster) -> Iterator[int]:
    """The web server as `songhe serve` runs it, on a free port."""
    from songhe.site.commands.serve import web

    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = int(trial.getsockname()[1])
    command = web(Namespace(host="127.0.0.1", port=port, workers=WORKERS))
    with (HOME / "serve.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment(cluster), stdout=log, stderr=log)
        try:
            _await(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(30)


@dataclass
class Visitor:
    """One logged-in user with a connection of their own and the addresses they open, by kind of page."""

    username: str
    port: int
    pages: dict[str, list[str]]
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def level(self) -> str:
        """Village, town, county or city."""
        return self.username.partition("-")[0]

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def log_in(self) -> None:
        """Through the form, as people do."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("GET", "/login/")[1])
        assert found
        form = {"username": self.username, "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
        status, _text = self.ask("POST", "/login/", urlencode(form))
        assert status == 302, status

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """One request; keeps cookies."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1{path}",
            }
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _sign, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.read().decode(errors="replace")

    def browse(self, rounds: int, *, pause_seconds: float) -> None:
        """Open every kind of page so many times, in an order of its own."""
        dice = random.Random(self.username)
        steps = [
            (kind, paths[turn % len(paths)]) for kind, paths in self.pages.items() for turn in range(rounds)
        ]
        dice.shuffle(steps)
        for kind, path in steps:
            began = time.perf_counter()
            status, _text = self.ask("GET", path)
            self.taken[kind].append((time.perf_counter() - began) * 1000)
            assert status == 200, (self.username, kind, path, status)
            if pause_seconds:
                time.sleep(dice.uniform(0.5, 1.5) * pause_seconds)


def visit(visitors: list[Visitor], rounds: int, *, pause_seconds: float = 0) -> float:
    """All visitors at once; the seconds it took. Raises what any of them met."""
    faults: list[BaseException] = []

    def one(visitor: Visitor) -> None:
        try:
            visitor.browse(rounds, pause_seconds=pause_seconds)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=one, args=(visitor,)) for visitor in visitors]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.perf_counter() - began


def usernames() -> list[str]:
    """Two users for each level."""
    return [f"{level}-{number}" for level in LEVELS for number in range(1, USERS_PER_LEVEL + 1)]


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not come up: {(HOME / 'serve.log').read_text()[-2000:]}")
