"""Where a list's header stands and what it calls the columns: in one row, or in two of which the upper names groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz

from songhe.core.text import halfwidth
from songhe.engines.imports.reading import Line, shown
from songhe.engines.imports.spec import Target

WITHIN = 15
SURE = 85
"""Score from which a header cell counts as known."""
JOINT = "·"
"""Between a group and a column of it: such a heading means what it says to the letter, or nothing."""
_NOISE = re.compile(r"[\s*＊:：()（）【】\[\]、/\\_\-.·]+")
_OF_A_GROUP = re.compile(r"(基本)?(信息|情况)$")

Known = Callable[[str], str]


class Header(NamedTuple):
    """The number of the last row of the header (0: there is none), and what it says of each column."""

    row: int
    texts: tuple[str, ...]


class _Column(NamedTuple):
    """A column by its own name; the group is blank where that says it all."""

    group: str
    own: str

    @property
    def whole(self) -> str:
        return f"{self.group}{JOINT}{self.own}" if self.group else self.own


def find(lines: Sequence[Line], targets: Sequence[Target], row: int | None) -> Header:
    """The header of a list that begins with these lines; ``row`` is kept where given, as the last of the header."""
    asked = lines[:WITHIN] if row is None else [line for line in lines if line.number == row]
    last = max(asked, key=lambda line: _count(line, targets), default=None)
    if last is None or (row is None and not _count(last, targets)):
        return Header(row or 0, ())
    place = lines.index(last)
    for upper in (place, place - 1) if row is None else (place - 1,):
        if 0 <= upper < len(lines) - 1 and (texts := _joined(lines[upper], lines[upper + 1], targets)):
            return Header(lines[upper + 1].number, texts)
    return Header(last.number, _texts(last))


def similarity(header: str, target: Target) -> int:
    """How well a header names a target, 0 to 100; 100 only for a synonym to the letter."""
    plain = _plain(header)
    if not plain:
        return 0
    words = [_plain(word) for word in (*target.synonyms, str(target.label), target.name)]
    if plain in words:
        return 100
    return 0 if JOINT in header else max(round(fuzz.ratio(plain, word)) - 1 for word in words)


def _count(line: Line, targets: Sequence[Target]) -> int:
    texts = [cell for cell in line.cells if isinstance(cell, str) and cell.strip()]
    return sum(any(similarity(text, target) >= SURE for target in targets) for text in texts[:80])


def _joined(upper: Line, lower: Line, targets: Sequence[Target]) -> tuple[str, ...]:
    """Two rows as one header; empty where they are none."""
    width = max(len(upper.cells), len(lower.cells))
    over, under = ([*texts, *[""] * (width - len(texts))] for texts in (_texts(upper), _texts(lower)))
    spans = list(_spans(over))
    if not all(isinstance(cell, str) for cell in (*upper.cells, *lower.cells)):
        return ()
    if not any(sum(map(bool, under[span.start : span.stop])) > 1 for span in spans):
        return ()

    def known(text: str) -> str:
        return next((one.name for one in targets if similarity(text, one) >= SURE), "")

    columns = [column for span in spans for column in _columns(span, over, under)]
    apart = [columns[span.start] for span in spans if len(span) == 1]
    if any(column.group and not known(column.whole) for column in apart):
        return ()
    above = [_bare(text) for text in over] + [column.whole for column in columns if column.group]
    return _names(columns, known) if any(map(known, under)) and any(map(known, above)) else ()


def _spans(over: Sequence[str]) -> Iterator[range]:
    """Which columns lie under each text of the upper row; blank cells and the same text again belong to the one before."""
    starts = [at for at in range(1, len(over)) if over[at] not in ("", over[at - 1])]
    return (range(start, end) for start, end in pairwise([0, *starts, len(over)]))


def _columns(span: range, over: Sequence[str], under: Sequence[str]) -> Iterator[_Column]:
    """The columns of a span: those merged from above to below keep the upper text."""
    group = over[span.start]
    is_group = any(under[at] for at in span)
    for at in span:
        if under[at] and under[at] != group:
            yield _Column(_bare(group), under[at])
        else:
            yield _Column("", under[at] or over[at] or (group if is_group else ""))


def _names(columns: Sequence[_Column], known: Known) -> tuple[str, ...]:
    """Each column by its own name, or with its group where that makes it another field or its own name could be another's."""
    sure = [known(column.whole) not in ("", known(column.own)) for column in columns]
    clear = [is_sure or not column.group for column, is_sure in zip(columns, sure, strict=True)]
    fields = {known(column.whole) for column, is_clear in zip(columns, clear, strict=True) if is_clear} - {""}
    own = Counter(_plain(column.own) for column, is_sure in zip(columns, sure, strict=True) if not is_sure)
    return tuple(
        column.whole if is_sure or own[_plain(column.own)] > 1 or known(column.own) in fields else column.own
        for column, is_sure in zip(columns, sure, strict=True)
    )


def _texts(line: Line) -> tuple[str, ...]:
    return tuple(map(shown, line.cells))


def _bare(group: str) -> str:
    """ "联系人" of "联系人信息"."""
    return _OF_A_GROUP.sub("", group)


def _plain(text: str) -> str:
    return _NOISE.sub("", halfwidth(text)).lower()
