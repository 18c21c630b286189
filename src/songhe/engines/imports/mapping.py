"""Guessing which column fills which target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from songhe.core.refusal import Refused
from songhe.engines.imports import heading
from songhe.engines.imports.heading import similarity
from songhe.engines.imports.reading import Line, Table, shown
from songhe.engines.imports.spec import ImportSpec, Target

SAMPLE_ROWS = 30
SHEETS_LOOKED_AT = 8
LIKELY = 70
"""Score from which a column is proposed for confirmation."""
BY_CONTENT = 75


@dataclass(frozen=True, slots=True)
class Guess:
    """One column proposed for one target, with a confidence from 0 to 100."""

    column: int
    confidence: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header ends (row 0: there is none), what it says, and which column fills which target."""

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    guesses: dict[str, Guess]
    samples: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> dict[str, int]:
        """Column index by target."""
        return {name: guess.column for name, guess in self.guesses.items()}


def guess(table: Table, spec: ImportSpec, *, sheet: str = "", header_row: int | None = None) -> Layout:
    """The best reading of the file; ``sheet`` and ``header_row`` (0: there is none) are kept where given.

    Raises Refused where no sheet holds anything.
    """
    found = [
        _guess_sheet(list(islice(table.lines(name), heading.WITHIN + SAMPLE_ROWS)), spec, name, header_row)
        for name in ([sheet] if sheet else table.sheets[:SHEETS_LOOKED_AT])
    ]
    filled = [mapping for mapping in found if mapping is not None]
    if not filled:
        raise Refused("file_empty", "The file is empty. Choose the file with the list.", field="file")
    return max(filled, key=lambda mapping: sum(one.confidence for one in mapping.guesses.values()))


def _guess_sheet(
    lines: Sequence[Line], spec: ImportSpec, sheet: str, header_row: int | None
) -> Layout | None:
    if not lines:
        return None
    header = heading.find(lines, spec.targets, header_row)
    below = [line for line in lines if line.number > header.row][:SAMPLE_ROWS]
    samples = tuple(tuple(map(shown, line.cells)) for line in below)
    headers = header.texts or ("",) * max(map(len, samples), default=0)
    return Layout(sheet, header.row, headers, match(headers, samples, spec.targets), samples)


def match(
    headers: Sequence[str], samples: Sequence[Sequence[str]], targets: Sequence[Target]
) -> dict[str, Guess]:
    """Columns for targets, best pairs first, each column and target used once."""
    pairs = []
    for place, header in enumerate(headers):
        for order, target in enumerate(targets):
            score = similarity(header, target)
            if score >= LIKELY:
                pairs.append((-score, order, place, target.name))
    guesses: dict[str, Guess] = {}
    taken: set[int] = set()
    for score, _order, place, name in sorted(pairs):
        if name not in guesses and place not in taken:
            guesses[name] = Guess(place, -score)
            taken.add(place)
    for target in targets:
        if target.name not in guesses and target.looks:
            free = [at for at in range(len(headers)) if at not in taken]
            found = next((at for at in free if _by_content(samples, at, target)), None)
            if found is not None:
                guesses[target.name] = Guess(found, BY_CONTENT)
                taken.add(found)
    return guesses


def missing(spec: ImportSpec, columns: Mapping[str, int]) -> list[Target]:
    """Required targets that no column fills."""
    return [target for target in spec.targets if target.required and target.name not in columns]


def _by_content(samples: Sequence[Sequence[str]], place: int, target: Target) -> bool:
    values = [row[place] for row in samples if place < len(row) and row[place]]
    looks = target.looks
    return looks is not None and len(values) >= 3 and sum(map(looks, values)) >= 0.8 * len(values)
