"""Folding one person into another, and undoing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, ProgrammingError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import writing
from songhe.areas.registry.models import (
    Enrolment,
    Fact,
    Kind,
    Member,
    Merge,
    Person,
    PersonToken,
    State,
    Suspect,
)
from songhe.areas.registry.queries.facts import COLUMNS
from songhe.areas.registry.queries.secrets import secrets_of
from songhe.core.codes import ancestors
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.acts.models import Act
from songhe.engines.vault.api import reveal, seal
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), size=200)]
SEALED = "_sealed"
CLOSED = ("42501", "P0001")
"""What the database says of rows that nobody may change: no privilege, or a guard's own words."""
NEVER = (Act, PersonToken, Merge, Suspect)
"""Tables that stay as they are: the log, the tokens (made anew), and the decisions themselves."""
SINGLE: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (Enrolment, {"leaving": Enrolment.Leaving.MISTAKE}),
    (Member, {}),
)
"""Tables in which a person has one open row, and what else closing it says."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """One column that names a person, by foreign key or by plain id."""

    model: type[Any]
    column: str

    @property
    def label(self) -> str:
        """Such as ``visits.Visit``."""
        return str(self.model._meta.label)


@dataclass(slots=True)
class Repointed:
    """What came of one pointer: the rows that follow the kept entry, and those left, by why: the kept entry has such a row
    already (``double``), or the row is a closed book (``closed``)."""

    pointer: Pointer
    ids: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)

    def told(self, ids: list[str], **more: str) -> dict[str, Any]:
        """Some of the rows, for a column."""
        return {"model": self.pointer.label, "column": self.pointer.column, "ids": ids} | more


def merge(kept_id: UUID, gone_id: UUID, *, actor: Actor, at: datetime, reason: str) -> Merge:
    """Fold one person into another inside an act: everything that names the one names the other afterwards.

    What the kept row lacks is filled from the other. Rows that cannot move (two open enrolments) are closed.
    """
    rows = {
        row.id: row
        for row in Person.everywhere.select_for_update(no_key=True)
        .filter(pk__in=[kept_id, gone_id])
        .order_by("pk")
    }
    if len(rows) < 2:
        raise Refused("merge_gone", "One of the two is not in your area.")
    kept, gone = rows[kept_id], rows[gone_id]
    _mergeable(kept, gone, actor)
    # The actor sees both entries; what follows the merged one may lie in areas it once belonged to.
    with elevated():
        return _folded(kept, gone, actor, at, reason)


def _folded(kept: Person, gone: Person, actor: Actor, at: datetime, reason: str) -> Merge:
    closed = _close_doubles(kept, gone, at)
    moves = [move for pointer in pointers() if (move := _repoint(pointer, gone, kept))]
    repointed = [move.told(move.ids) for move in moves if move.ids]
    left = [move.told(ids, why=why) for move in moves for why, ids in move.left.items()]
    filled = _fill(kept, gone) | {"closed": closed}
    gone.state, gone.merged_into, gone.id_number_hash, gone.is_enrolled = State.MERGED, kept, None, False
    gone.save(update_fields=["state", "merged_into", "id_number_hash", "is_enrolled"])
    kept.save()
    writing.retoken(kept)
    writing.retoken(gone)
    _suspicions(gone, Suspect.State.OPEN).update(
        state=Suspect.State.MERGED, decided_at=at, decided_by_id=actor.id
    )
    made: Merge = Merge.everywhere.create(
        region_id=common_region(kept.region_id, gone.region_id),
        kept=kept,
        gone=gone,
        repointed=repointed,
        left_behind=left,
        filled=filled,
        reason=reason[:200],
        merged_at=at,
        merged_by_id=actor.id,
    )
    told = {"rows": _count(repointed), "left": _count(left), "reason": reason}
    add_detail(kept=str(kept.id), gone=str(gone.id), **told)
    return made


def _count(tables: list[dict[str, Any]]) -> int:
    return sum(len(one["ids"]) for one in tables)


@act("registry.split")
def undo_merge(merge: Merge, *, actor: Actor, at: datetime, reason: Reason) -> Merge:
    """Make two of one again: what was re-pointed goes back; what came later stays with the kept one."""
    if merge.undone_at:
        raise Refused("merge_undone", "This merge was undone already.")
    if Person.everywhere.filter(pk__in=[merge.kept_id, merge.gone_id], state=State.ERASED).exists():
        raise Refused("merge_erased", "The person has since been erased; there is nothing left to separate.")
    later = Merge.everywhere.filter(gone_id=merge.kept_id, undone_at=None).first()
    if later is not None:
        raise Refused("merge_later", "The kept entry was itself merged later. Undo that merge first.")
    kept = Person.everywhere.select_for_update(no_key=True).get(pk=merge.kept_id)
    gone = Person.everywhere.select_for_update(no_key=True).get(pk=merge.gone_id)
    with elevated():  # takes back from wherever the merge reached
        _unfolded(merge, kept, gone, actor, at)
    merge.undone_at, merge.undone_by_id = at, actor.id
    merge.save(update_fields=["undone_at", "undone_by_id"])
    add_detail(reason=reason)
    return merge


def _unfolded(merge: Merge, kept: Person, gone: Person, actor: Actor, at: datetime) -> None:
    number = secrets_of(gone).id_number
    _empty(kept, merge.filled)
    kept.save()
    gone.merged_into, gone.state = None, State(merge.filled.get("gone_state", State.ALIVE))
    gone.save(update_fields=["merged_into", "state"])
    if number:
        writing.refuse_taken(number, gone.id, actor)
        writing.put_id_number(gone, number)
    for done in merge.repointed:
        _point_back(done, kept, gone)
    for model, said in SINGLE:
        rows = model.everywhere.filter(pk__in=merge.filled.get("closed", []), person=gone)
        rows.update(until=None, **dict.fromkeys(said, ""))
    gone.is_enrolled = Enrolment.everywhere.filter(person=gone, until=None).exists()
    gone.save()
    kept.is_enrolled = Enrolment.everywhere.filter(person=kept, until=None).exists()
    kept.save(update_fields=["is_enrolled"])
    writing.retoken(kept)
    writing.retoken(gone)
    standing = [State.ALIVE, State.DEAD]
    _suspicions(gone, Suspect.State.MERGED).filter(
        first__state__in=standing, second__state__in=standing
    ).update(state=Suspect.State.OPEN, decided_at=None, decided_by_id=None)
    pair = {"first_id": min(kept.id, gone.id), "second_id": max(kept.id, gone.id)}
    Suspect.everywhere.filter(**pair).update(
        state=Suspect.State.DISTINCT, decided_at=at, decided_by_id=actor.id
    )


def _suspicions(person: Person, state: str) -> models.QuerySet[Suspect]:
    rows: models.QuerySet[Suspect] = Suspect.everywhere.filter(
        Q(first=person) | Q(second=person), state=state
    )
    return rows


def pointers() -> Iterator[Pointer]:
    """Every column of every table that names a person: foreign keys, ``person_id``, and what a table calls it itself."""
    for model in apps.get_models():
        if issubclass(model, NEVER) or model._meta.proxy or not model._meta.managed:
            continue
        for column in model._meta.concrete_fields:
            own = model is Person
            is_key = isinstance(column, models.ForeignKey) and column.related_model is Person
            is_id = column.attname == "person_id" and isinstance(column, models.UUIDField)
            follows = getattr(model, "follows_person", False)
            is_said = follows and column.attname == writing.person_column(model)
            if (is_key and not own) or is_id or is_said:
                yield Pointer(model, column.attname)


def _repoint(pointer: Pointer, old: Person, new: Person) -> Repointed | None:
    done = Repointed(pointer)
    rows = list(_all(pointer.model).filter(**{pointer.column: old.id}))
    stay = _answered(rows, new) if pointer.model is Fact else []
    if stay:
        done.left["double"] = [str(row.pk) for row in stay]
    for row in rows:
        if row in stay:
            continue
        try:
            with transaction.atomic():
                _point(row, pointer, old, new)
        except IntegrityError:
            done.left.setdefault("double", []).append(str(row.pk))
        except ProgrammingError as fault:
            if getattr(fault.__cause__, "sqlstate", "") not in CLOSED:
                raise
            done.left.setdefault("closed", []).append(str(row.pk))
        else:
            done.ids.append(str(row.pk))
    return done if done.ids or done.left else None


def _answered(facts: list[Fact], kept: Person) -> list[Fact]:
    """Facts about what the kept entry says itself, in a column or in a fact of the same days and the same time: two values at
    once would contradict each other. Notes stand beside each other."""
    own = list(Fact.everywhere.filter(person=kept).exclude(kind=Kind.NOTE))
    return [fact for fact in facts if _has(kept, Kind(fact.kind)) or any(map(fact.clashes, own))]


def _has(person: Person, kind: Kind) -> bool:
    column = COLUMNS.get(kind, f"{kind.value}_sealed")
    return bool(getattr(person, column, None))


def table_name(told: dict[str, Any]) -> str:
    """What the table of such rows is called, in the language of the page."""
    return str(apps.get_model(told["model"])._meta.verbose_name)


def _point_back(done: dict[str, Any], kept: Person, gone: Person) -> None:
    pointer = Pointer(apps.get_model(done["model"]), done["column"])
    for row in _all(pointer.model).filter(pk__in=done["ids"], **{pointer.column: kept.id}):
        _point(row, pointer, kept, gone)


def _point(row: Any, pointer: Pointer, old: Person, new: Person) -> None:
    sealed = _sealed(pointer.model)
    for name in sealed:
        if blob := getattr(row, name):
            setattr(row, name, seal(new.id, reveal(old.id, blob)))
    setattr(row, pointer.column, new.id)
    fields = [_field(pointer), *sealed]
    if getattr(pointer.model, "follows_person", False) and row.region_id != new.region_id:
        row.region_id = new.region_id
        fields.append("region")
    row.save(update_fields=fields)


def _sealed(model: type[Any]) -> list[str]:
    """Columns sealed with the person's own key; a table with ``owner_id`` says itself whose key it is."""
    names = {field.attname for field in model._meta.concrete_fields}
    return [] if "owner_id" in names else sorted(name for name in names if name.endswith(SEALED))


