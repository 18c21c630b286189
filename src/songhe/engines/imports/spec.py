"""What an area imports: its target fields, how a batch of rows is checked and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from songhe.core.refusal import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model
    from django.utils.functional import _StrPromise

    from songhe.engines.access.api import Actor, Scope

    Label = str | _StrPromise


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not taken: the target at fault ("" for the row as a whole), an English template, its values."""

    target: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, target: str, refused: Refused) -> Fault:
        """The fault that a refusal tells."""
        return cls(target, refused.message, {key: str(value) for key, value in refused.values.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One field that a column may fill.

    ``parse`` takes a cell that holds something and returns the clean value or raises Refused. ``synonyms`` are
    headers seen in the counties' lists. ``looks`` tells from a cell's text alone that it may be this field. Where the
    same cells ``recur`` down a column (a sex, a village, a birthday), each is parsed once for a list; its value is shared.
    """

    name: str
    label: Label
    synonyms: tuple[str, ...]
    parse: Callable[[object], object]
    required: bool = False
    recurs: bool = False
    looks: Callable[[str], bool] | None = None
    sample: str = ""
    help: Label = ""


@dataclass(slots=True)
class Row:
    """One row between the file and the database: clean values by target, and its faults.

    ``found`` is the record that stands in the database already, where the check found one.
    """

    number: int
    values: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)
    found: Any = None

    def refuse(self, target: str, message: str, **values: Any) -> None:
        """Leave the row out, with the reason at a target."""
        self.faults.append(Fault(target, message, values))


@dataclass(slots=True)
class Batch:
    """Rows that are checked or written together, and what they are done under.

    ``memory`` lives as long as the run's job: look-up tables, keys seen so far. ``prepared`` is what ``prepare`` made.
    """

    rows: list[Row]
    region: int
    actor: Actor
    scope: Scope
    at: datetime
    memory: dict[str, Any]
    prepared: Any = None

    @property
    def today(self) -> date:
        """The day by which the rows are judged."""
        return timezone.localdate(self.at)

    @property
    def good(self) -> list[Row]:
        """The rows without a fault so far."""
        return [row for row in self.rows if not row.faults]

    @property
    def fresh(self) -> list[Row]:
        """The good rows whose record is not in the database yet."""
        return [row for row in self.good if row.found is None]


@dataclass(frozen=True, slots=True)
class Written:
    """What writing a batch did."""

    made: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.made + other.made, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSpec:
    """One kind of list.

    ``check`` adds faults to rows of a batch (duplicates, other areas' rows) and changes nothing else.
    ``write`` writes the batch's good rows by their natural key, so that writing them again changes nothing. What
    it needs for new rows and takes long to make, ``prepare`` returns as a call of a plain function with plain values:
    for a long list another process, without a database and without Django's models, makes it into ``prepared``.
    Where no two rows of a list write to one row of the database, batches are ``apart``: two of them are written at once.
    ``after`` starts the job that a list which made or changed rows calls for, with the list's region, and returns its key.
    ``at_once``: how many rows make a batch; each is written in a transaction of its own.
    ``place`` names the value under which the check leaves a row's point: points that lie systematically off the streets are
    doubted before anything is written.
    """

    code: str
    title: Label
    right: str
    model: type[Model]
    targets: tuple[Target, ...]
    check: Callable[[Batch], None]
    write: Callable[[Batch], Written]
    prepare: Callable[[Batch], partial[Any]] | None = None
    apart: bool = False
    after: Callable[[int, Actor, datetime], UUID] | None = None
    at_once: int = 2_000
    place: str = ""

    def target(self, name: str) -> Target:
        """One target by name; a KeyError where there is none."""
        return next((found for found in self.targets if found.name == name), None) or _missing(name)


SPECS: dict[str, ImportSpec] = {}


def register(spec: ImportSpec) -> ImportSpec:
    """Make a kind of list known."""
    SPECS[spec.code] = spec
    return spec


def spec_of(code: str) -> ImportSpec:
    """A kind of list by its code; refused where nothing of that code is known."""
    try:
        return SPECS[code]
    except KeyError:
        raise Refused(
            "import_kind", "There is no such kind of list. Choose one of those offered.", field="spec"
        ) from None


def _missing(name: str) -> Target:
    raise KeyError(name)
