"""Keeping files and fault lists sealed, and reading them again."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from songhe.core.refusal import Refused
from songhe.engines.imports.mapping import Guess, Layout
from songhe.engines.imports.models import ImportFile, ImportPart, ImportRun
from songhe.engines.imports.spec import Fault
from songhe.engines.vault.cipher import Key, Unreadable, decrypt, encrypt
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.safe import erase, make_key, open_keys

Faults = dict[int, list[Fault]]
Kind = ImportPart.Kind
SAMPLES_SHOWN = 5
PIECE_BYTES = 2**20
"""How much is sealed, sent and fetched at a time, so that neither this process nor its connection holds a file twice."""


def keep(file: ImportFile, raw: bytes) -> ImportFile:
    """Save a new file and its bytes, sealed."""
    make_key(file.id)
    file.size_bytes, file.sha256 = len(raw), hashlib.sha256(raw).digest()
    file.save(force_insert=True)
    _put(file, file.id, Kind.BODY, raw)
    return file


def body(file: ImportFile) -> bytes:
    """The bytes as they were uploaded; refused once the file was forgotten."""
    raw = _get(file, file.id, Kind.BODY)
    if len(raw) != file.size_bytes:
        raise Unreadable(f"of file {file.id} some pieces are missing")
    return raw


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
    key, cipher = _key(file.id), keyring().cipher
    starts = range(0, len(raw), PIECE_BYTES)
    for place, start in enumerate(starts):
        about, piece = _about(about_id, place), raw[start : start + PIECE_BYTES]
        sealed = encrypt(key, piece, about=about, cipher=cipher)
        part = ImportPart(
            region_id=file.region_id, file=file, about_id=about_id, kind=kind, place=place, sealed=sealed
        )
        ImportPart.everywhere.bulk_create(
            [part],
            update_conflicts=True,
            unique_fields=["about_id", "kind", "place"],
            update_fields=["sealed"],
        )
    ImportPart.everywhere.filter(about_id=about_id, kind=kind, place__gte=len(starts)).delete()


def _get(file: ImportFile, about_id: UUID, kind: str) -> bytes:
    key, out = _key(file.id), io.BytesIO()
    parts = ImportPart.everywhere.filter(about_id=about_id, kind=kind)
    for place in range(parts.count()):
        sealed = bytes(parts.get(place=place).sealed)
        out.write(decrypt(key, sealed, about=_about(about_id, place)))
    return out.getvalue()


def _about(about_id: UUID, place: int) -> bytes:
    """What a piece is sealed for: no piece opens at the place of another. The first has none besides its owner, as it had
    when there was one piece only.
    """
    return about_id.bytes + (place.to_bytes(2, "big") if place else b"")


def _key(file_id: UUID) -> Key:
    key = open_keys([file_id]).get(file_id)
    if key is None:
        raise Refused(
            "file_forgotten",
            "The uploaded file was deleted after its retention period. Upload it again.",
            field="file",
        )
    return key
