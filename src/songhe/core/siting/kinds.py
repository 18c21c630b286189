"""Words that several parts share."""

from __future__ import annotations

from typing import Any, Literal

from numpy.typing import NDArray

Array = NDArray[Any]
Counts = dict[str, float]
"""How many people, and how many of each group."""
State = Literal["free", "existing", "must", "never"]
PEOPLE = "people"
"""The name of the column that counts everybody."""
