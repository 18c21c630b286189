"""A signature as strokes of a pen: a path of lines on a field of 1000 by 400, read strictly before it is drawn again."""

from __future__ import annotations

import re

from songhe.core.refusal import Refused

WIDE, HIGH = 1000, 400
LONGEST = 20_000
FEWEST = 8
_STEP = re.compile(r"([ML])(\d{1,4}) (\d{1,4})")


def strokes(said: str) -> str:
    """The path in one way of writing it; Refused for anything that is no signature."""
    clean = said.strip()
    if len(clean) > LONGEST:
        raise Refused("too_many_strokes", "The signature is too long. Sign again.", field="path")
    steps = clean.split(",") if clean else []
    found = [_STEP.fullmatch(step) for step in steps]
    points = [(step[1], int(step[2]), int(step[3])) for step in found if step]
    good = len(points) == len(steps) and all(x <= WIDE and y <= HIGH for _how, x, y in points)
    if not good or (points and points[0][0] != "M"):
        raise Refused("no_signature", "This is not a signature. Sign again.", field="path")
    if len(points) < FEWEST:
        raise Refused("empty_signature", "There is no signature yet. Sign in the field.", field="path")
    return "".join(f"{how}{x} {y}" for how, x, y in points)
