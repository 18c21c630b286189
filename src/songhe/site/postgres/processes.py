"""Tell living server processes from dead, zombie and foreign ones.

A process number proves nothing: after `kill -9` the postmaster may be a zombie of its starter, or its number may belong
to another program after a reboot. What counts is a process whose working folder is the data folder.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path


def alive(pid: int) -> bool:
    """Say whether `pid` runs. A zombie does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # reaps it when it is our own child
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return sys.platform != "linux"


def working_in(folder: Path) -> list[int]:
    """Return the processes whose working folder is `folder` (Linux; elsewhere none are seen)."""
    wanted = os.path.realpath(folder)
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str((entry / "cwd").readlink()) == wanted and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def postmaster(data: Path) -> int | None:
    """Return the process number of the server that runs on `data`, or None."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    if not alive(pid):
        return None
    if sys.platform == "linux" and pid not in working_in(data):
        return None
    return pid


def end(pids: list[int], *, seconds: float = 5.0) -> None:
    """End orphaned backends: quit at once, then kill what is left after `seconds`."""
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if gone(pids, seconds=seconds):
            return


def gone(pids: list[int], *, seconds: float) -> bool:
    """Wait until none of `pids` runs; say whether that came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def clear_stale(data: Path, sockets: Path) -> None:
    """End what a killed server left running, and remove the files that make a new one believe the old one lives.

    A file that names a process which no longer exists is left: PostgreSQL itself then checks the shared memory too.
    Call only under the cluster's lock and when `postmaster(data)` is None.
    """
    if orphans := working_in(data):
        end(orphans)
    for left in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        try:
            os.kill(int(left.read_text().split("\n", 1)[0]), 0)
        except (ProcessLookupError, FileNotFoundError):
            continue
        except (PermissionError, ValueError):
            pass
        left.unlink(missing_ok=True)
