"""Account numbers under the newest search key."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models.functions import Coalesce

from songhe.areas.payments.models import Payee
from songhe.areas.payments.queries.payees import account_hash
from songhe.engines.vault.api import hashed_anew, rehashes


@rehashes("payments.payees")
def payees() -> Iterator[tuple[int, int]]:
    """By what two accounts are known to be the same; a body's number is sealed with the row's own key."""
    owner = Coalesce("person_id", "id")
    return hashed_anew(Payee, "account_hash", sealed="account_sealed", owner=owner, make=account_hash)
