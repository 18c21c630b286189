"""A form out of plain data, refused with file, line and part when something does not add up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

from songhe.core.labels import Label
from songhe.core.scoring.form import About, Form, Uncertain
from songhe.core.scoring.reading.levels import read_gate, read_levels, read_triggers
from songhe.core.scoring.reading.node import Node
from songhe.core.scoring.reading.questions import Questions
from songhe.core.sources import Data, Source, label

KEYS = (
    "about",
    "adjustments",
    "best",
    "code",
    "combine",
    "dimensions",
    "gate",
    "groups",
    "in_force",
    "levels",
    "option_sets",
    "parameters",
    "reassess",
    "source",
    "title",
    "total",
    "valid_months",
)
SECTIONS: Mapping[str, Label] = {
    "adjustments": Label("Change of level", "等级调整"),
    "combine": Label("How grades become a level", "等级组合"),
    "gate": Label("What comes before", "前置条件"),
    "levels": Label("Levels", "等级"),
    "parameters": Label("Parameters", "参数"),
    "reassess": Label("When to assess again", "重新评估"),
}


def build(given: Source | Data) -> Form:
    """A form from a data file as it was read; DataError names what is wrong, where, and what to do."""
    source = given if isinstance(given, Source) else Source(given)
    form = Node(source.data, source)
    form.only(*KEYS)
    code = form.text("code")
    form = form.named(code)
    questions = Questions()
    questions.read(form)
    fields = questions.fields(form)
    dimensions = tuple(questions.dimension(row) for row in form.rows("dimensions"))
    levels = read_levels(form, dimensions, questions.names)
    return Form(
        code=code,
        label=form.label("title"),
        in_force=form.day("in_force"),
        total=_total(form, sum(dimension.top for dimension in dimensions), adds_up=not form.has("combine")),
        valid_months=form.least("valid_months", 1),
        dimensions=dimensions,
        bands=levels.bands,
        fields=fields,
        groups=tuple((row.text("code"), row.label()) for row in form.rows("groups"))
        if form.has("groups")
        else (),
        adjustments=levels.adjustments,
        cap=levels.cap,
        raise_at_most=levels.raise_at_most,
        uncertain=tuple(_uncertain(form.data, code, form.label("title"))),
        way=levels.way,
        about=cast("About", form.one_of("about", get_args(About), "person")),
        best=levels.best,
        table=levels.table,
        rules=levels.rules,
        gate=read_gate(form),
        triggers=read_triggers(form, questions.names),
        parameters=questions.parameters,
    )


def _total(form: Node, top: int, *, adds_up: bool) -> int:
    if not adds_up:
        if form.has("total"):
            raise form.fault("grades are combined, so the points have no total; leave total out.", "total")
        return 0
    if top != form.whole("total", top):
        raise form.fault(f"the dimensions add up to {top}, but total says {form.value('total')}.", "total")
    return top


def _uncertain(data: object, where: str, name: Label) -> list[Uncertain]:
    found: list[Uncertain] = []
    if isinstance(data, Mapping):
        here = str(data.get("code", where))
        if here != where and "en" in data:
            name = label(data, here)
        if data.get("uncertain"):
            found.append(Uncertain(here, label(data["uncertain"], f"{here}, uncertain"), name))
        for key, value in data.items():
            section = SECTIONS.get(str(key))
            found += _uncertain(value, str(key) if section else here, section or name)
    elif isinstance(data, list):
        for value in data:
            found += _uncertain(value, where, name)
    return found