def _field(pointer: Pointer) -> str:
    return next(str(f.name) for f in pointer.model._meta.concrete_fields if f.attname == pointer.column)


def _all(model: type[Any]) -> Any:
    return getattr(model, "everywhere", model._default_manager)


def _fill(kept: Person, gone: Person) -> dict[str, Any]:
    """What the kept row lacks is taken from the other; returns what is needed to empty it again."""
    secrets, own = secrets_of(gone), secrets_of(kept)
    columns: list[str] = []
    filled: dict[str, Any] = {"gone_state": gone.state, "columns": columns}
    plain = {"born": gone.born, "household_region_id": gone.household_region_id}
    for column, value in plain.items():
        if getattr(kept, column) is None and value is not None:
            setattr(kept, column, value)
            columns.append(column)
    if secrets.id_number and not own.id_number:
        Person.everywhere.filter(pk=gone.pk).update(id_number_hash=None)
        writing.put_id_number(kept, secrets.id_number)
        columns.append("id_number")
        filled["was_provisional"], kept.is_provisional = kept.is_provisional, False
    for name, put in (("phone", writing.put_phone), ("address", writing.put_address)):
        if getattr(secrets, name) and not getattr(own, name):
            put(kept, getattr(secrets, name))
            columns.append(name)
    if secrets.place and not own.place:
        writing.put_place(kept, secrets.place)
        columns.append("place")
    kept.is_enrolled = Enrolment.everywhere.filter(person=kept, until=None).exists()
    return filled


