"""The interface speaks Chinese completely, and the code says one word for one thing."""

import ast
import re

from tests.house.source import python_files, short, tree

from songhe.site.messages import SOURCE, flaws

# Word in names of code → the word we use. A browser's or a broker's client is not a person.
INSTEAD = {
    "elder": "person",
    "elderly": "person",
    "senior": "person",
    "patient": "person",
    "beneficiary": "person",
    "institution": "facility or organisation",
    "organization": "organisation",
    "nurse": "worker",
    "caregiver": "worker",
    "ticket": "case or order",
}
PLACES = ("engines/", "areas/", "kit/", "edges/", "core/")


def words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


def names() -> list[tuple[str, str]]:
    return [
        (short(file), node.name)
        for file in python_files()
        if short(file).startswith(PLACES) and "migrations" not in file.parts
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]


def test_every_message_has_its_chinese() -> None:
    assert SOURCE.name == "songhe"
    assert [str(flaw) for flaw in flaws()] == []


def test_code_says_one_word_for_one_thing() -> None:
    found = [
        f"{file}: {name} (say {INSTEAD[word]})"
        for file, name in names()
        for word in words(name)
        if word in INSTEAD
    ]
    assert found == []
