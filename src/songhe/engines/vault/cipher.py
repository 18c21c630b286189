"""Authenticated encryption and keyed hashes over given keys; AES-256-GCM/SHA-256 or SM4-GCM/SM3 (GB/T 32907, 32905).

A ciphertext is: cipher (1 byte) · key id (2 bytes) · nonce (12 bytes) · sealed text with its 16-byte tag.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

AES, SM4 = 1, 2
NAMES = {"aes": AES, "sm4": SM4}
HEAD = 15
GENERATION = 1
"""The id of a data key: an owner has one."""


class Unreadable(ValueError):
    """A ciphertext that no key at hand opens: damaged, of another owner, or its key is gone."""


@dataclass(frozen=True, slots=True)
class Key:
    """32 secret bytes and the id under which ciphertexts name them."""

    id: int
    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != 32 or not 0 < self.id < 2**16:
            raise ValueError("a key is 32 bytes with an id from 1 to 65535")


def encrypt(key: Key, text: bytes, *, about: bytes, cipher: int = AES) -> bytes:
    """Seal ``text``; it opens only with the same key and the same ``about``."""
    return sealing(key.id, key.secret, cipher)(text, about)


def sealing(key: int, secret: bytes, cipher: int) -> Callable[[bytes, bytes], bytes]:
    """``encrypt`` for many texts under one key: what does not change from text to text is made once."""
    head, random = bytes([cipher]) + key.to_bytes(2, "big"), os.urandom
    if cipher != AES:
        return partial(_seal_sm4, head, secret[:16])
    lock = AESGCM(secret).encrypt

    def seal(text: bytes, about: bytes) -> bytes:
        nonce = random(12)
        return head + nonce + lock(nonce, text, head + about)

    return seal


def _seal_sm4(head: bytes, secret: bytes, text: bytes, about: bytes) -> bytes:
    nonce = os.urandom(12)
    worker = Cipher(algorithms.SM4(secret), modes.GCM(nonce)).encryptor()
    worker.authenticate_additional_data(head + about)
    return head + nonce + worker.update(text) + worker.finalize() + worker.tag


def decrypt(key: Key, blob: bytes, *, about: bytes) -> bytes:
    """Open what ``encrypt`` sealed; ``Unreadable`` where key, text or ``about`` do not fit."""
    if len(blob) < HEAD + 16 or key_id(blob) != key.id:
        raise Unreadable("this text was sealed with another key")
    head, nonce, body = blob[:3], blob[3:HEAD], blob[HEAD:]
    try:
        if head[0] == AES:
            return AESGCM(key.secret).decrypt(nonce, body, head + about)
        if head[0] == SM4:
            worker = Cipher(algorithms.SM4(key.secret[:16]), modes.GCM(nonce, body[-16:])).decryptor()
            worker.authenticate_additional_data(head + about)
            return worker.update(body[:-16]) + worker.finalize()
    except InvalidTag:
        raise Unreadable("this text was changed, or belongs to another owner") from None
    raise Unreadable("this text names a cipher that is not known")


def key_id(blob: bytes) -> int:
    """The id of the key that sealed a text."""
    return int.from_bytes(blob[1:3], "big")


def mac(key: Key, text: bytes, *, cipher: int = AES) -> bytes:
    """32 bytes that only the holder of the key can make from ``text``."""
    worker = begun(key.secret, cipher).copy()
    worker.update(text)
    return worker.finalize()


@lru_cache(maxsize=16)
def begun(secret: bytes, cipher: int) -> HMAC:
    """A code that has taken in the key and no text yet; a copy of it costs a third of a new one."""
    return HMAC(secret, hashes.SHA256() if cipher == AES else hashes.SM3())
