"""The verbs of contracts."""

from songhe.areas.contracts.actions.amending import amend, approve_amendment, drop_amendment
from songhe.areas.contracts.actions.booking import (
    Ask,
    Taken,
    charge,
    give,
    note,
    preview,
    redate,
    release,
    settle,
    take,
    take_back,
    take_many,
)
from songhe.areas.contracts.actions.deciding import approve, discard, end, remark, resume, suspend, turn
from songhe.areas.contracts.actions.drafting import (
    add_place,
    add_service,
    describe,
    draft,
    drop_place,
    drop_service,
    set_terms,
)

__all__ = [
    "Ask",
    "Taken",
    "add_place",
    "add_service",
    "amend",
    "approve",
    "approve_amendment",
    "charge",
    "describe",
    "discard",
    "draft",
    "drop_amendment",
    "drop_place",
    "drop_service",
    "end",
    "give",
    "note",
    "preview",
    "redate",
    "release",
    "remark",
    "resume",
    "set_terms",
    "settle",
    "suspend",
    "take",
    "take_back",
    "take_many",
    "turn",
]
