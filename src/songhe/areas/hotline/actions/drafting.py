"""What is typed into an open call, kept as it is typed.

A saving is no act: it decides nothing, and what was decided is written as an act when the call is closed. It is sealed with
the call's own key, which is destroyed then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from songhe.areas.hotline.actions.common import still_open
from songhe.areas.hotline.models import Call, Draft
from songhe.areas.hotline.rules import FIELDS_MAX, SIGNS_MAX, Saved, save
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor
from songhe.engines.vault.api import reveal_json, seal_json


def keep_typed(
    call: Call,
    typed: Mapping[str, str],
    *,
    seen: int,
    tab: str,
    actor: Actor,
    at: datetime,
    force: bool = False,
) -> Saved:
    """Take in what a tab typed, and say what another tab has written into the same fields since."""
    if call.agent_id != actor.id:
        raise Forbidden("other_agent", "{agent} holds this call. Take it over first.", agent=call.agent_name)
    clean = {_name(name): _words(name, words) for name, words in typed.items()}
    with transaction.atomic():
        row = Call.everywhere.select_for_update(no_key=True).get(pk=call.pk)
        still_open(row)
        draft = Draft.everywhere.filter(call=row).first()
        kept = (reveal_json(draft.owner_id, draft.sealed) or {}) if draft else {}
        saved = save(kept, draft.revision if draft else 0, clean, seen=seen, tab=tab, force=force)
        if len(saved.fields) > FIELDS_MAX:
            raise Refused("too_many", "A call has fewer fields than this. Load the page again.")
        if saved.news:
            values = {"sealed": seal_json(row.pk, saved.fields), "revision": saved.revision, "saved_at": at}
            fixed = {"region_id": row.region_id, "agent_id": row.agent_id, "owner_id": row.pk}
            Draft.everywhere.update_or_create(call=row, defaults=values, create_defaults=values | fixed)
    return saved


def _name(name: str) -> str:
    if not name.isidentifier() or len(name) > 40:
        raise Refused("field", "There is no such field on the desk. Load the page again.")
    return name


def _words(name: str, words: str) -> str:
    if len(words) > SIGNS_MAX:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=name, most=SIGNS_MAX
        )
    if "\0" in words or any("\ud800" <= sign <= "\udfff" for sign in words):
        raise Refused(
            "text_broken",
            "The text contains a character that cannot be stored (a NUL or half a character).",
            field=name,
        )
    return words
