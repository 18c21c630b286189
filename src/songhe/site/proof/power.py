"""The power fails under the database: everything that was not synced is gone, and every process with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from songhe.core.refusal import Refused
from songhe.site.proof.installation import Installation
from songhe.site.proof.shim import library

_MOUNT_SECONDS = 10.0


class Power:
    """The data folder of an installation on a disk whose power can be cut."""

    def __init__(self, here: Installation) -> None:
        refuse_without()
        self.here = here
        self.data = here.cluster.data
        self.backing = here.cluster.folder / "backing"
        self.shim: subprocess.Popen[bytes] | None = None
        self.told: list[str] = []

    def on(self) -> None:
        """Move the data of the stopped server onto the disk, and start the server there."""
        self.here.cluster.stop(seconds=10)
        self.data.rename(self.backing)
        self.data.mkdir(mode=0o700)
        self.here.cluster.account.own(self.data)
        self._mount()
        self.here.cluster.ensure()

    def cut(self) -> None:
        """Cut the power: the disk forgets, then every process of the machine ends."""
        assert self.shim is not None
        self.shim.send_signal(signal.SIGUSR1)
        self.shim.wait()
        servers = self._servers()
        self.here.parts["gateway"].kill()
        for pid in servers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._unmount()
        note = Path(f"{self.data}.cut")
        self.told.append(note.read_text() if note.exists() else "")
        (self.backing / "postmaster.pid").unlink(missing_ok=True)  # no process survives a power cut

    def back(self) -> None:
        """The power is back: the disk, then the server, which recovers."""
        self._mount()
        self.here.cluster.ensure()

    def off(self) -> None:
        """Stop for good."""
        self.here.cluster.stop(seconds=10)
        if self.shim is not None and self.shim.poll() is None:
            self.shim.send_signal(signal.SIGUSR1)
            self.shim.wait()
        self._unmount()
        shutil.rmtree(self.backing, ignore_errors=True)

    def _servers(self) -> list[int]:
        """The server's processes, found by their command: their working folder has no name any more."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if (
                    str(self.data).encode() in (entry / "cmdline").read_bytes().split(b"\0")
                    or parent in found
                ):
                    found.append(int(entry.name))
        return found

    def _mount(self) -> None:
        account = self.here.cluster.account
        log = (self.here.folder / "shim.log").open("ab")
        command = (sys.executable, "-m", "songhe.site.proof.shim", str(self.backing), str(self.data))
        with log:
            self.shim = subprocess.Popen(
                [*command, str(account.uid), str(account.gid)],
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        deadline = time.monotonic() + _MOUNT_SECONDS
        while not self.data.is_mount():
            if time.monotonic() > deadline or self.shim.poll() is not None:
                raise Refused(
                    "prove.mount",
                    "The disk for the power cut could not be mounted. See {log}",
                    log=str(self.here.folder / "shim.log"),
                )
            time.sleep(0.05)

    def _unmount(self) -> None:
        for _try in range(20):
            subprocess.run(["umount", "-l", str(self.data)], capture_output=True, check=False)  # noqa: S607
            if not os.path.ismount(self.data):
                return
            time.sleep(0.1)


def refuse_without() -> None:
    """Say clearly where power cuts cannot be tried."""
    if library() is None or not Path("/dev/fuse").exists() or os.geteuid() != 0:
        raise Refused(
            "prove.fuse",
            "Power cuts need FUSE: /dev/fuse, libfuse (apt-get install libfuse2), a Python module (pip install mfusepy) "
            "and root. Kills can be tried without: songhe prove kills",
        )
