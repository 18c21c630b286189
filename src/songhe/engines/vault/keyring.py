"""The key ring: a JSON file outside the database and outside every backup.

``{"cipher": "aes", "seal": {"active": 1, "keys": {"1": "<base64>"}}, "search": {"active": 1, "keys": {...}}}``
"""

from __future__ import annotations

import base64
import json
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from songhe.engines.vault.cipher import NAMES, Key

FRESH_SECONDS = 1.0
_held: dict[object, tuple[float, Keyring]] = {}


class NoKeyring(RuntimeError):
    """The key file is missing or unreadable; nothing personal can be read or written."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys by id, and which of them seals what is new."""

    active: int
    keys: dict[int, Key]

    @property
    def newest(self) -> Key:
        """The key in use for new texts."""
        return self.keys[self.active]

    @property
    def newest_first(self) -> list[Key]:
        """All keys, the one in use first."""
        return sorted(self.keys.values(), key=lambda key: (key.id != self.active, -key.id))


@dataclass(frozen=True, slots=True)
class Keyring:
    """The ring that seals data keys, the ring that makes search hashes, and the cipher for both."""

    cipher: int
    seal: Ring
    search: Ring


def create(path: Path, *, cipher: str = "aes") -> None:
    """Write a new key file that only its owner can read; never over an old one."""
    text = json.dumps({"cipher": cipher, "seal": _fresh(1), "search": _fresh(1)}, indent=1)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def add_keys(path: Path) -> None:
    """Add a new key to both rings and make it the active one; older keys still open older texts."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for name in ("seal", "search"):
        number = max(map(int, data[name]["keys"])) + 1
        data[name]["keys"] |= _fresh(number)["keys"]
        data[name]["active"] = number
    _replace(path, data)


def drop_old_keys(path: Path) -> None:
    """Keep only the active keys, once nothing is sealed with the older ones."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for name in ("seal", "search"):
        number = str(data[name]["active"])
        data[name]["keys"] = {number: data[name]["keys"][number]}
    _replace(path, data)


def keyring() -> Keyring:
    """The key ring of this installation; another process's new keys are seen within a second."""
    path = settings.KEY_FILE
    if path is None:
        raise NoKeyring(
            "No key file is named. Set SONGHE_KEY_FILE to the file that `songhe keys create` made."
        )
    held = _held.get(path)
    if held is None or time.monotonic() - held[0] > FRESH_SECONDS:
        held = _held[path] = (time.monotonic(), _looked(Path(path)))
    return held[1]


def _looked(path: Path) -> Keyring:
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except OSError as fault:
        raise NoKeyring(
            f"The key file {path} cannot be read: {fault.strerror}. Put it back or correct SONGHE_KEY_FILE."
        ) from fault


@lru_cache(maxsize=8)
def _read(path: str, _changed: int) -> Keyring:
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    return Keyring(NAMES[data.get("cipher", "aes")], _ring(data["seal"]), _ring(data["search"]))


def _ring(data: dict[str, object]) -> Ring:
    keys: dict[str, str] = data["keys"]  # type: ignore[assignment]
    return Ring(int(str(data["active"])), {int(n): Key(int(n), base64.b64decode(s)) for n, s in keys.items()})


def _fresh(number: int) -> dict[str, object]:
    return {"active": number, "keys": {str(number): base64.b64encode(os.urandom(32)).decode()}}


def _replace(path: Path, data: object) -> None:
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(data, indent=1))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _held.clear()
