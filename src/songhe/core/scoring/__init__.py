"""Scored forms: answers in; item scores, grades of dimensions, the level and its reasons out.

A form is data, checked as a whole when it is built. What is not answered is pending and never counts as zero;
scores are integers; nothing is converted from one form to another.
"""

from songhe.core.scoring.answers import problems
from songhe.core.scoring.condition import Condition
from songhe.core.scoring.form import (
    Adjustment,
    Band,
    Form,
    Gate,
    LevelRule,
    Needs,
    Parameter,
    Table,
    Trigger,
    Uncertain,
)
from songhe.core.scoring.gate import check_gates, may_begin
from songhe.core.scoring.mark import score
from songhe.core.scoring.question import Answer, Dimension, Field, Grade, Item, Option
from songhe.core.scoring.reading.build import build
from songhe.core.scoring.result import Applied, DimensionTotal, ItemScore, Result
from songhe.core.scoring.validity import holds_until

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
    "Gate",
    "Grade",
    "Item",
    "ItemScore",
    "LevelRule",
    "Needs",
    "Option",
    "Parameter",
    "Result",
    "Table",
    "Trigger",
    "Uncertain",
    "build",
    "check_gates",
    "holds_until",
    "may_begin",
    "problems",
    "score",
]
