"""Numbers and texts of messages, sealed with the key of the person they are about, or one of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from songhe.engines.notices.models import Notice
from songhe.engines.vault.api import Unreadable, make_keys, open_keys, reveal_with, seal_with
from songhe.engines.vault.cipher import Key


@dataclass(frozen=True, slots=True)
class Opened:
    """What a message says, and to which number."""

    title: str
    text: str
    number: str


class Sealed:
    """Seals many messages: the keys of the persons are opened in one query, the others made in one."""

    def __init__(self, owners: Sequence[UUID | None], keys: Mapping[UUID, Key]) -> None:
        self._owners = owners
        self._keys = dict(keys)

    @classmethod
    def for_messages(cls, owners: Sequence[UUID | None]) -> Sealed:
        """``owners``: whom each message is about; a person without a key (erased) counts as nobody."""
        return cls(owners, open_keys({owner for owner in owners if owner is not None}))

    def owner(self, place: int) -> UUID | None:
        """Whose key seals the message at a place; None for one of its own."""
        owner = self._owners[place]
        return owner if owner in self._keys else None

    def make_own(self, notices: Iterable[Notice]) -> None:
        """Keys for messages that are about nobody."""
        own = [notice.pk for notice in notices if notice.owner_id == notice.pk]
        if own:
            self._keys |= make_keys(own)

    def close(self, notice: Notice, words: Mapping[str, str], number: str) -> None:
        """Seal number and words into the row."""
        key = self._keys[notice.owner_id]
        body = json.dumps(dict(words), ensure_ascii=False, separators=(",", ":"))
        notice.number_sealed = seal_with(key, notice.owner_id, number)
        notice.text_sealed = seal_with(key, notice.owner_id, body)


def opened(notices: Iterable[Notice]) -> dict[UUID, Opened]:
    """What messages say, by key; those whose key or text is gone are absent."""
    rows = list(notices)
    keys = open_keys({notice.owner_id for notice in rows})
    found = {}
    for notice in rows:
        key = keys.get(notice.owner_id)
        if key is None or not notice.text_sealed:
            continue
        try:
            words = json.loads(reveal_with(key, notice.owner_id, notice.text_sealed))
            number = reveal_with(key, notice.owner_id, notice.number_sealed)
        except Unreadable:
            continue
        found[notice.pk] = Opened(words["title"], words["text"], number)
    return found
