"""Columns that name a contract, and that say how much of it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts.limits import bounds
from songhe.areas.contracts.models import Contract
from songhe.areas.contracts.queries import Standing, names_of, standings
from songhe.areas.providers.api import Named
from songhe.kit.charts import progress
from songhe.kit.columns import Column, Plain
from songhe.kit.words import Label, yuan


def contract(name: str = "contract_id", label: Label = "") -> Named:
    """A contract by number and lot, linked where the reader may open it."""
    return Named(name=name, label=label or _("Contract"), model=Contract, names=names_of)


@dataclass(frozen=True, kw_only=True)
class Used(Column):
    """How much of each contract is used and what is left, counted for all rows at once."""

    def bind(self, rows: Sequence[Contract]) -> Callable[[Contract], SafeString]:
        found = standings(rows)
        return lambda row: drawn(found[row.pk])

    def bind_plain(self, rows: Sequence[Contract]) -> Callable[[Contract], Plain]:
        found = standings(rows)
        return lambda row: found[row.pk].percent

    def html(self, row: Contract) -> SafeString:
        return self.bind([row])(row)

    def plain(self, row: Contract) -> Plain:
        return self.bind_plain([row])(row)


def tone_of(standing: Standing) -> str:
    """The tone in which a use is shown."""
    return (
        "danger" if standing.percent >= 100 else "warn" if standing.percent >= bounds().used_percent else ""
    )


def drawn(standing: Standing) -> SafeString:
    """A bar that fills towards the ceiling, with what is left in yuan."""
    bar = progress(standing.percent, 100, title=_("Used"), tone=tone_of(standing), width=120)
    return format_html("{}<small>{} % · {}</small>", bar, standing.percent, yuan(standing.left[0]))
