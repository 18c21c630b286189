"""Keep a process from looking through, and from handing back, the memory that it will need again at once."""

import contextlib
import ctypes
import gc

TRIM, MMAP = -1, -3  # names of mallopt(3)
KEPT_BYTES, OWN_BYTES = 1 << 26, 1 << 22


def settled() -> None:
    """Call once all is loaded: what lives now lives to the end, and is not looked at again.

    A process of ours holds some 300,000 such objects. A page or a batch of rows makes tens of thousands more and
    drops them by itself; looking for circles among them rarely is enough.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
    # Arrays of a few hundred kB are made and dropped thousands of times in a run; given back each time, their pages
    # have to be cleared again, which took a quarter of a run. Other systems than Linux keep such memory anyway.
    with contextlib.suppress(OSError, AttributeError):
        glibc = ctypes.CDLL(None)
        glibc.mallopt(MMAP, OWN_BYTES)
        glibc.mallopt(TRIM, KEPT_BYTES)
