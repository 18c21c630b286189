"""Sharing a whole sum by weights so that nothing is lost and nobody is a unit unfair."""

from collections.abc import Sequence

from songhe.core.books.lines import whole


def apportion(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share ``total`` units in proportion to whole ``weights`` by largest remainder.

    The shares add up to ``total`` exactly, each is within one unit of its exact proportion,
    a weight of 0 gets 0, and equal remainders go to the earlier place, so that the same
    input always gives the same shares. A negative total shares like its mirror image.
    Raises ValueError when no weight is positive or one is negative.
    """
    if any(whole(weight) < 0 for weight in weights):
        raise ValueError("weights are not negative")
    base = sum(weights)
    if base == 0:
        raise ValueError("at least one weight is positive")
    sign = -1 if whole(total) < 0 else 1
    parts = [divmod(abs(total) * weight, base) for weight in weights]
    shares = [floor for floor, _ in parts]
    left = abs(total) - sum(shares)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    for place in by_remainder[:left]:
        shares[place] += 1
    return tuple(sign * share for share in shares)
