"""Keyed hashes and tokens for search; they need the key ring and no database."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

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
    return _hasher(ring.search.newest, kind, ring.cipher)


def all_hasher(kind: str) -> Callable[[str], list[bytes]]:
    """``keyed_hashes`` for many texts of one kind."""
    ring = keyring()
    hashers = [_hasher(key, kind, ring.cipher) for key in ring.search.newest_first]
    return lambda text: [hashed(text) for hashed in hashers]


def _hasher(key: Key, kind: str, cipher: int) -> Callable[[str], bytes]:
    before, head, code = f"{kind}\0", key.id.to_bytes(2, "big"), begun(key.secret, cipher)

    def hashed(text: str) -> bytes:
        worker = code.copy()
        worker.update((before + text).encode())
        return head + worker.finalize()[:14]

    return hashed


def _hash(key: Key, kind: str, text: str, cipher: int) -> bytes:
    return key.id.to_bytes(2, "big") + mac(key, f"{kind}\0{text}".encode(), cipher=cipher)[:14]


def packed_token(kind: str) -> Callable[[str], bytes]:
    """The search token under the newest key, for many texts of one kind, as eight bytes; words come again and again."""
    ring = keyring()
    return _packed(ring.search.newest, kind, ring.cipher)


@lru_cache(maxsize=4)
def _packed(key: Key, kind: str, cipher: int) -> Callable[[str], bytes]:
    before, code = f"token\0{kind}\0", begun(key.secret, cipher)

    @lru_cache(maxsize=50_000)
    def packed(text: str) -> bytes:
        worker = code.copy()
        worker.update((before + text).encode())
        return worker.finalize()[:8]

    return packed


def tokens(kind: str, text: str) -> list[int]:
    """A text's search token, a signed 64-bit number, under every key of the ring."""
    return [_token(key, kind, text) for key in keyring().search.keys.values()]


def _token(key: Key, kind: str, text: str) -> int:
    code = mac(key, f"token\0{kind}\0{text}".encode(), cipher=keyring().cipher)
    return int.from_bytes(code[:8], "big", signed=True)
