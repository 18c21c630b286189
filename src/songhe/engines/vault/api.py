"""The door of ``vault``: the names others use."""

from songhe.engines.vault.attachments import Place, content, take_in, take_sound
from songhe.engines.vault.cipher import Unreadable
from songhe.engines.vault.erased import remember as remember_erased
from songhe.engines.vault.erased import remembered as erased
from songhe.engines.vault.hashes import keyed_hash, keyed_hashes, tokens
from songhe.engines.vault.rotate import hashed_anew, rehashes
from songhe.engines.vault.safe import (
    erase,
    make_key,
    make_keys,
    open_keys,
    reveal,
    reveal_bytes,
    reveal_json,
    reveal_with,
    seal,
    seal_bytes,
    seal_json,
    seal_with,
)

__all__ = [
    "Place",
    "Unreadable",
    "content",
    "erase",
    "erased",
    "hashed_anew",
    "keyed_hash",
    "keyed_hashes",
    "make_key",
    "make_keys",
    "open_keys",
    "rehashes",
    "remember_erased",
    "reveal",
    "reveal_bytes",
    "reveal_json",
    "reveal_with",
    "seal",
    "seal_bytes",
    "seal_json",
    "seal_with",
    "take_in",
    "take_sound",
    "tokens",
]
