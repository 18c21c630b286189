"""Budgets, batches and banks, as the city's ``payments.yaml`` says; reasons of banks, as the nation's file does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from songhe.areas.payments.rules.listing import DEFAULT, ListColumn, fault
from songhe.areas.payments.rules.shortfall import POLICIES
from songhe.areas.payments.rules.splitting import WHOLE
from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.sources import Data, DataError, label, read, text, whole
from songhe.kit.words import is_chinese

LEVELS = ("centre", "province", "city", "county")


def said(found: Label) -> str:
    """A label in the language of the page."""
    return found.zh if is_chinese() else found.en


@dataclass(frozen=True, slots=True)
class LineTerms:
    """One budget line that a fund may have; ``shares``: basis points by level."""

    code: str
    label: Label
    purpose: str
    benefits: tuple[str, ...]
    shares: Mapping[str, int]
    shortfall: str


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """One kind of money and its rules; ``only``: the purposes it is tied to, none when empty."""

    code: str
    label: Label
    level: str
    from_fund: bool
    only: tuple[str, ...]
    most_fen: int | None
    least_bp: int


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """How batches are approved and verified. ``bands``: (up to fen or None, how many approve), the last has no limit."""

    bands: tuple[tuple[int | None, int], ...]
    tolerated_bp: int
    confidence_bp: int
    withhold_bp: int
    encoding: str
    columns: tuple[ListColumn, ...]
    assumed: bool

    def approvals(self, fen: int) -> int:
        """How many people approve a sum."""
        return next(number for up_to, number in self.bands if up_to is None or fen <= up_to)


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank and what numbers of its accounts look like."""

    code: str
    label: Label
    lengths: tuple[int, ...]
    luhn: bool


