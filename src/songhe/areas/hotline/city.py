"""This city's rules for the hotline, read from the data files once; a city's own file goes before the nation's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from songhe.areas.hotline.rules import (
    Asking,
    Branch,
    Complaining,
    Entry,
    Sounds,
    Tree,
    build_asking,
    build_complaining,
    build_tree,
    find,
    prepared,
)
from songhe.areas.providers.api import Item, catalogue
from songhe.core.sources import Data, read


@lru_cache(maxsize=1)
def tree() -> Tree:
    """The call tree."""
    known = catalogue()
    return build_tree(_data("call_tree.yaml"), items=known.items, helps=known.helps)


@lru_cache(maxsize=1)
def asking() -> Asking:
    """The rules of calling back."""
    return build_asking(_data("follow_up.yaml"))


@lru_cache(maxsize=1)
def complaining() -> Complaining:
    """Classes, consequences and levels of complaints."""
    return build_complaining(_data("complaints.yaml"))


@lru_cache(maxsize=1)
def _sounds() -> tuple[Sounds, ...]:
    known = catalogue()
    return prepared(
        Entry(item.code, item.label.zh, item.label.en, (*item.words, *_of_help(item)))
        for item in known.items.values()
    )


def _of_help(item: Item) -> tuple[str, ...]:
    found = catalogue().helps.get(item.help)
    return (found.label.zh,) if found else ()


def services(words: str, *, most: int = 12) -> list[Item]:
    """Services that words find: a name, pinyin, initials, a code, what people say."""
    known = catalogue()
    return [known.items[entry.code] for entry in find(words, _sounds(), most=most)]


def branch_of(code: str) -> Branch | None:
    """A branch of the tree; None where there is none of this code."""
    return tree().branches.get(code)


def _data(name: str) -> Data:
    own: Path = settings.DATA / "cities" / settings.CITY / name
    path = own if own.is_file() else settings.DATA / "nation" / name
    return read(path.read_text(encoding="utf-8"), name=path.name).data
