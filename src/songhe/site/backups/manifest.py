"""What a backup holds, and the digests that show it is what was written."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from songhe.core.refusal import Refused

NAME = "manifest.json"
DUMP = "database.dump"


@dataclass(frozen=True)
class Manifest:
    """`keys` are fingerprints of the keys that the data needs: they show a wrong key file, and open nothing."""

    songhe: str
    made_at: str
    server: int
    migrations: list[str]
    keys: list[str]
    files: dict[str, str]

    def write(self, folder: Path) -> None:
        """Write the manifest, last of all: a folder without one is not a backup."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the manifest of `folder`."""
        try:
            return cls(**json.loads((folder / NAME).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise Refused(
                "backup.manifest",
                "{folder} is not a whole backup: its manifest cannot be read ({why}). "
                "Name the folder that songhe backup printed.",
                folder=str(folder),
                why=str(error),
            ) from error

    def prove(self, folder: Path) -> None:
        """Refuse when a file is missing or is not byte for byte the one that was written."""
        for name, expected in self.files.items():
            file = folder / name
            if not file.exists() or digest(file) != expected:
                raise Refused(
                    "backup.digest",
                    "{file} is not what the backup wrote: it was changed, damaged or cut short. Use another backup.",
                    file=str(file),
                )

    def missing_keys(self, present: Sequence[str]) -> list[str]:
        """Return the fingerprints that the data needs and `present` lacks."""
        return [each for each in self.keys if each not in present]


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, as hex."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def fingerprints(key_file: Path) -> list[str]:
    """Return a fingerprint of each key in a key file. The keys are random, so nothing can be learned from them."""
    rings = json.loads(key_file.read_text(encoding="utf-8"))
    found = []
    for ring in ("seal", "search"):
        for number, secret in sorted(rings[ring]["keys"].items()):
            mark = hashlib.sha256(f"songhe backup {secret}".encode()).hexdigest()[:16]
            found.append(f"{ring}:{number}:{mark}")
    return found
