"""What tests of pure parts share."""

from __future__ import annotations

import pytest

from songhe.core.reach.kernel.machine import warm


@pytest.fixture(scope="session")
def street_kernels() -> None:
    """The compiled searches, as an installation has them."""
    warm()
