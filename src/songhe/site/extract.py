"""Find the interface words in Python source and templates."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
REFUSALS = {"Refused", "Hidden", "Forbidden"}
DECISIONS = {"grant": "because", "refuse": "because", "Reason": "text"}
SKIPPED = {"migrations", "__pycache__", "vendor"}
CALL = re.compile(r"\b(gettext|ngettext|pgettext|npgettext|_)\(")
TEMPLATES = {".html", ".txt"}


@dataclass(frozen=True, order=True)
class Message:
    """A text to translate, where it stands, and its plural and context where it has them."""

    text: str
    context: str = ""
    plural: str = ""
    files: tuple[str, ...] = field(default=(), compare=False)


def messages(source: Path) -> list[Message]:
    """Return every message under the package folder `source`, each once, with the files that use it."""
    found: dict[tuple[str, str], Message] = {}
    for file in sorted(source.rglob("*")):
        if SKIPPED & set(file.parts) or "locale" in file.relative_to(source).parts:
            continue
        name = str(file.relative_to(source.parent))
        for each in read(file):
            key = (each.context, each.text)
            before = found.get(key, each)
            files = before.files if name in before.files else (*before.files, name)
            found[key] = replace(before, plural=before.plural or each.plural, files=files)
    return sorted(found.values())


def read(file: Path) -> Iterator[Message]:
    """Yield the messages of one file."""
    if file.suffix == ".py":
        yield from in_python(file.read_text(encoding="utf-8"))
    elif file.suffix in TEMPLATES and "templates" in file.parts:
        yield from in_template(file.read_text(encoding="utf-8"))


def in_python(text: str) -> Iterator[Message]:
    """Yield the messages of Python source: gettext calls, refusals and the reasons of decisions."""
    nodes = [*ast.walk(ast.parse(text))]
    known = {
        each.asname: each.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for each in node.names
        if each.asname
    }
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from _call(node, known)


def _call(node: ast.Call, known: Mapping[str, str]) -> Iterator[Message]:
    """The messages of one call; ``known`` are the functions' names by those under which the file imports them."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    name = known.get(name, name)
    given = [_constant(each) for each in node.args]
    if name in PLAIN and given and given[0]:
        yield Message(given[0])
    elif name in PLURAL and len(given) > 1 and given[0] and given[1]:
        yield Message(given[0], plural=given[1])
    elif name in IN_CONTEXT and len(given) > 1 and given[0] and given[1]:
        yield Message(given[1], context=given[0])
    elif name in REFUSALS:
        text = given[1] if len(given) > 1 else _keyword(node, "message")
        if text:
            yield Message(text)
    elif name in DECISIONS:
        text = _keyword(node, DECISIONS[name]) or (given[0] if name != "grant" and given else None)
        if text and " " in text:  # a code without words is not for reading
            yield Message(text)


def _keyword(node: ast.Call, name: str) -> str | None:
    return next((_constant(each.value) for each in node.keywords if each.arg == name), None)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_template(text: str) -> Iterator[Message]:
    """Yield the messages of a template, as Django itself takes them out for gettext."""
    from django.utils.translation.template import templatize

    flat = templatize(text)
    for match in CALL.finditer(flat):
        given = _strings(flat[match.end() :])
        name = match[1]
        if name in ("gettext", "_") and given:
            yield Message(given[0])
        elif name == "ngettext" and len(given) > 1:
            yield Message(given[0], plural=given[1])
        elif name == "pgettext" and len(given) > 1:
            yield Message(given[1], context=given[0])
        elif name == "npgettext" and len(given) > 2:
            yield Message(given[1], context=given[0], plural=given[2])


STRING = re.compile(r"""\s*(u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))\s*(,|\))?""", re.DOTALL)


def _strings(text: str) -> list[str]:
    found, at = [], 0
    while match := STRING.match(text, at):
        found.append(str(ast.literal_eval(match[1])))
        at = match.end()
        if match[2] != ",":
            break
    return found
