"""The documents keep up with the program: every command and setting has its place, every link leads somewhere."""

import re
from pathlib import Path

import pytest
from tests.house.source import ROOT, python_files

from songhe.site import cli

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
VARIABLE = re.compile(r'"((?:SONGHE|DATABASE)_[A-Z_]+)"')
RUN_LENGTH = re.compile(r"`songhe ([a-z]+)")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_command_is_described() -> None:
    page = text("reference/commands.md")
    assert [name for name in cli.names() if f"## songhe {name}\n" not in page] == []


def test_no_document_names_a_command_that_is_gone() -> None:
    named = {
        (page.name, word) for page in PAGES for word in RUN_LENGTH.findall(page.read_text(encoding="utf-8"))
    }
    assert [each for each in named if each[1] not in cli.names()] == []


def test_every_setting_is_described() -> None:
    page = text("reference/settings.md")
    known = {name for file in python_files() for name in VARIABLE.findall(file.read_text(encoding="utf-8"))}
    assert sorted(name for name in known if f"`{name}`" not in page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [
        link for link in targets if not link.startswith("mailto:") and not (page.parent / link).exists()
    ] == []


@pytest.mark.parametrize("folder", ["start", "how-to", "reference", "why"])
def test_every_page_is_listed(folder: str) -> None:
    listed = set(LINK.findall((DOCS / "README.md").read_text(encoding="utf-8")))
    pages = {f"{folder}/{page.name}" for page in (DOCS / folder).glob("*.md")}
    assert pages - listed == set()


def test_every_decision_says_what_would_change_it() -> None:
    silent = [
        page.name
        for page in (DOCS / "why").glob("*.md")
        if "## What would change our mind" not in page.read_text("utf-8")
    ]
    assert silent == []


def test_every_fault_of_the_check_is_described() -> None:
    page = text("reference/check.md")
    safety = [file for file in python_files() if "safety" in file.parts]
    codes = {
        code
        for file in safety
        for code in re.findall(
            r'Fault\(\s*"([a-z_]+)"|^\s+\("(role_[a-z]+)"|^\s+"(role_[a-z]+)",',
            file.read_text("utf-8"),
            re.MULTILINE,
        )
        for code in code
        if code
    }
    codes |= {"fsync_off", "full_page_writes_off", "data_checksums_off"}
    assert len(codes) > 20
    assert sorted(code for code in codes if f"`{code}`" not in page) == []
