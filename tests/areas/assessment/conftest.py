"""The office in which the stories of assessing happen."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.areas.assessment.office import Office


@pytest.fixture
def office(at: datetime) -> Office:
    """One county's people."""
    return Office(at)
