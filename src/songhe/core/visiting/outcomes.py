"""Coming in vain: whether the organisation is paid for it, which share, and whether minutes of the grant are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from songhe.core.decision import Decision, Reason
from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, rows, text, whole


class Turn(Enum):
    """What becomes of the order."""

    RETURN = "return"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way in which a visit ends at the door. ``percent``: the share of the price and of the promised minutes that
    is charged; ``minutes``: whether that share of the minutes is used from the grant; ``wait``: minutes to be waited
    for it; ``proof``: whether it is charged only where the worker proved to have been there; ``look``: whether
    somebody of the village has to see how the person is; ``ends``: how a closed order ended."""

    code: str
    label: Label
    percent: int
    minutes: bool
    wait: int
    proof: bool
    turn: Turn
    ends: str = ""
    look: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDoor:
    """What is known of one such visit: promised and waited minutes; ``there``: proved to have been there."""

    promised: int
    waited: int
    there: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """The share that is charged, 0 to 100, and the minutes it takes; ``draws``: whether from the grant."""

    percent: int
    minutes: int
    draws: bool


NOTHING = Charge(0, 0, draws=False)


def build_outcomes(data: Data) -> Mapping[str, Outcome]:
    """Outcomes from the data file, in its order; DataError names what is wrong and where."""
    out: dict[str, Outcome] = {}
    for row in rows(data, "outcomes", "visits"):
        code = text(row, "code", "outcome")
        where = f"outcome {code}"
        turn = text(row, "order", where)
        if turn not in {known.value for known in Turn}:
            raise DataError(f"{where}: order must be return or close.")
        made = Outcome(
            code=code,
            label=label(row, where),
            percent=whole(row, "percent", where),
            minutes=bool(row.get("minutes", False)),
            wait=whole(row, "wait", where),
            proof=bool(row.get("proof", True)),
            turn=Turn(turn),
            ends=text(row, "ends", where) if "ends" in row else "",
            look=bool(row.get("look", False)),
        )
        if code in out or len(code) > 12:
            raise DataError(f"{where}: given twice, or longer than 12 signs.")
        if not 0 <= made.percent <= 100 or made.wait < 0:
            raise DataError(f"{where}: percent lies between 0 and 100, wait is not negative.")
        if made.turn is Turn.CLOSE and not made.ends:
            raise DataError(f"{where}: a closed order needs ends.")
        out[code] = made
    return out


def charged(rule: Outcome, door: AtDoor) -> Decision[Charge]:
    """What is charged for one visit in vain, with every reason; a charge of nothing is a decision too."""
    if rule.percent == 0:
        return Decision(NOTHING, (Reason("By the rule for this outcome nothing is charged.", rule.code),))
    against = []
    if rule.proof and not door.there:
        against.append(Reason("Nothing is charged, since nothing proves that the worker was there.", "proof"))
    if door.waited < rule.wait:
        against.append(
            Reason(
                "Nothing is charged: waited {waited} minutes, and the rule asks for {wait}.",
                "wait",
                {"waited": door.waited, "wait": rule.wait},
            )
        )
    if against:
        return Decision(NOTHING, tuple(against))
    minutes = max(door.promised * rule.percent // 100, 1)
    told = [Reason("{percent}% of the price is charged.", rule.code, {"percent": rule.percent})]
    if rule.minutes:
        told.append(Reason("{minutes} minutes of the grant are used.", "minutes", {"minutes": minutes}))
    else:
        told.append(Reason("No minutes of the grant are used.", "minutes"))
    return Decision(Charge(rule.percent, minutes, rule.minutes), tuple(told))
