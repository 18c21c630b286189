"""Writing acts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from songhe.engines.access.actor import Actor
from songhe.engines.acts.models import Act
from songhe.engines.acts.origin import origin
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.hashes import keyed_hash

PERSON = "registry.person"
HIDDEN = "•"
"""What acts hold in place of a name."""
running: ContextVar[Act | None] = ContextVar("running_act", default=None)


def snapshot(row: models.Model) -> dict[str, Any]:
    """A row's columns as JSON; protected ones and bytes only as keyed hashes."""
    protected = getattr(row, "protected", ())
    return {
        field.attname: _plain(field.attname, getattr(row, field.attname), field.attname in protected)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }


def _plain(name: str, value: Any, protected: bool) -> Any:
    if value is None or (protected and not value):
        return None
    if protected or isinstance(value, bytes | memoryview):
        text = bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
        return "#" + keyed_hash("act:" + name, text).hex()
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, default=str))


def changes(
    before: dict[str, Any], after: dict[str, Any], named: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as it was and as it is; of columns that hold somebody's name only that they changed."""
    names = [name for name in after if before.get(name) != after[name]]
    old = {name: before[name] for name in names if name in before}
    new = {name: after[name] for name in names}
    hidden = dict.fromkeys(named, HIDDEN)
    return _over(old, hidden), _over(new, hidden)


def _over(values: dict[str, Any], hidden: dict[str, str]) -> dict[str, Any]:
    return {name: hidden.get(name, value) if value else value for name, value in values.items()}


def new_act(verb: str, kind: str, *, actor: Actor, at: datetime) -> Act:
    """An act not yet written, with who, when and from where."""
    source, outer = origin(), running.get()
    return Act(
        id=uuid7(),
        at=at,
        kind=kind,
        verb=verb,
        actor_id=actor.id,
        actor_name=actor.name[:80],
        channel=source.channel,
        address=source.address[:45],
        within_id=outer.id if outer else None,
    )


def about(act: Act, subject: models.Model, actor: Actor, right: str | None = None) -> None:
    """Fill in whom or what an act is about, and where that is."""
    act.subject_kind = subject._meta.label_lower
    act.subject_id = subject.pk if isinstance(subject.pk, UUID) else None
    act.subject_name = _title(subject)[:120]
    act.person_id = getattr(subject, "person_id", None) or (
        subject.pk if act.subject_kind == PERSON else None
    )
    act.region_id = act.region_id or getattr(subject, "region_id", None) or where(actor, right)


def _title(subject: models.Model) -> str:
    """What a subject is called; of what is somebody's its number alone, for the log outlives the right to a name. Pages show
    the name from the row."""
    if _names_somebody(type(subject)):
        return str(getattr(subject, "number", "") or "")
    return str(subject)


@cache
def _names_somebody(model: type[models.Model]) -> bool:
    fields = model._meta.concrete_fields
    return model._meta.label_lower == PERSON or any(
        field.attname == "person_id" or _points_at_person(field) for field in fields
    )


def _points_at_person(field: models.Field[Any, Any]) -> bool:
    above = field.related_model
    return isinstance(above, type) and above._meta.label_lower == PERSON


def where(actor: Actor, right: str | None = None) -> int:
    """Where an act lies whose subject lies nowhere (a user, a list): the smallest region around what the actor reaches,
    so that whoever audits the actor finds it."""
    return (actor.scope(right).around if right else 0) or actor.scope().around


def record_write(
    verb: str,
    subject: models.Model,
    *,
    actor: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Act:
    """Write one act by hand, for writes that no decorated action makes."""
    act = new_act(verb, Act.Kind.WRITE, actor=actor, at=at)
    about(act, subject, actor)
    act.before, act.after = before or {}, after or {}
    act.save(force_insert=True)
    return act


def record_read(verb: str, subject: models.Model, *, actor: Actor, at: datetime, purpose: str) -> Act:
    """Log that somebody was shown protected data, and why."""
    act = new_act(verb, Act.Kind.READ, actor=actor, at=at)
    about(act, subject, actor)
    act.purpose = purpose[:200]
    act.save(force_insert=True)
    return act


def record_bulk(
    verb: str,
    *,
    model: type[models.Model],
    count: int,
    digest: str,
    actor: Actor,
    at: datetime,
    region_id: int = 0,
) -> Act:
    """Log one bulk write: how many rows, and the hash (hex, at most 64 signs) of their content; without a region it lies
    where the actor works."""
    act = new_act(verb, Act.Kind.BULK, actor=actor, at=at)
    act.subject_kind, act.rows, act.content_hash, act.region_id = (
        model._meta.label_lower,
        count,
        digest,
        region_id or where(actor),
    )
    act.save(force_insert=True)
    return act
