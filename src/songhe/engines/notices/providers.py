"""How providers are doing, kept for all workers; changed once for each batch and never counted anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from songhe.core.notices import Health, heard, sent
from songhe.engines.notices.book import book
from songhe.engines.notices.channels import gateways
from songhe.engines.notices.models import Delivery, Notice, Provider

NAMES = [field.name for field in fields(Health)]


def known() -> dict[str, Health]:
    """The health of every provider that has been used."""
    return {row.code: _health(row) for row in Provider.objects.all()}


def after_sending(counts: Mapping[str, tuple[int, int]], troubles: Mapping[str, str], at: datetime) -> None:
    """Accepted and failed messages of a batch, by provider; ``troubles`` is the last thing that went wrong."""
    for row in _locked(counts):
        accepted, failed = counts[row.code]
        _keep(row, sent(_health(row), book().switching, accepted=accepted, failed=failed, at=at))
        if accepted:
            row.accepted_at = at
        row.trouble = troubles.get(row.code, row.trouble)[:200]
        row.save()


def after_receipts(quick: Counter[str], slow: Counter[str], at: datetime) -> None:
    """Receipts that came in time and late, by provider."""
    for row in _locked({*quick, *slow}):
        _keep(row, heard(_health(row), book().switching, quick=quick[row.code], slow=slow[row.code], at=at))
        row.save()


def late(silent: Iterable[Notice], at: datetime) -> None:
    """Messages whose wait is over without any receipt count against whoever accepted them."""
    rows = Delivery.everywhere.filter(notice__in=list(silent), state=Delivery.State.ACCEPTED)
    found = rows.values_list(
        "provider", "channel", "round", "notice__round", "notice__channels", "notice__rung"
    )
    slow = Counter(
        provider
        for provider, channel, round_, now, channels, rung in found
        if provider and round_ == now and channel == channels[min(rung, len(channels) - 1)]
    )
    if slow:
        after_receipts(Counter(), slow, at)


def _locked(codes: Iterable[str]) -> list[Provider]:
    """The rows of some providers, made where they are new, locked in one order."""
    wanted = sorted(code for code in codes if code)
    channels = {gateway.code: gateway.channel for gateway in gateways()}
    Provider.objects.bulk_create(
        [Provider(code=code, channel=channels.get(code, "")) for code in wanted], ignore_conflicts=True
    )
    rows = Provider.objects.filter(code__in=wanted).order_by("code")
    return list(rows.select_for_update(no_key=True))


def _health(row: Provider) -> Health:
    return Health(**{name: getattr(row, name) for name in NAMES})


def _keep(row: Provider, health: Health) -> None:
    for name in NAMES:
        setattr(row, name, getattr(health, name))
