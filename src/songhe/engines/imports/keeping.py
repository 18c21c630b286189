"""Keeping files and fault lists sealed, and reading them again."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from songhe.core.refusal import Refused
from songhe.engines.imports.mapping import Guess, Layout
from songhe.engines.imports.models import ImportFile, ImportPart, ImportRun
from songhe.engines.imports.spec import Fault
from songhe.engines.vault.cipher import Key, decrypt, encrypt
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.safe import erase, make_key, open_keys

Faults = dict[int, list[Fault]]
Kind = ImportPart.Kind
SAMPLES_SHOWN = 5


def keep(file: ImportFile, raw: bytes) -> ImportFile:
    """Save a new file and its bytes, sealed."""
    make_key(file.id)
    file.size_bytes, file.sha256 = len(raw), hashlib.sha256(raw).digest()
    file.save(force_insert=True)
    _put(file, file.id, Kind.BODY, raw)
    return file


def body(file: ImportFile) -> bytes:
    """The bytes as they were uploaded; refused once the file was forgotten."""
    return _get(file, file.id, Kind.BODY)


def forget(file: ImportFile) -> None:
    """Destroy the key of a file and everything sealed with it."""
    erase(file.id)
    ImportPart.everywhere.filter(file=file).delete()


def put_faults(run: ImportRun, faults: Faults) -> None:
    """Keep the faults of a run; they may quote cells."""
    rows = [
        [number, [[one.target, one.message, one.values] for one in found]] for number, found in faults.items()
    ]
    _put(run.file, run.id, Kind.FAULTS, _packed(rows))


def faults_of(run: ImportRun) -> Faults:
    """The faults by row number; empty before a check."""
    if not ImportPart.everywhere.filter(about_id=run.id, kind=Kind.FAULTS).exists():
        if run.rows_bad:
            _key(run.file_id)
        return {}
    rows: Iterable[tuple[int, list[tuple[str, str, dict[str, Any]]]]]
    rows = json.loads(zlib.decompress(_get(run.file, run.id, Kind.FAULTS)))
    return {number: [Fault(*one) for one in found] for number, found in rows}


def put_layout(run: ImportRun, layout: Layout, sheets: Sequence[str]) -> None:
    """Keep what the mapping page shows: headers, a few sample rows and the guesses."""
    guesses = {name: [one.column, one.confidence] for name, one in layout.guesses.items()}
    samples = layout.samples[:SAMPLES_SHOWN]
    packed = _packed([layout.sheet, layout.header_row, layout.headers, guesses, samples, list(sheets)])
    _put(run.file, run.id, Kind.LAYOUT, packed)


def layout_of(run: ImportRun) -> tuple[Layout, tuple[str, ...]]:
    """The layout kept with a run, and the names of all sheets."""
    parts = json.loads(zlib.decompress(_get(run.file, run.id, Kind.LAYOUT)))
    sheet, header_row, headers, guesses, samples, sheets = parts
    found = {name: Guess(*one) for name, one in guesses.items()}
    return Layout(sheet, header_row, tuple(headers), found, tuple(map(tuple, samples))), tuple(sheets)


def _packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace"))


def _put(file: ImportFile, about_id: UUID, kind: str, raw: bytes) -> None:
    sealed = encrypt(_key(file.id), raw, about=about_id.bytes, cipher=keyring().cipher)
    ImportPart.everywhere.bulk_create(
        [ImportPart(region_id=file.region_id, file=file, about_id=about_id, kind=kind, sealed=sealed)],
        update_conflicts=True,
        unique_fields=["about_id", "kind"],
        update_fields=["sealed"],
    )


def _get(file: ImportFile, about_id: UUID, kind: str) -> bytes:
    key = _key(file.id)
    part = ImportPart.everywhere.get(about_id=about_id, kind=kind)
    return decrypt(key, bytes(part.sealed), about=about_id.bytes)


def _key(file_id: UUID) -> Key:
    key = open_keys([file_id]).get(file_id)
    if key is None:
        raise Refused(
            "file_forgotten",
            "The uploaded file was deleted after its keeping time. Upload it again.",
            field="file",
        )
    return key
