"""Identity numbers of the national list's strangers under the newest search key."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models.functions import Coalesce

from songhe.areas.assessment.models import Unregistered
from songhe.areas.registry.api import id_hash
from songhe.engines.vault.api import hashed_anew, rehashes


@rehashes("assessment.strangers")
def strangers() -> Iterator[tuple[int, int]]:
    """By what they are found once they are registered."""
    owner = Coalesce("person_id", "id")
    return hashed_anew(Unregistered, "id_number_hash", sealed="id_number_sealed", owner=owner, make=id_hash)
