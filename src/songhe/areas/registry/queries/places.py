"""Names of regions in lists and addresses, looked up in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from songhe.core.codes import at_level, level_of, span
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.regions.models import Region

ENDINGS = (
    "社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会", "社区", "街道办事处", "街道", "村", "镇", "乡", "居",
)  # fmt: skip


def stem(name: str) -> str:
    """A name without what kind of place it is, so that 大庄许家 and 大庄许家社区 are one."""
    plain = normalise(name).replace(" ", "")
    for ending in ENDINGS:
        if plain.endswith(ending) and len(plain) > len(ending) + 1:
            return plain.removesuffix(ending)
    return plain


@dataclass(slots=True)
class Gazetteer:
    """The towns and villages of a region by name, and the counties of its city for addresses."""

    region: int
    villages: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    towns: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    below: dict[int, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    _addresses: dict[str, int | None] = field(default_factory=dict)
    _found: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        low, high = span(self.region)
        city_low, city_high = span(at_level(self.region, min(2, level_of(self.region))))
        rows = Region.objects.filter(code__gte=city_low, code__lt=city_high, until=None)
        for code, name, level, parent in rows.values_list("code", "name", "level", "parent_id"):
            for word in {normalise(name), stem(name)}:
                self.below[parent].append((word, code))
                if low <= code < high and level >= 4:
                    (self.villages if level == 5 else self.towns)[word].append(code)
        for names in self.below.values():
            names.sort(key=lambda pair: -len(pair[0]))

    def village(self, name: str, town: str) -> int:
        """The village or community of a name, in a town where that is given. Raises Refused for none or several."""
        key = (name, town)
        if key not in self._found:
            self._found[key] = self._look_up(name, town)
        return self._found[key]

    def _look_up(self, name: str, town: str) -> int:
        if not name and level_of(self.region) == 5:
            return self.region
        found = set(self.villages.get(normalise(name), ())) or set(self.villages.get(stem(name), ()))
        if town:
            towns = {*self.towns.get(normalise(town), ()), *self.towns.get(stem(town), ())}
            if not towns:
                raise Refused(
                    "unknown_town", "There is no town or street “{name}” in the region of this import.",
                    field="town", name=town[:20],
                )  # fmt: skip
            found = {code for code in found if at_level(code, 4) in towns}
        if len(found) == 1:
            return found.pop()
        if not found:
            raise Refused(
                "unknown_village",
                "There is no village or community “{name}” in the region of this import. Check the spelling and the town.",
                field="village",
                name=name[:20],
            )
        raise Refused(
            "several_villages",
            "Several villages or communities are called “{name}”. Fill in the town.",
            field="village",
            name=name[:20],
        )

    def registered_in(self, address: str) -> int | None:
        """The lowest region of the city that an address names; None where it names none."""
        if address not in self._addresses:
            self._addresses[address] = self._lowest(address)
        return self._addresses[address]

    def _lowest(self, address: str) -> int | None:
        city = at_level(self.region, min(2, level_of(self.region)))
        here: int | None = None
        rest, above = normalise(address).replace(" ", ""), city
        while True:
            step = next(
                ((word, code) for word, code in self.below.get(above, ()) if len(word) > 1 and word in rest),
                None,
            )
            if step is None:
                return here
            rest = rest[rest.index(step[0]) + len(step[0]) :]
            here = above = step[1]
