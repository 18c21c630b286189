"""Files and functions stay short enough to read in one sitting."""

import ast
from pathlib import Path

from tests.house.source import ROOT, python_files, short, tree

FILE_LINES = 400
FUNCTION_LINES = 60
PARAMETERS = 8


def test_no_file_is_longer_than_400_lines() -> None:
    files: list[Path] = [*python_files(), *sorted((ROOT / "tests").rglob("*.py"))]
    long = {
        str(file.relative_to(ROOT)): lines
        for file in files
        if "migrations" not in file.parts and (lines := length(file)) > FILE_LINES
    }
    assert long == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{short(file)}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for file in python_files()
        if "migrations" not in file.parts
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        short(file)
        for file in python_files()
        if "migrations" not in file.parts and not ast.get_docstring(tree(file))
    ]
    assert silent == []


def length(file: Path) -> int:
    return file.read_text(encoding="utf-8").count("\n")
