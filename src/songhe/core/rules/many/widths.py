"""How wide the numbers of a document have to be counted, from the bounds that were proved when it was loaded."""

from __future__ import annotations

import ast

import numpy as np

from songhe.core.rules.bounds import bounds, widest
from songhe.core.rules.document import Document, Rule
from songhe.core.rules.language import written
from songhe.core.rules.many.operations import Kind

NARROW = 2**31


class Widths:
    """32 bits where that is enough, which is half of the memory to move; else 64."""

    def __init__(self, document: Document) -> None:
        self.known = bounds(document)
        self.seen: dict[str, Kind] = {}

    def rule(self, rule: Rule) -> Kind:
        """For the values of a rule."""
        return self.named(rule.code) if rule.kind == "whole" else np.bool_

    def named(self, name: str) -> Kind:
        """For what has a name."""
        return _kind(self.known[name].reach)

    def of(self, node: ast.expr) -> Kind:
        """For an expression and for what it is made of."""
        text = written(node)
        if text not in self.seen:
            self.seen[text] = _kind(widest(node, self.known))
        return self.seen[text]


def _kind(reach: int) -> Kind:
    return np.int32 if reach < NARROW else np.int64
