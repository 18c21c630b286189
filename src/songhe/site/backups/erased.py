"""Who was erased since a backup was made stays erased when the backup is put back."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg

from songhe.engines.vault import erased

KNOWN = """
SELECT DISTINCT jsonb_array_elements_text(after -> 'erased') FROM acts_act
 WHERE verb IN ('registry.erase', 'registry.erase_again') AND after ? 'erased'
"""


def note(url: str, key_file: Path) -> None:
    """Add to the list beside the key file whom the database behind `url` (the owner's) knows as erased."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.acts_act')").fetchone() == (None,):
            return
        rows = connection.execute(KNOWN).fetchall()
    erased.remember({UUID(key) for (key,) in rows}, key_file=key_file)


def again(at: datetime) -> int:
    """Erase whoever is on the list and not erased in the database; returns how many entries."""
    from songhe.areas.registry.api import Person, State, erase_again
    from songhe.engines.access.api import SYSTEM, Scope, entered

    with entered(Scope.EVERYTHING):
        rows = Person.everywhere.filter(pk__among=list(erased.remembered()))
        back = rows.exclude(state=State.ERASED).in_bulk()
        for person in back.values():
            if person.merged_into_id not in back:  # else it goes with the other entry
                erase_again(person, actor=SYSTEM, at=at)
    return len(back)
