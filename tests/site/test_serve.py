"""From an empty folder to pages, and back to nothing running."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.bench.lists import COUNTY, SPOILED_EVERY, write_lists

from songhe.engines.imports.hands import LONG
from songhe.site.postgres import processes


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="songhe-home-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        yield folder / "home"


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def until_healthy(port: int, server: subprocess.Popen[str], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if get(port, "/health") == (200, b"ok"):
                return
        except OSError:
            time.sleep(0.2)
    server.send_signal(signal.SIGINT)
    said = server.communicate(timeout=60)
    pytest.fail(f"no sign of life on port {port}: {said}")


@pytest.mark.long
def test_serve_from_an_empty_folder_and_stop(home: Path) -> None:
    port = free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SONGHE", "DATABASE"))}
    surroundings = kept | {"SONGHE_HOME": str(home), "SONGHE_STATIC": str(home / "static")}
    command = [sys.executable, "-m", "songhe.site.cli", "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            until_healthy(port, server, seconds=90)
            assert get(port, "/")[0] == 200, "the log-in page"
            status, style = get(port, "/static/kit/kit.css")
            assert (status, len(style) > 1000) == (200, True)
            a_long_list_is_taken_once(home.parent, surroundings)
            postmaster = processes.postmaster(home / "postgres/data")
            assert postmaster is not None
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
        assert server.stdout is not None
        assert f"http://127.0.0.1:{port}/" in server.stdout.read()
    assert not processes.alive(postmaster), "the database it started is stopped"
    with pytest.raises(OSError, match="refused"):
        get(port, "/health")


def a_long_list_is_taken_once(folder: Path, surroundings: dict[str, str]) -> None:
    """Long enough to be made ready in another process and written in another thread."""
    rows = LONG + 100
    path = write_lists(folder, rows, seed=2)["csv"]
    bad = len(range(0, rows, SPOILED_EVERY))
    songhe = (sys.executable, "-m", "songhe.site.cli")
    lay = subprocess.run(
        [*songhe, "city", "371000"], env=surroundings, capture_output=True, text=True, check=True
    )
    assert "2850 regions" in lay.stdout
    options = ("--kind", "registry.people", "--region", str(COUNTY * 10**6))
    for outcome in (f"{rows - bad} made, 0 changed, 0 as", f"0 made, 0 changed, {rows - bad} as"):
        done = subprocess.run(
            [*songhe, "import", str(path), *options],
            env=surroundings, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert outcome in done.stdout, (done.stdout, done.stderr)
        assert f"{rows - bad} good, {bad} to mend" in done.stdout
