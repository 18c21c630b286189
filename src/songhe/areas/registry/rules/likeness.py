"""How likely two rows are one person, with the evidence for and against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SUSPICIOUS = 60
CERTAIN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is compared. Phone and address are hashes or None; the identity number is open text inside one call."""

    name: str
    pinyin: str
    sex: str
    born: date | None
    id_number: str = ""
    phone: bytes | None = None
    address: bytes | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score of 0 to 100 and the codes of the evidence behind it, strongest first."""

    score: int
    evidence: tuple[str, ...]

    @property
    def is_suspicious(self) -> bool:
        """Whether somebody should look."""
        return self.score >= SUSPICIOUS


WEIGHTS = {
    "same_id": 100,
    "near_id": 30,
    "same_name": 35,
    "near_name": 20,
    "same_pinyin": 25,
    "same_birth": 25,
    "near_birth": 10,
    "same_phone": 22,
    "same_address": 15,
    "other_sex": -40,
    "other_birth": -20,
    "other_id": -45,
}
"""Points by evidence. Same name and birthday make a suspicion, unless both show different identity numbers."""


def likeness(one: Traits, other: Traits) -> Likeness:
    """Compare two persons; symmetric."""
    found = [
        code
        for code in (
            _ids(one, other),
            _names(one, other),
            _births(one, other),
            "same_phone" if one.phone and one.phone == other.phone else "",
            "same_address" if one.address and one.address == other.address else "",
            "other_sex" if {one.sex, other.sex} == {"male", "female"} else "",
        )
        if code
    ]
    if not any(code in found for code in ("same_id", "near_id", "same_name", "same_pinyin", "near_name")):
        return Likeness(0, tuple(found))
    score = max(0, min(CERTAIN, sum(WEIGHTS[code] for code in found)))
    return Likeness(score, tuple(sorted(found, key=lambda code: -WEIGHTS[code])))


def is_near_id(one: str, other: str) -> bool:
    """One wrong sign, or two neighbours swapped: what happens when a number is copied by hand.

    The last sign follows from the others, so it may differ as well.
    """
    if len(one) != 18 or len(other) != 18 or one == other:
        return False
    wrong = [place for place in range(17) if one[place] != other[place]]
    if len(wrong) <= 1:
        return True
    a, b = wrong[0], wrong[-1]
    return len(wrong) == 2 and b == a + 1 and one[a] == other[b] and one[b] == other[a]


def _ids(one: Traits, other: Traits) -> str:
    if not one.id_number or not other.id_number:
        return ""
    if one.id_number == other.id_number:
        return "same_id"
    return "near_id" if is_near_id(one.id_number, other.id_number) else "other_id"


def _names(one: Traits, other: Traits) -> str:
    if one.name == other.name:
        return "same_name"
    if one.pinyin and one.pinyin == other.pinyin:
        return "same_pinyin"
    same_length = len(one.name) == len(other.name) >= 3
    if same_length and sum(a != b for a, b in zip(one.name, other.name, strict=True)) == 1:
        return "near_name"
    return ""


def _births(one: Traits, other: Traits) -> str:
    if one.born is None or other.born is None:
        return ""
    if one.born == other.born:
        return "same_birth"
    same_year = one.born.year == other.born.year
    swapped = same_year and (one.born.month, one.born.day) == (other.born.day, other.born.month)
    same_day = (one.born.month, one.born.day) == (other.born.month, other.born.day)
    near_year = abs(one.born.year - other.born.year) in (1, 10)
    return "near_birth" if swapped or (same_day and near_year) else "other_birth"