@dataclass(frozen=True, slots=True)
class BankReason:
    """Why a bank did not pay. ``again``: whether the same account is tried again."""

    code: str
    label: Label
    words: tuple[str, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """All of it."""

    lines: Mapping[str, LineTerms]
    sources: Mapping[str, SourceTerms]
    batches: BatchTerms
    banks: Mapping[str, Bank]
    company_digits: tuple[int, int]


def terms() -> Terms:
    """The terms of the city."""
    return _terms(settings.DATA / "cities" / settings.CITY / "payments.yaml")


def source_terms(code: str) -> SourceTerms:
    """One kind of money; refused where the data does not know it."""
    found = terms().sources.get(code)
    if found is None:
        raise Refused(
            "payments.no_source", "There is no such kind of money. Choose one from the list.", field="rule"
        )
    return found


def bank_text(code: str) -> str:
    """A bank in the language of the page; the code where the file no longer knows it."""
    found = terms().banks.get(code)
    return said(found.label) if found else code


@lru_cache(maxsize=1)
def bank_reasons() -> Mapping[str, BankReason]:
    """All reasons in the order of the file."""
    path = settings.DATA / "nation/bank_reasons.yaml"
    data = read(path.read_text(encoding="utf-8"), name=path.name).data
    return {
        code: BankReason(code, label(row, f"{path.name}, {code}"), tuple(row["words"]), bool(row["again"]))
        for code, row in data.items()
    }


def reason_text(code: str) -> str:
    """A reason in the language of the page."""
    found = bank_reasons().get(code)
    return said(found.label) if found else code


@lru_cache(maxsize=8)
def _terms(path: Path) -> Terms:
    data: Data = read(path.read_text(encoding="utf-8"), name=path.name).data if path.is_file() else {}
    budget = data.get("budget") or {}
    lines = [
        _line(row, f"{path.name}, budget line {place}")
        for place, row in enumerate(budget.get("lines") or (), 1)
    ]
    sources = [
        _source(row, f"{path.name}, source {place}")
        for place, row in enumerate(budget.get("sources") or (), 1)
    ]
    taken = [benefit for line in lines for benefit in line.benefits]
    if len(taken) != len(set(taken)):
        raise DataError(f"{path.name}: a benefit stands in two budget lines. Leave it in one.")
    banks = [_bank(code, row, f"{path.name}, bank {code}") for code, row in (data.get("banks") or {}).items()]
    return Terms(
        {line.code: line for line in lines},
        {one.code: one for one in sources},
        _batches(data.get("batches") or {}, f"{path.name}, batches"),
        {bank.code: bank for bank in banks},
        _digits(data.get("companies") or {}, f"{path.name}, companies"),
    )


def _line(row: Data, where: str) -> LineTerms:
    shares = {level: whole(row["shares"], level, where) for level in LEVELS if level in row["shares"]}
    if set(row["shares"]) - set(LEVELS) or sum(shares.values()) != WHOLE or min(shares.values()) <= 0:
        raise DataError(f"{where}: shares of {', '.join(LEVELS)} must add up to {WHOLE} basis points.")
    if row.get("shortfall") not in POLICIES:
        raise DataError(f"{where}: shortfall must be one of {', '.join(POLICIES)}.")
    benefits = tuple(str(one) for one in row["benefits"])
    return LineTerms(
        text(row, "code", where),
        label(row, where),
        text(row, "purpose", where),
        benefits,
        shares,
        row["shortfall"],
    )


def _source(row: Data, where: str) -> SourceTerms:
    if row.get("level") not in LEVELS or row.get("from") not in ("fund", "treasury"):
        raise DataError(f"{where}: level must be one of {', '.join(LEVELS)}, from must be fund or treasury.")
    most = row.get("most_fen")
    least = whole(row, "least_bp", where) if "least_bp" in row else 0
    if (most is not None and (not isinstance(most, int) or most <= 0)) or not 0 <= least <= WHOLE:
        raise DataError(f"{where}: most_fen is a positive number, least_bp from 0 to {WHOLE}.")
    only = tuple(row.get("only") or ())
    return SourceTerms(
        text(row, "code", where), label(row, where), row["level"], row["from"] == "fund", only, most, least
    )


def _batches(row: Data, where: str) -> BatchTerms:
    row = {"bands": [{"approvals": 2}], "sample": {}, "withhold_bp": 2000, "file": "utf-8", **row}
    bands = tuple((band.get("up_to_fen"), whole(band, "approvals", where)) for band in row["bands"])
    limits = [up_to for up_to, _number in bands]
    if limits[-1] is not None or None in limits[:-1] or sorted(limits[:-1]) != limits[:-1]:
        raise DataError(f"{where}: the bands' up_to_fen must rise, and the last band has none.")
    if any(number not in (1, 2) for _up_to, number in bands) or row["file"] not in ("gb18030", "utf-8"):
        raise DataError(f"{where}: one or two people approve; the file is gb18030 or utf-8.")
    sample = {"tolerated_bp": 500, "confidence_bp": 9500, **row["sample"]}
    tolerated, confidence = whole(sample, "tolerated_bp", where), whole(sample, "confidence_bp", where)
    withhold = whole(row, "withhold_bp", where)
    if not 0 <= tolerated < WHOLE or not 0 < confidence < WHOLE or not 0 <= withhold <= WHOLE:
        raise DataError(f"{where}: shares are basis points from 0 to {WHOLE}.")
    columns = _columns(row["columns"], f"{where}, columns") if "columns" in row else DEFAULT
    return BatchTerms(
        bands, tolerated, confidence, withhold, row["file"], columns, bool(row.get("assumed", False))
    )


def _columns(rows: Any, where: str) -> tuple[ListColumn, ...]:
    """The columns of the list for the bank, checked: a list that lacks one is found when it is loaded, not when money goes."""
    known = {"head", "field", "text"}
    if not isinstance(rows, list) or not all(isinstance(row, dict) and not set(row) - known for row in rows):
        raise DataError(f"{where}: a list of columns, each with a head and a field or a text.")
    found = tuple(
        ListColumn(text(row, "head", where), str(row.get("field") or ""), str(row.get("text") or ""))
        for row in rows
    )
    if wrong := fault(found):
        raise DataError(f"{where}: {wrong}.")
    return found


def _digits(row: Data, where: str) -> tuple[int, int]:
    """How few and how many digits the account number of a company has."""
    row = {"least": 8, "most": 32, **row}
    least, most = whole(row, "least", where), whole(row, "most", where)
    if not 6 <= least <= most <= 34:
        raise DataError(f"{where}: least and most must be numbers of digits from 6 to 34.")
    return least, most


def _bank(code: str, row: Data, where: str) -> Bank:
    lengths = tuple(row.get("lengths") or ())
    if not lengths or not all(isinstance(one, int) and 6 <= one <= 32 for one in lengths):
        raise DataError(f"{where}: lengths must be numbers of digits from 6 to 32.")
    return Bank(str(code), label(row, where), lengths, bool(row.get("luhn", False)))
