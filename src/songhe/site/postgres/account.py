"""Which user the server runs as.

PostgreSQL refuses to run as root. An ordinary user runs it as themselves; root hands it to an unprivileged account:
`songhe` or `postgres` when the system has one, else a bare number that owns nothing else. `initdb` alone insists on
a name in the password file, so under a bare number it runs as `nobody` in a private folder that then changes hands.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BARE_UID = (
    64420  # outside the ranges distributions hand out (0-60000, 61184-65519 is systemd's, which skips 64420)
)


@dataclass(frozen=True)
class Account:
    """The user and group the server's processes have. `switch` says whether we must change to them (we are root)."""

    uid: int
    gid: int
    switch: bool = False
    named: bool = True

    def options(self) -> dict[str, Any]:
        """Return the arguments that make `subprocess` run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def namesake(self) -> "Account":
        """Return the account for programs that insist on a name in the password file."""
        if self.named:
            return self
        nobody = pwd.getpwnam("nobody")
        return Account(nobody.pw_uid, nobody.pw_gid, switch=True)

    def own(self, folder: Path) -> None:
        """Give `folder` and all in it to this account."""
        if not self.switch:
            return
        os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        for root, folders, files in os.walk(folder):
            for name in folders + files:
                os.chown(Path(root, name), self.uid, self.gid, follow_symlinks=False)

    def run(self, command: Sequence[str | Path], *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account and return its outcome with both streams joined."""
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **self.options(),
        )

    def can(self, test: str, path: Path) -> bool:
        """Say whether this account passes the shell's `test` (-x, -w, -r) on `path`."""
        try:
            return self.run(["/bin/sh", "-c", f'test {test} "$0"', path], cwd=Path("/")).returncode == 0
        except OSError:
            return False


def environment() -> dict[str, str]:
    """Return what server programs see of our environment: no locale and no PG* variable of the caller leaks in."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def fitting() -> Account:
    """Return the account for the server on this machine."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("songhe", "postgres"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, switch=True)
    return Account(BARE_UID, BARE_UID, switch=True, named=False)
