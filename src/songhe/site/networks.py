"""Street networks of one installation: a folder with a file for each, read when streets are first wanted."""

from __future__ import annotations

import os
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from songhe.core.codes import span
from songhe.core.refusal import Refused

if TYPE_CHECKING:
    from songhe.core.reach import Network, Paths, Profile

ENDING = ".streets"
AT_HAND = 6
"""So many pairs of a network and a profile are kept in memory."""
HEAD = 1 << 24
"""Bytes in which the header lies."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: its name, the region it is for (0: everybody), and what it says about itself."""

    name: str
    file: Path
    size: int
    region: int
    about: dict[str, str]


class Networks:
    """The folder. Files that cannot be read are passed over where streets are wanted, and named where they are listed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._networks: OrderedDict[tuple[str, int, int], Network] = OrderedDict()
        self._paths: OrderedDict[tuple[tuple[str, int, int], Profile], Paths] = OrderedDict()
        self._lock = Lock()

    def names(self) -> list[str]:
        """The networks that are there."""
        if not self.folder.is_dir():
            return []
        return sorted(file.name.removesuffix(ENDING) for file in self.folder.glob(f"*{ENDING}"))

    def kept(self, name: str) -> Kept:
        """What a file says about itself; refused where it is cut short or no network."""
        from songhe.core.reach.storage import about

        file = self._file(name)
        try:
            with file.open("rb") as content:
                said = about(content.read(HEAD), name=file.name)
            size = file.stat().st_size
        except OSError as error:
            raise self._missing(name) from error
        region = said.get("region", "0")
        return Kept(name, file, size, int(region) if region.isdecimal() else 0, said)

    def read(self, name: str) -> Network:
        """One network, whole and checked."""
        from songhe.core.reach.storage import load

        file = self._file(name)
        try:
            return load(file.read_bytes(), name=file.name)
        except OSError as error:
            raise self._missing(name) from error

    def write(self, name: str, network: Network, *, about: Mapping[str, str] | None = None) -> Path:
        """Keep a network. The file appears as a whole, over one of the same name."""
        from songhe.core.reach.storage import dump

        file = self._file(name)
        try:
            self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            number, part = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(number, "wb") as out:
                    out.write(dump(network, about=about))
                Path(part).chmod(0o644)
                Path(part).replace(file)
            except OSError:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise Refused(
                "network.folder",
                "The network cannot be written to {folder} ({why}).",
                folder=str(self.folder),
                why=error.strerror or str(error),
            ) from error
        return file

    def remove(self, name: str) -> None:
        """Remove one."""
        try:
            self._file(name).unlink()
        except FileNotFoundError as error:
            raise self._missing(name) from error

    def network(self, region: int) -> Network | None:
        """The network that a region's people use."""
        with self._lock:
            key = self._covering(region)
            return self._loaded(key) if key else None

    def paths(self, region: int, profile: Profile) -> Paths | None:
        """The same for a profile."""
        from songhe.core.reach import Paths

        with self._lock:
            key = self._covering(region)
            network = self._loaded(key) if key else None
            if key is None or network is None:
                return None
            found = self._paths.get((key, profile))
            if found is None:
                found = self._paths[key, profile] = Paths(network, profile)
            self._paths.move_to_end((key, profile))
            while len(self._paths) > AT_HAND:
                self._paths.popitem(last=False)
            return found

    def _covering(self, region: int) -> tuple[str, int, int] | None:
        """Name, time and size of the file for the smallest region that holds this one."""
        best: tuple[int, tuple[str, int, int]] | None = None
        for name in self.names():
            try:
                kept = self.kept(name)
                state = kept.file.stat()
            except (Refused, OSError):
                continue
            low, high = (0, 10**12) if kept.region == 0 else span(kept.region)
            if low <= region < high and (best is None or high - low < best[0]):
                best = (high - low, (name, state.st_mtime_ns, state.st_size))
        return best[1] if best else None

    def _loaded(self, key: tuple[str, int, int]) -> Network | None:
        found = self._networks.get(key)
        if found is None:
            try:
                found = self._networks[key] = self.read(key[0])
            except Refused:
                return None
        self._networks.move_to_end(key)
        while len(self._networks) > AT_HAND:
            self._networks.popitem(last=False)
        return found

    def _file(self, name: str) -> Path:
        if not name or name.startswith(".") or any(sign in name for sign in "/\\\0"):
            raise Refused(
                "network.name",
                "“{name}” cannot be a network's name: letters, digits and hyphens, such as wuhan.",
                field="name",
                name=name,
            )
        return self.folder / f"{name}{ENDING}"

    def _missing(self, name: str) -> Refused:
        return Refused(
            "network.missing",
            "There is no street network “{name}”. Available: {names}.",
            field="name",
            name=name,
            names=", ".join(self.names()) or "-",
        )
