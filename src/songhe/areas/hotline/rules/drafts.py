"""What was typed into a call so far: how savings of one or several tabs come together without losing a word.

Each field knows the revision that wrote it and the tab. A saving tells the revision its tab has seen: what another tab
has written into the same field since then is not overwritten, but told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FIELDS_MAX = 80
SIGNS_MAX = 4000
Kept = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a saving led to: the fields as they stand, their revision, and those that another tab had changed."""

    fields: dict[str, dict[str, object]]
    revision: int
    differing: dict[str, str] = field(default_factory=dict)
    news: bool = False


def save(
    kept: Kept, revision: int, typed: Mapping[str, str], *, seen: int, tab: str, force: bool = False
) -> Saved:
    """Take in what a tab typed. The same saving again changes nothing; ``force`` is somebody's decision for their words."""
    fields = {name: dict(one) for name, one in kept.items()}
    differing: dict[str, str] = {}
    wanted: dict[str, str] = {}
    for name, words in typed.items():
        there = fields.get(name)
        if there is not None and there["words"] == words:
            continue
        if there is None and not words:
            continue
        of_another = there is not None and there["tab"] != tab and _number(there["revision"]) > seen
        if of_another and not force:
            assert there is not None
            differing[name] = str(there["words"])
        else:
            wanted[name] = words
    if not wanted:
        return Saved(fields, revision, differing)
    after = revision + 1
    for name, words in wanted.items():
        fields[name] = {"words": words, "revision": after, "tab": tab}
    return Saved(fields, after, differing, news=True)


def plain(kept: Kept) -> dict[str, str]:
    """The words by field."""
    return {name: str(one["words"]) for name, one in kept.items()}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
