"""A disk that forgets what was not synced: the data folder on FUSE. Run as a process of its own.

`python -m songhe.site.proof.shim BACKING MOUNT UID GID`. What is written lives here alone until it is synced; SIGUSR1 is
the power cut: everything not synced is gone, and so are we. Names and sizes of files count as written at once.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

MODULES = ("mfusepy", "fuse")
_STAT = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid")
_STATFS = (
    *("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree"),
    *("f_files", "f_flag", "f_frsize", "f_namemax"),
)


def library() -> Any:
    """The Python side of FUSE (mfusepy, or the older fusepy); None where neither it nor the kernel's part is there."""
    for name in MODULES:
        try:
            return importlib.import_module(name)
        except (ImportError, OSError, AttributeError):
            continue
    return None


class Disk:
    """Files of a backing folder, and what was written to them since they were synced last."""

    def __init__(self, backing: str, uid: int, gid: int) -> None:
        self.backing, self.uid, self.gid = backing, uid, gid
        self.unsynced: dict[str, list[tuple[int, bytes]]] = {}
        self.size: dict[str, int] = {}
        self.lock = threading.RLock()
        self.syncs = 0

    def real(self, path: str) -> str:
        """Where a file really lies."""
        return self.backing + path

    # What FUSE asks, under the names it asks by -----------------------------------------------------------------

    def getattr(self, path: str, _fh: int | None = None) -> dict[str, Any]:
        """A file's properties."""
        with self.lock:
            found = os.lstat(self.real(path))
            told = {name: getattr(found, name) for name in _STAT}
            told["st_size"] = self.size.get(path, told["st_size"])
            return told

    def readdir(self, path: str, _fh: int) -> list[str]:
        """A folder's names."""
        return [".", "..", *os.listdir(self.real(path))]  # noqa: PTH208  names, not paths

    def access(self, _path: str, _mode: int) -> int:
        """Everything is allowed here."""
        return 0

    def open(self, path: str, _flags: int) -> int:
        """Open a file."""
        return os.open(self.real(path), os.O_RDWR)

    def create(self, path: str, mode: int, _fi: Any = None) -> int:
        """Make a file."""
        made = os.open(self.real(path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)
        os.fchown(made, self.uid, self.gid)
        return made

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Read what was written, synced or not."""
        with self.lock:
            whole = self.size.get(path)
            if whole is None:
                return os.pread(fh, size, offset)
            size = max(0, min(size, whole - offset))
            found = bytearray(os.pread(fh, size, offset).ljust(size, b"\0"))
            for start, data in self.unsynced.get(path, ()):
                first, last = max(start, offset), min(start + len(data), offset + size)
                if first < last:
                    found[first - offset : last - offset] = data[first - start : last - start]
            return bytes(found)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        """Keep what is written in mind."""
        with self.lock:
            if path not in self.size:
                self.size[path], self.unsynced[path] = os.fstat(fh).st_size, []
            pieces = self.unsynced[path]
            if pieces and pieces[-1][0] == offset and len(pieces[-1][1]) == len(data):
                pieces[-1] = (offset, data)
            else:
                pieces.append((offset, data))
            self.size[path] = max(self.size[path], offset + len(data))
            return len(data)

    def fsync(self, path: str, _datasync: int, _fh: int) -> int:
        """Write what is in mind down."""
        self.syncs += 1
        self._down(path)
        return 0

    def fsyncdir(self, _path: str, _datasync: int, _fh: int) -> int:
        """Names are written at once."""
        return 0

    def truncate(self, path: str, length: int, _fh: int | None = None) -> int:
        """Cut a file."""
        with self.lock:
            self._down(path)
            os.truncate(self.real(path), length)
        return 0

    def rename(self, old: str, new: str) -> int:
        """Give a file another name."""
        with self.lock:
            self.unsynced.pop(new, None)
            self.size.pop(new, None)
            if old in self.unsynced:
                self.unsynced[new], self.size[new] = self.unsynced.pop(old), self.size.pop(old)
            Path(self.real(old)).rename(self.real(new))
        return 0

    def unlink(self, path: str) -> int:
        """Remove a file."""
        with self.lock:
            self.unsynced.pop(path, None)
            self.size.pop(path, None)
            Path(self.real(path)).unlink()
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        """Make a folder."""
        Path(self.real(path)).mkdir(mode)
        os.chown(self.real(path), self.uid, self.gid)
        return 0

    def rmdir(self, path: str) -> int:
        """Remove a folder."""
        Path(self.real(path)).rmdir()
        return 0

    def chmod(self, path: str, mode: int) -> int:
        """Change rights."""
        Path(self.real(path)).chmod(mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        """Change the owner."""
        os.chown(self.real(path), uid, gid)
        return 0

    def utimens(self, path: str, times: tuple[float, float] | None = None) -> int:
        """Set times."""
        os.utime(self.real(path), times)
        return 0

    def flush(self, _path: str, _fh: int) -> int:
        """Closing is not syncing."""
        return 0

    def release(self, _path: str, fh: int) -> int:
        """Close a file."""
        os.close(fh)
        return 0

    def statfs(self, _path: str) -> dict[str, int]:
        """The disk's figures."""
        found = os.statvfs(self.backing)
        return {name: getattr(found, name) for name in _STATFS}

    def _down(self, path: str) -> None:
        with self.lock:
            if path in self.unsynced:
                handle = os.open(self.real(path), os.O_RDWR)
                try:
                    for start, data in self.unsynced.pop(path):
                        os.pwrite(handle, data, start)
                    size = self.size.pop(path)
                    if os.fstat(handle).st_size < size:
                        os.ftruncate(handle, size)
                finally:
                    os.close(handle)

    def dropped(self) -> str:
        """What the cut takes away."""
        held = sum(len(data) for pieces in self.unsynced.values() for _start, data in pieces)
        return f"{held:,} bytes in {len(self.unsynced)} files were not synced; {self.syncs:,} syncs before"


def main() -> None:
    """Mount and serve until the power is cut."""
    fuse = library()
    backing, mount, uid, gid = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    disk = Disk(backing, uid, gid)

    def cut(*_signal: object) -> None:
        Path(mount + ".cut").write_text(disk.dropped())
        os._exit(0)

    # FUSE serves in threads of its own; the signal is waited for in one of ours.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})

    def wait() -> None:
        signal.sigwait({signal.SIGUSR1})
        with disk.lock:
            cut()

    threading.Thread(target=wait, daemon=True).start()
    names = [name for name in vars(Disk) if not name.startswith("_") and name not in ("real", "dropped")]
    operations = type(
        "Operations", (fuse.Operations,), {name: staticmethod(getattr(disk, name)) for name in names}
    )
    fuse.FUSE(
        operations(),
        mount,
        foreground=True,
        allow_other=True,
        attr_timeout=0,
        entry_timeout=0,
        big_writes=True,
    )


if __name__ == "__main__":
    main()
