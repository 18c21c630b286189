"""A served demo city for all journeys.

`SONGHE_URL` names a demo that is served already, `SONGHE_HOME` the folder it lies in; `SONGHE_SHOTS` a folder for
screenshots.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser import browser

__all__ = ["browser"]

PATIENCE_SECONDS = 400


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The folder of the demo that is served."""
    if os.environ.get("SONGHE_URL"):
        yield Path(os.environ.get("SONGHE_HOME", "/nowhere"))
        return
    made = Path(tempfile.mkdtemp(prefix="songhe-journey-"))
    made.chmod(0o711)  # the database server may run as another user, who has to pass through
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def site(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served demo city of 400 people with a worker, on a free port and in a folder of its own."""
    if os.environ.get("SONGHE_URL"):
        yield os.environ["SONGHE_URL"]
        return
    port = free_port()
    command = ["-m", "songhe.site.cli", "demo", "--people", "400", "--port", str(port), "--workers", "1"]
    log = tmp_path_factory.mktemp("log") / "serve.txt"
    with log.open("wb") as told:
        server = subprocess.Popen([sys.executable, *command], env=environment(home), stdout=told, stderr=told)
        try:
            wait_for(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(60)


@pytest.fixture(scope="session")
def night(home: Path) -> Callable[..., Any]:
    """What nobody can wait for, done in the demo's own database: see ``night.py``."""
    if not (home / "demo").is_dir() and os.environ.get("SONGHE_URL"):
        pytest.skip("SONGHE_HOME has to name the folder of the demo that SONGHE_URL serves")

    def passes(what: str, *arguments: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.journeys.night", what, *arguments],
            env=environment(home / "demo") | {"SONGHE_DEMO": "1"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    return passes


def environment(home: Path) -> dict[str, str]:
    """What a process of the demo is told: nothing of another installation, and where its folder is."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "SONGHE_"))}
    return kept | {"SONGHE_HOME": str(home)}


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its words when it ends or takes too long."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310  our own address
                return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.3)
    pytest.fail(f"The demo did not come up:\n{log.read_text(errors='replace')[-3000:]}")
