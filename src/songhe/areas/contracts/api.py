"""The door of contracts: the names other areas use.

An area that takes orders calls ``take`` (or ``take_many``) when an organisation takes one, ``give`` when it was served,
``release`` when it will not be, ``settle`` when it was paid, and ``note`` when it was missed or refused.
``when_cut``: what it does in the same act as a contract ends early or its term is shortened.
"""

from songhe.areas.contracts.actions import (
    Ask,
    Taken,
    charge,
    count_again,
    give,
    note,
    preview,
    redate,
    release,
    settle,
    take,
    take_back,
    take_many,
    when_cut,
)
from songhe.areas.contracts.columns import contract as contract_column
from songhe.areas.contracts.limits import bounds
from songhe.areas.contracts.models import Contract, RemarkKind, Stage
from songhe.areas.contracts.queries import (
    booked_under,
    charged_to,
    deals,
    live,
    names_of,
    promised_by,
    standings,
    tariffs,
    unsettled_room,
)
from songhe.areas.contracts.rules import ITEM, MINUTE, TIME, Amount, Deal, Placed, Tariff, in_yuan, place

__all__ = [
    "ITEM",
    "MINUTE",
    "TIME",
    "Amount",
    "Ask",
    "Contract",
    "Deal",
    "Placed",
    "RemarkKind",
    "Stage",
    "Taken",
    "Tariff",
    "booked_under",
    "bounds",
    "charge",
    "charged_to",
    "contract_column",
    "count_again",
    "deals",
    "give",
    "in_yuan",
    "live",
    "names_of",
    "note",
    "place",
    "preview",
    "promised_by",
    "redate",
    "release",
    "settle",
    "standings",
    "take",
    "take_back",
    "take_many",
    "tariffs",
    "unsettled_room",
    "when_cut",
]
