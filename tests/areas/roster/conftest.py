"""The scheduler's machine code, kept between runs: made anew it takes a quarter of a minute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from songhe.core.kept import keep_in
from songhe.site.kernels import Folder


@pytest.fixture(scope="session", autouse=True)
def _kernels() -> Iterator[None]:
    folder = Path(__file__).parents[3] / ".cache" / "kernels"
    folder.parent.mkdir(exist_ok=True)
    keep_in(Folder(folder))
    yield
    keep_in(None)
