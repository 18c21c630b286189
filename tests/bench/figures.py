"""Tables of figures: printed, and kept in docs/reference/benchmarks.md between two marks."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.home import PEOPLE, ROOT

PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
Cell = str | int | float


def share(values: Sequence[float], part: float) -> float:
    """The value below which a part of the values lies, such as 0.95."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A Markdown table; figures stand right."""
    lines = [_line(heads), _line(["---" if place == 0 else "---:" for place in range(len(heads))])]
    return "\n".join([*lines, *(_line([_shown(cell) for cell in row]) for row in rows)])


def report(name: str, text: str, *, command: str, people: int = PEOPLE) -> None:
    """Print a table, and put it into the page under its name with machine, load, day and command; 0 people: none are in it."""
    block = f"{text}\n\n{_circumstances(people)}  \n`{command}`"
    print(f"\n## {name}\n\n{block}\n")
    if os.environ.get("SONGHE_BENCH_KEEP") != "1":
        return
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not between.search(page):
        raise ValueError(f"{PAGE.name} has no place for {name}")
    page = between.sub(lambda _found: f"{begin}\n{block}\n{end}", page)
    PAGE.write_text(page, encoding="utf-8")


def memory_now() -> int:
    """Megabytes that this process holds; its peak is counted anew from here."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def memory_peak() -> int:
    """Megabytes that this process held at most since then."""
    return _status("VmHWM")


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


def _circumstances(people: int) -> str:
    load = os.getloadavg()
    day = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{day} · {f'{people:,} people · ' if people else ''}{os.cpu_count()} cores ({_processor()}), "
        f"{_memory_gigabytes()} GB · Python {platform.python_version()} · "
        f"load average at the end {load[0]:.1f} (1 min), {load[1]:.1f} (5 min)"
    )


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return found[1].strip() if found else platform.machine()


def _memory_gigabytes() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _shown(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.2f}" if abs(cell) < 10 else f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
