"""The project's own files, as the house tests read them."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/songhe"


@lru_cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return tuple(sorted(SOURCE.rglob("*.py")))


@lru_cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def short(file: Path) -> str:
    """The file's name from the package folder on."""
    return file.relative_to(SOURCE).as_posix()


def calls(file: Path) -> Iterator[tuple[str, int]]:
    """The dotted names that a file calls, with their lines."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno
