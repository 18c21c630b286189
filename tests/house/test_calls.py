"""What may be called where: the clock, scope settings, historical models."""

from pathlib import Path

import pytest
from tests.house.source import SOURCE, calls, python_files, short

CLOCK = {
    "timezone.now",
    "datetime.now",
    "datetime.utcnow",
    "date.today",
    "timezone.localdate",
    "timezone.localtime",
}
# The clock is read where something begins: a request, a job, a command, a gateway's message. Rules get it as `at`.
CLOCK_PLACES = (
    "kit/clock.py",
    "engines/jobs/runner.py",
    "engines/jobs/work.py",
    "engines/live/",
    "edges/",
    "site/commands/",
    "site/demo/",
)


def reads_clock(file: Path) -> list[str]:
    name = short(file)
    if name.startswith(CLOCK_PLACES) or name.endswith("/tasks.py"):
        return []
    return [
        f"{name}:{line} {called}"
        for called, line in calls(file)
        if called in CLOCK and not_converting(called, file, line)
    ]


def not_converting(called: str, file: Path, line: int) -> bool:
    """`timezone.localdate(at)` and `localtime(at)` turn a given moment into local time; they read no clock."""
    text = file.read_text(encoding="utf-8").splitlines()[line - 1]
    return f"{called}()" in text or called.endswith(("now", "utcnow", "today"))


def test_the_clock_is_read_only_where_something_begins() -> None:
    assert [found for file in python_files() for found in reads_clock(file)] == []


def test_scope_settings_are_made_in_one_place() -> None:
    found = [short(file) for file in python_files() if "set_config(" in file.read_text(encoding="utf-8")]
    assert [name for name in found if not name.startswith("engines/access/")] == []
    assert found, "the one place still exists"


# A merge moves every row that points at a person, whichever area it lies in, and so knows models by name only; an act names
# what it is about likewise.
BY_NAME = ("areas/registry/actions/merging.py", "areas/administration/subjects.py")


def test_historical_models_are_for_migrations() -> None:
    found = [
        f"{short(file)}:{line}"
        for file in python_files()
        if "migrations" not in file.parts and not short(file).startswith(BY_NAME)
        for called, line in calls(file)
        if called.endswith("apps.get_model")
    ]
    assert found == []


@pytest.mark.parametrize("name", ["print", "breakpoint", "eval", "exec"])
def test_some_calls_are_for_the_command_line_alone(name: str) -> None:
    found = [
        f"{short(file)}:{line}"
        for file in python_files()
        if not short(file).startswith("site/")
        for called, line in calls(file)
        if called == name
    ]
    assert found == []


@pytest.mark.parametrize("file", python_files(), ids=short)
def test_days_are_the_citys_and_not_those_of_utc(file: Path) -> None:
    """Before eight in the morning ``at.date()`` is yesterday; rules are handed local moments, the rest asks localdate."""
    if "rules" not in Path(short(file)).with_suffix("").parts and not short(file).startswith("site/demo/"):
        assert "at.date()" not in file.read_text(encoding="utf-8").replace("localtime(at).date()", "")


def test_every_page_that_listens_comes_back_after_an_answer_that_was_an_error() -> None:
    """A browser tries again after a broken line, and never after a 502 of a proxy or a 503: the page then stood still unsaid."""
    scripts = {short(file): file.read_text(encoding="utf-8") for file in SOURCE.rglob("static/**/*.js")}
    listening = {name: text for name, text in scripts.items() if "new EventSource(" in text}
    assert len(listening) >= 5
    assert [name for name, text in listening.items() if "EventSource.CLOSED" not in text] == []
