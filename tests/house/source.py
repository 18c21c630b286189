"""The project's own files, as the house tests read them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/songhe"


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return tuple(sorted(SOURCE.rglob("*.py")))


@cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def short(file: Path) -> str:
    """The file's name from the package folder on."""
    return file.relative_to(SOURCE).as_posix()


@cache
def calls(file: Path) -> tuple[tuple[str, int], ...]:
    """The dotted names that a file calls, with their lines."""
    found = (node for node in ast.walk(tree(file)) if isinstance(node, ast.Call))
    return tuple((ast.unparse(node.func), node.lineno) for node in found)
