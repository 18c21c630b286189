"""Keyed hashes and tokens for search; they need the key ring and no database."""

from __future__ import annotations

from collections.abc import Callable

from songhe.engines.vault.cipher import Key, begun, mac
from songhe.engines.vault.keyring import keyring


def keyed_hash(kind: str, text: str) -> bytes:
    """16 bytes for exact search and uniqueness: key id and 14 bytes of the code of ``kind`` and ``text``."""
    ring = keyring()
    return _hash(ring.search.newest, kind, text, ring.cipher)


def keyed_hashes(kind: str, text: str) -> list[bytes]:
    """The hash under every key of the ring, newest first, for search while keys rotate."""
    ring = keyring()
    return [_hash(key, kind, text, ring.cipher) for key in ring.search.newest_first]


def hasher(kind: str) -> Callable[[str], bytes]:
    """``keyed_hash`` for many texts of one kind: the ring is looked at once."""
    ring = keyring()
    key, before = ring.search.newest, f"{kind}\0"
    head, code = key.id.to_bytes(2, "big"), begun(key.secret, ring.cipher)

    def hashed(text: str) -> bytes:
        worker = code.copy()
        worker.update((before + text).encode())
        return head + worker.finalize()[:14]

    return hashed


def _hash(key: Key, kind: str, text: str, cipher: int) -> bytes:
    return key.id.to_bytes(2, "big") + mac(key, f"{kind}\0{text}".encode(), cipher=cipher)[:14]


def token(kind: str, text: str) -> int:
    """A signed 64-bit search token under the newest key."""
    return _token(keyring().search.newest, kind, text)


def tokens(kind: str, text: str) -> list[int]:
    """The token under every key of the ring."""
    return [_token(key, kind, text) for key in keyring().search.keys.values()]


def _token(key: Key, kind: str, text: str) -> int:
    code = mac(key, f"token\0{kind}\0{text}".encode(), cipher=keyring().cipher)
    return int.from_bytes(code[:8], "big", signed=True)
