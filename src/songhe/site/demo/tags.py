"""How people live and which groups they belong to, at rates that plans and yearbooks report."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALONE, COUPLE, WITH_CHILDREN, OTHER = 1, 2, 3, 4

# Bit positions in `Columns.tags`: the codes of data/nation/tags.yaml.
TAGS = (
    "low_income",
    "low_income_edge",
    "extreme_poverty",
    "disability",
    "functional_loss",
    "dementia",
    "preferential_treatment",
    "family_planning_special",
    "living_alone",
    "empty_nest",
    "left_behind",
)
# Share who lost abilities of daily life, and with dementia, per five-year band from 60.
LOSS = np.array((0.018, 0.028, 0.045, 0.080, 0.145, 0.240, 0.370, 0.500, 0.620))
DEMENTIA = np.array((0.012, 0.022, 0.038, 0.070, 0.130, 0.210, 0.290, 0.360, 0.420))


def tag_bits(
    band: NDArray[np.int64],
    *,
    living: NDArray[np.uint8],
    urban: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.uint32]:
    """A bit per tag. Extreme poverty and low income exclude each other, as their rules do."""

    def drawn(rate: NDArray[np.float64] | float) -> NDArray[np.bool_]:
        return rng.random(len(band)) < rate

    alone = living == ALONE
    extreme = drawn(np.where(alone, 0.034, 0.0035) * np.where(urban, 0.4, 1.25))
    low = drawn(np.where(urban, 0.022, 0.043)) & ~extreme
    loss = drawn(LOSS[band])
    marks = {
        "low_income": low,
        "low_income_edge": drawn(0.013) & ~low & ~extreme,
        "extreme_poverty": extreme,
        "disability": drawn(np.where(loss, 0.42, 0.035)),
        "functional_loss": loss,
        "dementia": drawn(DEMENTIA[band]),
        "preferential_treatment": drawn(0.011),
        "family_planning_special": drawn(0.006),
        "living_alone": alone,
        "empty_nest": alone | (living == COUPLE),
        "left_behind": drawn(0.09) & ~urban & (alone | (living == COUPLE)),
    }
    bits = np.zeros(len(band), np.uint32)
    for place, tag in enumerate(TAGS):
        bits |= marks[tag].astype(np.uint32) << np.uint32(place)
    return bits


def has(bits: NDArray[np.uint32], tag: str) -> NDArray[np.bool_]:
    """Who carries a tag."""
    return (bits >> np.uint32(TAGS.index(tag)) & np.uint32(1)).astype(bool)
