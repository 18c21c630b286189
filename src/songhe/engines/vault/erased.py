"""Who was erased: keys of owners in a file beside the key ring, so that an older backup does not bring them back.

The file holds ids and no names. It lies outside the database, because a backup puts the database back.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

NAME = "erased.ids"


def beside(key_file: Path) -> Path:
    """The list of an installation."""
    return key_file.parent / NAME


def remember(owners: Iterable[UUID], *, key_file: Path | None = None) -> None:
    """Add owners to the list; it is on the disk when this returns."""
    fresh = sorted(set(owners) - remembered(key_file=key_file))
    if not fresh:
        return
    handle = os.open(_list(key_file), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, "".join(f"{owner}\n" for owner in fresh).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def remembered(*, key_file: Path | None = None) -> set[UUID]:
    """Everybody on the list."""
    try:
        lines = _list(key_file).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return set()
    return {UUID(line) for line in lines if line.strip()}


def _list(key_file: Path | None) -> Path:
    known = key_file or settings.KEY_FILE
    if known is None:
        raise FileNotFoundError("no key file is named")
    return beside(Path(known))
