"""The expressions that rules are written in: a small part of Python's expression grammar, parsed and never executed.

Names, whole numbers, quoted words, comparisons, and/or/not, + - * // %, and the functions listed in ``FUNCTIONS``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from songhe.core.sources import DataError

LONGEST = 500  # characters of one expression
DEEPEST = 40  # parts of one expression, one inside the other: whoever works it out goes down them one by one
LARGEST = 10**12  # of a number written in a rule
FUNCTIONS = {
    "table": (2, 2),
    "min": (2, 9),
    "max": (2, 9),
    "muldiv": (4, 4),
    "months_between": (2, 2),
    "age_on": (2, 2),
    "has": (1, 1),
}
ROUNDING = ("floor", "ceil", "half_up")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: its text, its tree and what it reads."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]
    tags: tuple[str, ...]


def parse(text: object) -> Expression:
    """Parse one expression; DataError says which part of it is not part of the language."""
    if isinstance(text, bool | int):
        text = str(text)
    if not isinstance(text, str) or not text.strip():
        raise DataError("an expression is needed here.")
    if len(text) > LONGEST:
        raise DataError(
            f"an expression is at most {LONGEST} characters long; name its parts as rules of their own."
        )
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DataError(f"not readable as an expression: {text.strip()}") from error
    _need_shallow(tree)
    _check(tree)
    names = dict.fromkeys(node.id for node in _values(tree) if isinstance(node, ast.Name))
    tags = dict.fromkeys(
        str(node.args[0].value)
        for node in _values(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "has"
        and isinstance(node.args[0], ast.Constant)
    )
    return Expression(text.strip(), tree, tuple(names), tuple(tags))


@lru_cache(maxsize=8192)
def written(node: ast.expr) -> str:
    """A node as text, so that what is said twice is worked out once."""
    return ast.unparse(node)


def called(node: ast.Call) -> str:
    """The name of the function a checked call calls."""
    assert isinstance(node.func, ast.Name)
    return node.func.id


def _values(node: ast.expr) -> Iterator[ast.expr]:
    """Every expression node but the function names."""
    yield node
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    for child in children:
        if isinstance(child, ast.expr):
            yield from _values(child)


def depth(tree: ast.expr) -> int:
    """How many parts lie one inside the other."""
    found, level = 0, [tree]
    while level:
        found += 1
        level = [
            inner for node in level for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.expr)
        ]
    return found


def _need_shallow(tree: ast.expr) -> None:
    if depth(tree) > DEEPEST:
        raise DataError(
            f"an expression has at most {DEEPEST} parts, one inside the other; name its parts as rules of their own."
        )


def _check(node: ast.expr) -> None:
    if isinstance(node, ast.Name):
        return
    if isinstance(node, ast.Constant):
        _check_constant(node)
        return
    if isinstance(node, ast.Call):
        _check_call(node)
    elif isinstance(node, ast.UnaryOp):
        _allow(isinstance(node.op, ast.Not | ast.USub), node)
    elif isinstance(node, ast.BinOp):
        _allow(isinstance(node.op, _OPERATORS), node)
    elif isinstance(node, ast.Compare):
        _allow(all(isinstance(op, _COMPARISONS) for op in node.ops), node)
    else:
        _allow(isinstance(node, ast.BoolOp), node)
    children = node.args if isinstance(node, ast.Call) else list(ast.iter_child_nodes(node))
    for child in children:
        if isinstance(child, ast.expr):
            _check(child)


def _check_constant(node: ast.Constant) -> None:
    _allow(type(node.value) in (int, bool, str), node)
    if isinstance(node.value, str) and not node.value.isprintable():
        raise DataError(f"{ast.unparse(node)} holds signs that are not printed; leave them out.")
    if type(node.value) is int and node.value > LARGEST:
        raise DataError(f"{node.value} is larger than any amount in a policy; was a digit typed twice?")


def _check_call(node: ast.Call) -> None:
    _allow(isinstance(node.func, ast.Name) and not node.keywords, node)
    name = called(node)
    if name not in FUNCTIONS:
        raise DataError(f"there is no function {name}; there are {', '.join(FUNCTIONS)}.")
    least, most = FUNCTIONS[name]
    if not least <= len(node.args) <= most or any(isinstance(arg, ast.Starred) for arg in node.args):
        raise DataError(f"{name} takes {least if least == most else f'{least} or more'} values.")
    if name == "has":
        _allow(_word(node.args[0]), node)
    if name == "table":
        _allow(isinstance(node.args[0], ast.Name), node)
    if name == "muldiv" and not (isinstance(node.args[3], ast.Constant) and node.args[3].value in ROUNDING):
        raise DataError(f"muldiv ends with how to round: {', '.join(ROUNDING)}.")


def _word(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)


def _allow(allowed: bool, node: ast.expr) -> None:
    if not allowed:
        raise DataError(f"{ast.unparse(node)} is not part of the language of rules.")
