"""Who makes rows ready and who writes them: of a long list a process and two threads beside the check, else the caller.

Sealing and hashing take half as long as the database takes to write, and Python runs on one core a process; so a long
list is checked, made ready and written at once, two batches at a time, and two cores are busy. See
``docs/why/imports.md``.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from itertools import cycle, repeat
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections

Outcome = TypeVar("Outcome")
LONG = 5_000
"""Rows from which on the start of a process pays."""
SIGNS_ONLY = {"PYPINYIN_NO_PHRASES": "1", "PYPINYIN_NO_DICT_COPY": "1"}
"""Names are spelled sign by sign, so their process does without pypinyin's 47,000 phrases, which take 45 MB."""


class Here(Executor):
    """Does what it is given at once, in the caller's own transaction."""

    def submit(self, fn: Callable[..., Outcome], /, *args: Any, **kwargs: Any) -> Future[Outcome]:
        """Do it; a fault is told by the future, as elsewhere."""
        future: Future[Outcome] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as fault:
            future.set_exception(fault)
        return future


@dataclass(frozen=True, slots=True)
class Hands:
    """The ``maker`` makes rows ready without a database, the ``writers`` take batches in turn; ``ahead`` batches may
    be on their way.
    """

    maker: Executor
    writers: Iterator[Executor]
    ahead: int


@contextmanager
def hands(rows: int, *, apart: bool) -> Iterator[Hands]:
    """The hands for a list of so many rows, one writer unless batches are ``apart``; at the end all begun is done."""
    if rows < LONG:
        yield Hands(Here(), repeat(Here()), 1)
        return
    with _process() as maker, ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        maker.submit(int)  # wakes it while the first rows are read
        try:
            yield Hands(maker, cycle((one, other)) if apart else repeat(one), 2 + apart)
        finally:
            one.submit(connections.close_all)
            other.submit(connections.close_all)


def in_context(call: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """The call as if made from here: acts in a thread keep the origin of the job."""
    context = copy_context()
    return lambda *args: context.copy().run(call, *args)


def _process() -> ProcessPoolExecutor:
    """Spawned, since a fork would take over locks and connections of this process's threads."""
    return ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn"), initializer=_wake, initargs=(settings.KEY_FILE,)
    )


def _wake(key_file: object) -> None:
    """Without Django's models the process is small and there at once; its rows hold no circles to be collected."""
    os.environ.update(SIGNS_ONLY)
    settings.configure(KEY_FILE=key_file)
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
