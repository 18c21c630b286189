"""Finding a service while somebody types: by name, code, pinyin, initials and the words people use for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songhe.core.text import halfwidth, has_han

PARTS = str.maketrans(dict.fromkeys("：:、()（）,，/ ", " "))


@dataclass(frozen=True, slots=True)
class Entry:
    """What one thing is called. ``words`` are what else people say."""

    code: str
    zh: str
    en: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sounds:
    """The same with its letters: full pinyin and initials of the name, of its parts, and of each other word."""

    entry: Entry
    names: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


def prepared(entries: Iterable[Entry]) -> tuple[Sounds, ...]:
    """Entries with their letters, worked out once."""
    return tuple(
        Sounds(
            entry, tuple(_said(part) for part in _parts(entry.zh)), tuple(_said(word) for word in entry.words)
        )
        for entry in entries
    )


def find(words: str, among: Sequence[Sounds], *, most: int = 12) -> list[Entry]:
    """The entries that the words find, the best first; several words have to fit all."""
    wanted = [part for part in halfwidth(words).lower().split() if part][:6]
    if not wanted:
        return []
    scored = [(_score(one, wanted), place, one.entry) for place, one in enumerate(among)]
    fitting = sorted((-score, place) for score, place, _entry in scored if score)
    return [among[place].entry for _score_, place in fitting[:most]]


def _score(one: Sounds, wanted: Sequence[str]) -> int:
    marks = [_mark(one, word[:40]) for word in wanted]
    return min(marks) and sum(marks)


def _mark(one: Sounds, word: str) -> int:
    """How well one word fits: the name before its parts, what it begins with before what it holds."""
    entry = one.entry
    if word.isdecimal():
        return 100 if entry.code == word else 80 if entry.code.startswith(word) else 0
    if has_han(word):
        return _written(entry, word)
    found = max((_spelled(full, first, word, 70) for full, first in one.names), default=0)
    found = max([found, *(_spelled(full, first, word, 62) for full, first in one.others)])
    english = entry.en.lower().split()
    if word in english:
        found = max(found, 60)
    elif any(part.startswith(word) for part in english):
        found = max(found, 45)
    return found


def _written(entry: Entry, word: str) -> int:
    if word in entry.zh:
        return 92 if entry.zh == word else 88 if entry.zh.startswith(word) else 78
    if word in entry.words:
        return 84
    if any(word in other for other in entry.words):
        return 66
    return 58 if any(other in word for other in entry.words if len(other) > 1) else 0


def _spelled(full: str, first: str, word: str, base: int) -> int:
    if word in (full, first):
        return base + 12
    if first.startswith(word):
        return base + 6
    if full.startswith(word):
        return base + 4
    return base - 30 if len(word) > 1 and (word in first or word in full) else 0


def _parts(name: str) -> list[str]:
    """The whole name and, behind a colon or in brackets, its parts, each of which somebody may begin with."""
    parts = name.translate(PARTS).split()
    return list(dict.fromkeys(["".join(parts), *parts]))


def _said(text: str) -> tuple[str, str]:
    from pypinyin import Style, lazy_pinyin  # its dictionaries take longer to load than most commands run

    syllables = [part.lower() for part in lazy_pinyin(text, style=Style.NORMAL)]
    return "".join(syllables), "".join(part[:1] for part in syllables)
