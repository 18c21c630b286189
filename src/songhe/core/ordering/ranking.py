"""Which organisation an order is proposed and offered to first, with every reason."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from songhe.core.decision import Decision, Reason

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Points of each part, and what gives all or none of them."""

    PARTS: ClassVar[tuple[str, ...]] = ("near", "free", "room", "means", "quality", "known", "fair")

    near: int
    free: int
    room: int
    means: int
    quality: int
    known: int
    fair: int
    far_minutes: int
    enough_free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """What is known of an organisation for one order.

    ``minutes``: how far the nearest worker is who can go, None where not known; ``free``: workers who can go; ``room``:
    percent of its working time of that day that is free; ``means``: percent of the contract that is left, None where none
    is asked for; ``quality``: 0 to 100, None where nothing is known; ``below_bar``: known well enough and below the bar;
    ``visits``: how often it served this person; ``offers``, ``share``: percent of this month's offers it had, and percent of
    the contracts that it holds; ``contract``: a refusal's reason where no contract covers it.
    """

    minutes: int | None
    free: int
    room: int
    means: int | None = None
    quality: int | None = None
    below_bar: bool = False
    visits: int = 0
    offers: int = 0
    share: int = 0
    contract: Reason | None = None
    suspended: bool = False
    refused: bool = False


def judged(one: Bidder, weights: Weights) -> Decision[int]:
    """Points of 0 to 100, or why it cannot be offered the order; with the reasons either way."""
    against = _against(one)
    if against:
        return Decision(None, tuple(against), refused=True, code="cannot_take")
    parts = list(_parts(one, weights))
    return Decision(sum(points for points, _reason in parts), tuple(reason for _points, reason in parts))


def _against(one: Bidder) -> list[Reason]:
    found = []
    if one.suspended:
        found.append(Reason("Does not operate at present.", "state"))
    if one.contract is not None:
        found.append(one.contract)
    if one.below_bar:
        found.append(Reason("Quality {mark} of 100 is below the bar.", "quality", {"mark": one.quality}))
    if one.refused:
        found.append(Reason("Turned this order down already.", "refused"))
    if not one.free:
        found.append(Reason("Nobody qualified is free at this time.", "free"))
    return found


def _parts(one: Bidder, weights: Weights) -> Iterable[tuple[int, Reason]]:
    if one.minutes is None:
        yield 0, Reason("Distance not known.", "near")
    else:
        left = max(0, weights.far_minutes - one.minutes)
        points = weights.near * left // max(1, weights.far_minutes)
        yield points, Reason("Nearest worker {minutes} min away.", "near", {"minutes": one.minutes})
    enough = min(one.free, weights.enough_free)
    yield weights.free * enough // weights.enough_free, Reason("{count} can go.", "free", {"count": one.free})
    yield (
        weights.room * one.room // 100,
        Reason("{percent} % of the day free.", "room", {"percent": one.room}),
    )
    if one.means is not None:
        words = Reason("{percent} % of the contract left.", "means", {"percent": one.means})
        yield weights.means * min(100, max(0, one.means)) // 100, words
    mark = one.quality
    if mark is None:
        yield weights.quality // 2, Reason("Quality not known yet.", "quality")
    else:
        yield weights.quality * mark // 100, Reason("Quality {mark} of 100.", "quality", {"mark": mark})
    if one.visits:
        yield weights.known, Reason("Served this person {count} times.", "known", {"count": one.visits})
    short = max(0, min(100, 50 + one.share - one.offers))
    values: dict[str, object] = {"offers": one.offers, "share": one.share}
    yield (
        weights.fair * short // 100,
        Reason("Had {offers} % of offers, contract share {share} %.", "fair", values),
    )


def ranked(bidders: Iterable[tuple[K, Bidder]], weights: Weights) -> list[tuple[K, Decision[int]]]:
    """Organisations in the order to ask them, those who cannot last; equal points in the order of their keys."""
    found = [(key, judged(one, weights)) for key, one in bidders]
    return sorted(found, key=lambda one: (one[1].refused, -(one[1].value or 0), str(one[0])))


def wave(able: Sequence[K], asked: Iterable[K], to: int) -> list[K]:
    """Who is asked next: the best who were not asked yet, until ``to`` have been in all (0: everybody)."""
    before = set(asked)
    fresh = [key for key in able if key not in before]
    return fresh[: max(0, to - len(before))] if to else fresh
