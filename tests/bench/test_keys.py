"""Rotating all keys, as `songhe keys rotate` does, beside encrypting as many keys in memory alone."""

from __future__ import annotations

import os
import time
from uuid import UUID

from django.utils.module_loading import autodiscover_modules
from tests.bench import figures, home

from songhe.engines.vault import keyring
from songhe.engines.vault.cipher import Key, encrypt
from songhe.engines.vault.models import DataKey
from songhe.engines.vault.rotate import rehash, rewrap
from songhe.site.postgres import Cluster

COMMAND = 'make bench ARGS="-k rotate"'
SAMPLE = 20_000


def test_rotate(city: Cluster) -> None:
    keyring.add_keys(home.HOME / "keys.json")
    began = time.perf_counter()
    count = rewrap()
    taken = time.perf_counter() - began
    assert count == DataKey.objects.count()
    again = time.perf_counter()
    assert rewrap() == 0
    second = time.perf_counter() - again
    autodiscover_modules("tasks")
    hashing = time.perf_counter()
    rows_changed = rehash(lambda done: print(f"{done:,}", flush=True) if done % 200_000 == 0 else None)
    hashed = time.perf_counter() - hashing
    bare = _in_memory()
    rows = [
        ["all data keys sealed anew", taken, int(count / taken), f"{bare / (count / taken):.1f}×"],
        [f"search hashes and tokens of {rows_changed:,} rows", hashed, int(rows_changed / hashed), "—"],
        ["data keys a second time, nothing to do", second, int(count / second), "—"],
        ["peer: encrypting alone, in memory", SAMPLE / bare, int(bare), "1.0×"],
    ]
    text = figures.table([f"rotation of {count:,} keys", "seconds", "a second", "peer to ours"], rows)
    figures.report("key rotation", text, command=COMMAND)


def _in_memory() -> float:
    """Keys a second without a database."""
    key, owner = Key(1, os.urandom(32)), UUID(int=7)
    began = time.perf_counter()
    for _turn in range(SAMPLE):
        encrypt(key, os.urandom(32), about=owner.bytes)
    return SAMPLE / (time.perf_counter() - began)
