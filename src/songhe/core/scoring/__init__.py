"""Scored forms: answers in, item scores, dimension totals, level and the reasons out.

A form is data. What is not answered is pending and never counts as zero; scores are integers.
"""

from songhe.core.scoring.build import build
from songhe.core.scoring.form import (
    Adjustment,
    Answer,
    Band,
    Condition,
    Dimension,
    Field,
    Form,
    Item,
    Option,
    Uncertain,
)
from songhe.core.scoring.mark import Applied, DimensionTotal, ItemScore, Result, problems, score

__all__ = [
    "Adjustment",
    "Answer",
    "Applied",
    "Band",
    "Condition",
    "Dimension",
    "DimensionTotal",
    "Field",
    "Form",
    "Item",
    "ItemScore",
    "Option",
    "Result",
    "Uncertain",
    "build",
    "problems",
    "score",
]
