"""The call tree: what people call about, as a city's data tells it, and what the desk shows and asks for each branch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, rows, text

PURPOSES = ("order", "enquiry", "emergency", "complaint", "other")
URGENCIES = ("now", "urgent", "ordinary", "advice")


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch. ``triage`` is the form of its questions, ``dial`` whom to call in danger, ``items`` and ``help`` the
    services at hand, ``script`` what the agent says or asks, ``klass`` the class of a complaint about it, ``alarm`` the kind of
    the alarm that it may lead to."""

    code: str
    label: Label
    purpose: str
    key: str = ""
    parent: str = ""
    triage: str = ""
    dial: str = ""
    help: str = ""
    items: tuple[str, ...] = ()
    klass: str = ""
    alarm: str = ""
    script: Label | None = None

    @property
    def top(self) -> str:
        """The branch of the first row that it belongs to."""
        return self.parent or self.code


@dataclass(frozen=True, slots=True)
class Way:
    """What the result of a triage means: its words, and what the agent does and says meanwhile."""

    code: str
    label: Label
    level: int
    do: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """All branches in their order, and the ways out of a triage."""

    branches: Mapping[str, Branch]
    ways: Mapping[str, Way]
    hold: Mapping[str, tuple[Label, ...]]

    @property
    def tops(self) -> list[Branch]:
        """The first row."""
        return [branch for branch in self.branches.values() if not branch.parent]

    def below(self, code: str) -> list[Branch]:
        """The branches below one of the first row."""
        return [branch for branch in self.branches.values() if branch.parent == code]

    def way_of(self, level: int) -> Way:
        """The way out that a level of a triage leads to."""
        return next(way for way in self.ways.values() if way.level == level)


def build_tree(data: Data, *, items: Collection[str], helps: Collection[str]) -> Tree:
    """The tree from its file; DataError names what is wrong and where."""
    branches: dict[str, Branch] = {}
    for branch in _branches(data):
        if branch.code in branches:
            raise DataError(f"branch {branch.code}: given twice.")
        _check(branch, items, helps)
        branches[branch.code] = branch
    ways = {text(row, "code", "way"): _way(row) for row in rows(data, "ways", "call tree")}
    if set(ways) != set(URGENCIES):
        raise DataError(f"ways: there have to be {', '.join(URGENCIES)}.")
    hold = {
        text(row, "dial", "hold"): tuple(label(line, "hold") for line in rows(row, "say", "hold"))
        for row in rows(data, "hold", "call tree")
    }
    return Tree(branches, ways, hold)


def _branches(data: Data) -> Iterator[Branch]:
    for row in rows(data, "branches", "call tree"):
        top = _branch(row, None)
        yield top
        for below in row.get("below") or ():
            yield _branch(below, top)


def _branch(row: Data, above: Branch | None) -> Branch:
    code = text(row, "code", "branch")
    where = f"branch {code}"
    script = row.get("script")
    return Branch(
        code=code,
        label=label(row, where),
        purpose=str(row.get("purpose") or (above.purpose if above else "")),
        key=str(row.get("key", "")),
        parent=above.code if above else "",
        triage=str(row.get("triage", "")),
        dial=str(row.get("dial", "")),
        help=str(row.get("help", "")),
        items=tuple(str(item) for item in row.get("items") or ()),
        klass=str(row.get("class", "")),
        alarm=str(row.get("alarm", "")),
        script=label(script, f"{where}, script") if script else None,
    )


def _check(branch: Branch, items: Collection[str], helps: Collection[str]) -> None:
    if branch.purpose not in PURPOSES:
        raise DataError(f"branch {branch.code}: purpose must be one of {', '.join(PURPOSES)}.")
    if branch.help and branch.help not in helps:
        raise DataError(f"branch {branch.code}: there is no help {branch.help}.")
    if lost := sorted(set(branch.items) - set(items)):
        raise DataError(f"branch {branch.code}: there is no service {', '.join(lost)}.")


def _way(row: Data) -> Way:
    code = text(row, "code", "way")
    level = row.get("level")
    if not isinstance(level, int):
        raise DataError(f"way {code}: level must be a whole number.")
    lines = tuple(label(line, f"way {code}") for line in rows(row, "do", f"way {code}"))
    return Way(code, label(row, f"way {code}"), level, lines)
