"""Machine code of rules and of the scheduler kept between processes, in a folder that only we may write to."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

MARK = 32  # bytes before the code: its hash, so that what was cut off or changed is not run


class Folder:
    """A file for each kernel. Where the folder cannot be used, kernels are made anew in every process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> bytes | None:
        """The code that was kept; None where there is none, or others could have changed it."""
        if not self._is_ours():
            return None
        with contextlib.suppress(OSError):
            kept = (self.folder / name).read_bytes()
            if sha256(kept[MARK:]).digest() == kept[:MARK]:
                return kept[MARK:]
        return None

    def put(self, name: str, code: bytes) -> None:
        """Keep code. The file appears as a whole, so processes may do this at the same time."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if not self._is_ours():
                return
            number, part = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(sha256(code).digest() + code)
                Path(part).replace(self.folder / name)
            except OSError:
                Path(part).unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        try:
            found = self.folder.lstat()
        except OSError:
            return False
        if not stat.S_ISDIR(found.st_mode):
            return False
        mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
        return mine and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def make_all(folder: Path) -> None:
    """Compile what streets, sites and the scheduler run, and keep it in a folder for the processes that come."""
    from songhe.core.kept import keep_in
    from songhe.core.reach.kernel import machine as reach
    from songhe.core.roster.kernel import machine as roster
    from songhe.core.siting import machine as siting

    keep_in(Folder(folder))
    reach.warm()
    siting.loops()
    roster.loops()


@contextlib.contextmanager
def made_beside(folder: Path) -> Iterator[None]:
    """Compile in a process of its own while something else is done; what is not ready then is compiled where it is needed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    child = subprocess.Popen([sys.executable, "-m", "songhe.site.kernels", str(folder)])
    try:
        yield
    finally:
        child.terminate()
        child.wait()


if __name__ == "__main__":
    os.nice(10)  # whoever waits for the machine comes first
    make_all(Path(sys.argv[1]))