def _empty(kept: Person, filled: dict[str, Any]) -> None:
    empties = {
        "id_number": lambda: writing.put_id_number(kept, ""),
        "phone": lambda: writing.put_phone(kept, ""),
        "address": lambda: writing.put_address(kept, ""),
        "place": lambda: writing.put_place(kept, None),
    }
    for column in filled.get("columns", []):
        if column in empties:
            empties[column]()
        else:
            setattr(kept, column, None)
    kept.is_provisional = filled.get("was_provisional", kept.is_provisional)


def _close_doubles(kept: Person, gone: Person, at: datetime) -> list[str]:
    """Two open enrolments or memberships of one person: the merged entry's end today. Returns the keys of those that did."""
    closed: list[str] = []
    for model, said in SINGLE:
        if model.everywhere.filter(person=kept, until=None).exists():
            rows = model.everywhere.filter(person=gone, until=None)
            closed += map(str, rows.values_list("pk", flat=True))
            rows.update(until=timezone.localdate(at), **said)
    return closed


def _mergeable(kept: Person, gone: Person, actor: Actor) -> None:
    scope = actor.scope("registry.merge")
    if not (scope.holds(kept.region_id) and scope.holds(gone.region_id)):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    if {kept.state, gone.state} - {State.ALIVE, State.DEAD}:
        raise Refused("merge_state", "One of the two was merged or erased already.")
    if kept.state != gone.state:
        raise Refused(
            "merge_dead", "One of the two is recorded as deceased. Confirm or retract the death first."
        )
    one, other = secrets_of(kept).id_number, secrets_of(gone).id_number
    if one and other and one != other and kept.born != gone.born and kept.sex != gone.sex:
        raise Refused(
            "merge_numbers",
            "The two differ in identity number, date of birth and gender: these are two persons. If they are one, correct the wrong number first.",
        )


def common_region(one: int, other: int) -> int:
    """The lowest region that holds both."""
    above = (*ancestors(one), one)
    below = {*ancestors(other), other}
    return next(code for code in reversed(above) if code in below) if set(above) & below else above[0]
