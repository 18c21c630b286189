"""The vault: round trips, owners, erasure, rotation, attachments."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests import make

from songhe.core.refusal import Refused
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault import keyring
from songhe.engines.vault.api import (
    Place,
    Unreadable,
    content,
    erase,
    keyed_hash,
    keyed_hashes,
    make_key,
    reveal,
    reveal_json,
    seal,
    seal_json,
    take_in,
)
from songhe.engines.vault.cipher import AES, SM4, Key, decrypt, encrypt
from songhe.engines.vault.rotate import rewrap

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32), st.sampled_from([AES, SM4]), st.data())
def test_any_changed_bit_is_noticed(text: bytes, secret: bytes, cipher: int, data: st.DataObject) -> None:
    key = Key(7, secret)
    blob = encrypt(key, text, about=b"me", cipher=cipher)
    assert decrypt(key, blob, about=b"me") == text
    at = data.draw(st.integers(0, len(blob) * 8 - 1))
    broken = bytearray(blob)
    broken[at // 8] ^= 1 << at % 8
    with pytest.raises(Unreadable):
        decrypt(key, bytes(broken), about=b"me")
    with pytest.raises(Unreadable):
        decrypt(key, blob, about=b"you")


@pytest.mark.django_db
def test_an_owner_reads_back_and_after_erasure_nobody_does() -> None:
    me, you = uuid7(), uuid7()
    make_key(me)
    make_key(you)
    blob = seal(me, "371082194305020017")
    assert reveal(me, blob) == "371082194305020017"
    assert reveal_json(me, seal_json(me, {"胃": 1})) == {"胃": 1}
    with pytest.raises(Unreadable):
        reveal(you, blob)
    erase(me)
    with pytest.raises(Refused, match="erased"):
        reveal(me, blob)


@pytest.mark.django_db
def test_keys_rotate_without_losing_anything(tmp_path: Path) -> None:
    before = settings.KEY_FILE
    settings.KEY_FILE = tmp_path / "keys.json"
    try:
        keyring.create(settings.KEY_FILE)
        owner = uuid7()
        make_key(owner)
        blob, old = seal(owner, "13900000000"), keyed_hash("phone", "13900000000")
        keyring.add_keys(settings.KEY_FILE)
        assert reveal(owner, blob) == "13900000000", "the old key still opens"
        assert old in keyed_hashes("phone", "13900000000")
        assert keyed_hash("phone", "13900000000") != old
        assert rewrap() == 1
        keyring.drop_old_keys(settings.KEY_FILE)
        assert reveal(owner, blob) == "13900000000"
    finally:
        settings.KEY_FILE = before


def picture(side: int = 900) -> io.BytesIO:
    out = io.BytesIO()
    image = Image.new("RGB", (side, side), "green")
    exif = image.getexif()
    exif[0x010F] = "SpyCam"
    image.save(out, "JPEG", exif=exif)
    out.seek(0)
    return out


@pytest.mark.django_db
def test_a_picture_is_kept_encrypted_without_hidden_data() -> None:
    owner = uuid7()
    make_key(owner)
    place = Place(owner, uuid7(), make.village())
    common = {"place": place, "actor_id": uuid7(), "at": AT}
    kept = take_in(picture(), name="door.jpg", **common)  # type: ignore[arg-type]
    body = content(kept)
    assert b"SpyCam" not in body
    assert b"SpyCam" not in bytes(kept.body_sealed)
    assert Image.open(io.BytesIO(content(kept, thumbnail=True))).size == (240, 240)
    for bad in (b"", b"MZ not a picture", picture().getvalue()[:80], b"x" * (10 * 2**20 + 1)):
        with pytest.raises(Refused):
            take_in(io.BytesIO(bad), name="bad", **common)  # type: ignore[arg-type]
