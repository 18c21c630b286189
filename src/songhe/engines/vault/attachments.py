"""Taking in files: limits, pictures without hidden data, thumbnails, encryption."""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from PIL import Image, ImageOps, UnidentifiedImageError

from songhe.core.refusal import Refused
from songhe.engines.vault.cipher import decrypt, encrypt
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import Attachment
from songhe.engines.vault.safe import open_keys
from songhe.engines.vault.sounds import sound_kind

MAX_BYTES = 10 * 2**20
MAX_SOUND = 4 * 2**20
MAX_PIXELS = 50_000_000
LONG_SIDE = 1920
THUMBNAIL_SIDE = 240
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file belongs: whose data key seals it, what it is about, and who may see it."""

    owner_id: UUID
    about_id: UUID
    region_id: int
    person_id: UUID | None = None
    holder_id: UUID | None = None


def take_in(file: IO[bytes], *, name: str, place: Place, actor_id: UUID, at: datetime) -> Attachment:
    """Keep a picture or a PDF, encrypted; refused where it is too large, of another kind or damaged."""
    return _kept(_cleaned(_read(file, MAX_BYTES)), name=name, place=place, actor_id=actor_id, at=at)


def take_sound(file: IO[bytes], *, name: str, place: Place, actor_id: UUID, at: datetime) -> Attachment:
    """Keep a spoken note, encrypted; refused where it is too large or no sound by its first bytes."""
    raw = _read(file, MAX_SOUND)
    kind = sound_kind(raw)
    if kind is None:
        raise Refused(
            "unknown_sound",
            "Only spoken notes in WebM, Ogg or MP4 can be kept. Record it again.",
            field="file",
        )
    return _kept((raw, kind, b""), name=name, place=place, actor_id=actor_id, at=at)


def _read(file: IO[bytes], most: int) -> bytes:
    raw = file.read(most + 1)
    if len(raw) > most:
        raise Refused(
            "too_large",
            "The file is larger than {most} MB. Choose a smaller one.",
            field="file",
            most=most // 2**20,
        )
    if not raw:
        raise Refused("empty_file", "The file is empty. Choose another one.", field="file")
    return raw


def _kept(
    cleaned: tuple[bytes, str, bytes], *, name: str, place: Place, actor_id: UUID, at: datetime
) -> Attachment:
    body, media_type, thumbnail = cleaned
    owner = place.owner_id
    key = open_keys([owner]).get(owner)
    if key is None:
        raise Refused("erased", "This record's personal data was erased and cannot be read or changed.")
    cipher = keyring().cipher
    return Attachment.everywhere.create(
        **asdict(place),
        name=name.replace("\0", "")[:200] or "file",
        media_type=media_type,
        size_bytes=len(body),
        sha256=hashlib.sha256(body).digest(),
        body_sealed=encrypt(key, body, about=owner.bytes, cipher=cipher),
        thumbnail_sealed=encrypt(key, thumbnail, about=owner.bytes, cipher=cipher) if thumbnail else b"",
        added_at=at,
        added_by_id=actor_id,
    )


def content(attachment: Attachment, *, thumbnail: bool = False) -> bytes:
    """The file as it was kept, or its thumbnail."""
    owner = attachment.owner_id
    key = open_keys([owner]).get(owner)
    if key is None:
        raise Refused("erased", "This record's personal data was erased and cannot be read or changed.")
    blob = attachment.thumbnail_sealed if thumbnail else attachment.body_sealed
    return decrypt(key, bytes(blob), about=owner.bytes) if blob else b""


def _cleaned(raw: bytes) -> tuple[bytes, str, bytes]:
    if raw.startswith(b"%PDF-"):
        return raw, "application/pdf", b""
    try:
        with Image.open(io.BytesIO(raw)) as picture:
            kind = picture.format or ""
            if kind not in PICTURES:
                raise UnidentifiedImageError
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused(
                    "too_many_pixels",
                    "The picture is too large. Take it again at a lower resolution.",
                    field="file",
                )
            upright = ImageOps.exif_transpose(picture)
    except Refused:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refused(
            "unknown_file",
            "Only JPEG, PNG and WebP pictures and PDF files can be kept. Choose another file.",
            field="file",
        ) from None
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    small = upright.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _saved(upright, kind), PICTURES[kind], _saved(small, "JPEG")


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    plain = Image.new(picture.mode, picture.size)
    plain.paste(picture)
    (plain.convert("RGB") if kind == "JPEG" else plain).save(out, kind, quality=85)
    return out.getvalue()
