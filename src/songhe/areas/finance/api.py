"""The door of finance: the names other areas use.

An area that accepts visits by itself keeps them from ``prepare_month`` (``when_waiting``), hands over what is to be
paid (``settle_claimed``) and hears what became of it (``when_decided``).
"""

from songhe.areas.finance.actions import settle_claimed, when_decided
from songhe.areas.finance.books import booked_once, fund_account, owed_account, place_account
from songhe.areas.finance.models import Fund, Line, Reason, Settlement, State
from songhe.areas.finance.queries import (
    Accepted,
    accepted,
    fund_of,
    grant_code,
    line_of,
    locked_fund,
    minutes_left,
    payable_room,
    promised_minutes,
    settled_in,
    settlements,
    settling,
    uncommitted,
    when_waiting,
)
from songhe.areas.finance.rules import Fen, Given, Payable, Price, cost, payable
from songhe.areas.finance.words import masked_name

__all__ = [
    "Accepted",
    "Fen",
    "Fund",
    "Given",
    "Line",
    "Payable",
    "Price",
    "Reason",
    "Settlement",
    "State",
    "accepted",
    "booked_once",
    "cost",
    "fund_account",
    "fund_of",
    "grant_code",
    "line_of",
    "locked_fund",
    "masked_name",
    "minutes_left",
    "owed_account",
    "payable",
    "payable_room",
    "place_account",
    "promised_minutes",
    "settle_claimed",
    "settled_in",
    "settlements",
    "settling",
    "uncommitted",
    "when_decided",
    "when_waiting",
]
