"""Search hashes and tokens of the registry under the newest search key, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from songhe.areas.registry.models import Contact, Person, PersonToken, State
from songhe.areas.registry.queries.hashes import address_hash, id_hash, name_hashes, phone_hash
from songhe.areas.registry.queries.secrets import secrets_of_many
from songhe.engines.access.api import Scope, entered, insert_many, update_many
from songhe.engines.vault.api import hashed_anew, rehashes

BATCH = 2_000
HASHES: dict[str, Callable[[str], bytes]] = {
    "id_number": id_hash,
    "phone": phone_hash,
    "address": address_hash,
}
COLUMNS = tuple(f"{name}_hash" for name in HASHES)


@rehashes("registry.people")
def people() -> Iterator[tuple[int, int]]:
    """Numbers, addresses and names of persons. A hash that is empty stays so: a merged entry gave its number away."""
    last, seen = UUID(int=0), 0
    while True:
        with entered(Scope.EVERYTHING):
            later = Person.everywhere.filter(pk__gt=last).order_by("pk")
            rows = list(later.select_for_update(no_key=True)[:BATCH])
            if not rows:
                return
            news = _people(rows)
        last, seen = rows[-1].pk, seen + len(rows)
        yield seen, news


@rehashes("registry.contacts")
def contacts() -> Iterator[tuple[int, int]]:
    """Telephone numbers of contacts."""
    return hashed_anew(Contact, "phone_hash", sealed="phone_sealed", owner="owner_id", make=phone_hash)


def _people(rows: list[Person]) -> int:
    secrets = secrets_of_many(rows)
    fresh = []
    for row in rows:
        held = [bytes(getattr(row, column) or b"") for column in COLUMNS]
        plain = secrets.get(row.id)
        wanted = [
            make(getattr(plain, name)) if old and plain else old
            for old, (name, make) in zip(held, HASHES.items(), strict=True)
        ]
        if wanted != held:
            fresh.append((row.id, *(made or None for made in wanted)))
    update_many(Person, ("id", *COLUMNS), fresh)
    return max(len(fresh), _tokens(rows))


def _tokens(rows: list[Person]) -> int:
    held: dict[UUID, set[tuple[int, int]]] = {row.id: set() for row in rows}
    for person, hashed, region in PersonToken.objects.filter(person_id__in=held).values_list(
        "person_id", "token", "region_id"
    ):
        held[person].add((hashed, region))
    stale, fresh = [], []
    for row in rows:
        living = row.state in (State.ALIVE, State.DEAD)
        wanted = {(hashed, row.region_id) for hashed in name_hashes(row.name)} if living else set()
        if wanted != held[row.id]:
            stale.append(row.id)
            fresh += [(*pair, row.id) for pair in wanted]
    PersonToken.objects.filter(person_id__in=stale).delete()
    insert_many(PersonToken, ("token", "region_id", "person"), fresh)
    return len(stale)
