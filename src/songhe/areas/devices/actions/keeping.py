"""How long what devices said is kept, and numbers that no device has."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from songhe.areas.devices.actions.common import Note, line
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Stray
from songhe.areas.devices.rules import Means
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act

CHUNK = 5_000
_OLD = """
DELETE FROM devices_signal WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM devices_signal WHERE received_at < %s AND (%s::text[] IS NULL OR kind = ANY(%s::text[])) LIMIT %s))
"""


def let_go(*, at: datetime) -> int:
    """Delete a chunk of what is older than it may be kept; how many rows there were. Called until it is 0."""
    book = terms()
    places = [one.code for one in book.signals.values() if one.means in (Means.POSITION, Means.STATE)]
    with connection.cursor() as cursor:
        cursor.execute(_OLD, [at - book.positions_kept, places, places, CHUNK])
        count = int(cursor.rowcount)
        cursor.execute(_OLD, [at - book.events_kept, None, None, CHUNK])
        return count + int(cursor.rowcount)


@act("devices.register")
def clear_stray(stray: Stray, *, actor: Actor, at: datetime, note: Note) -> Stray:
    """Say what an unknown number turned out to be; it comes back when it speaks again."""
    if stray.cleared_at is not None:
        raise Refused("stray_cleared", "This was cleared already.")
    stray.cleared_at, stray.note = at, line(note, "note", 400)
    stray.save()
    return stray
