"""Keep the collector of unused memory from walking the whole program again and again."""

import gc


def settled() -> None:
    """Call once all is loaded: what lives now lives to the end, and is not looked at again.

    A process of ours holds some 300,000 such objects. A page or a batch of rows makes tens of thousands more and
    drops them by itself; looking for circles among them rarely is enough.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
