"""The forms of the data folder, and answers to them, for tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from songhe.core.scoring import Answer, Field, Form, Item, build
from songhe.core.sources import read

FOLDER = Path(__file__).parents[2] / "data/nation/forms"
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def text(code: str) -> str:
    """The file of a form."""
    return (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")


@cache
def form(code: str) -> Form:
    """A form of the data folder."""
    return build(read(text(code), name=f"{code}.yaml"))


def changed(code: str, old: str, new: str) -> Form:
    """A form whose file has one place changed."""
    before = text(code)
    assert old in before, old
    return build(read(before.replace(old, new, 1), name=f"{code}.yaml"))


def choices(item: Item) -> list[Answer]:
    """What an item can be answered with, from the lowest score: every option, or some numbers."""
    if item.kind == "points":
        return [0, item.high // 2, item.high]
    if item.kind == "measure":
        limits = [option.up_to for option in item.options if option.up_to is not None]
        return [*limits, min(limits[-1] * 20 + 1, item.high)]
    counted = sorted(item.options, key=lambda option: (option.counts, option.score))
    return [option.key for option in counted]


def plain(field: Field) -> Answer:
    """The quiet answer to an unscored question."""
    quiet: dict[str, Answer] = {
        "count": max(field.low, 0),
        "yes_no": True,
        "text": "李华",
        "date": "2026-01-31",
    }
    if field.kind == "one":
        return field.options[0].key
    return (field.options[0].key,) if field.kind == "many" else quiet[field.kind]


def best(of: Form, **given: Answer) -> dict[str, Answer]:
    """Every item answered the best way, nothing else happened."""
    made: dict[str, Answer] = {}
    for dimension in of.dimensions:
        for item in dimension.items:
            counted = [answer for answer in choices(item) if counts(item, answer)]
            made[item.code] = counted[-1] if dimension.better == "high" else counted[0]
    return made | {field.code: plain(field) for field in of.fields} | given


def counts(item: Item, answer: Answer) -> bool:
    """Whether an answer leaves the item among those that apply."""
    option = item.option(str(answer)) if item.kind == "choice" else None
    return option is None or option.counts


@st.composite
def answers(draw: st.DrawFn, of: Form) -> dict[str, Answer]:
    """A complete set of answers."""
    given: dict[str, Answer] = {}
    for item in of.items:
        if item.kind == "choice":
            given[item.code] = draw(st.sampled_from(choices(item)))
        else:
            given[item.code] = draw(st.one_of(st.sampled_from(choices(item)), st.integers(0, item.high)))
    for field in of.fields:
        given[field.code] = draw(_field(field))
    return given


def _field(field: Field) -> st.SearchStrategy[Answer]:
    keys = [option.key for option in field.options]
    if field.kind == "one":
        return st.sampled_from(keys)
    if field.kind == "many":
        return st.lists(st.sampled_from(keys), unique=True, max_size=3).map(tuple)
    if field.kind == "count":
        return st.integers(field.low, min(field.high, field.low + 3))
    return st.booleans() if field.kind == "yes_no" else st.just(plain(field))
