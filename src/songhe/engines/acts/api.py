"""The door of ``acts``: the names others use."""

from songhe.engines.acts.decorator import act, add_detail, set_place
from songhe.engines.acts.eyes import four_eyes
from songhe.engines.acts.once import once
from songhe.engines.acts.origin import Origin, from_origin
from songhe.engines.acts.record import record_bulk, record_read, record_write
from songhe.engines.acts.touched import persons_touched

__all__ = [
    "Origin",
    "act",
    "add_detail",
    "four_eyes",
    "from_origin",
    "once",
    "persons_touched",
    "record_bulk",
    "record_read",
    "record_write",
    "set_place",
]
