"""What tests of pure parts share."""

from __future__ import annotations

from pathlib import Path

import pytest

from songhe.core.kept import keep_in
from songhe.core.reach.kernel.machine import warm
from songhe.site.kernels import Folder


@pytest.fixture(scope="session")
def street_kernels() -> None:
    """The compiled searches of earlier runs, as an installation has them: compiling takes some seconds."""
    cache = Path(__file__).parents[2] / ".cache"
    cache.mkdir(exist_ok=True)
    keep_in(Folder(cache / "kernels"))
    warm()
    keep_in(None)
