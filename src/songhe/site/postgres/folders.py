"""Where Songhe keeps its own files, and what those folders may look like.

`SONGHE_HOME` wins; else root gets a system folder and everyone else the user data folder of the platform.
A folder that already exists is never chmod-ed: widening somebody's folder to make our server start would be theft.
"""

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from songhe.core.refusal import Refused

# A Unix socket's address holds 108 bytes on Linux and 104 on macOS; ".s.PGSQL.7654" and its lock file need 20.
SOCKET_FOLDER_LIMIT = 80


def home() -> Path:
    """Return the folder that holds the data, the passwords and the keys. It may not exist yet."""
    if chosen := os.environ.get("SONGHE_HOME"):
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/songhe")
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/songhe"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "songhe"


def make(folder: Path, *, mode: int = 0o711) -> Path:
    """Create `folder` and its missing parents. Raise Refused with the reason when the system will not let us."""
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=mode)
            each.chmod(mode)  # mkdir's mode passes through the umask
    except OSError as error:
        raise Refused(
            "postgres.folder",
            "The folder {folder} cannot be made ({why}). "
            "Set SONGHE_HOME to a folder this user may write, for example: SONGHE_HOME=/srv/songhe",
            folder=str(folder),
            why=error.strerror or str(error),
        ) from error
    return folder


def socket_folder(folder: Path, *, uid: int, gid: int) -> Path:
    """Return a private (0700) folder for the server's socket with a path short enough for the kernel."""
    near = folder / "run"
    if len(os.fsencode(near)) <= SOCKET_FOLDER_LIMIT:
        chosen = near
    else:
        mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        chosen = Path(tempfile.gettempdir()) / f"songhe-{uid}-{mark}"
    if not chosen.exists():
        chosen.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(chosen, uid, gid)
    found = chosen.lstat()
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o077
    if not private:
        raise Refused(
            "postgres.socket",
            "The folder {folder} for the database's socket is open to others or belongs to somebody else. "
            "Remove it, or set SONGHE_HOME to a shorter path.",
            folder=str(chosen),
        )
    return chosen
