"""Benefits of several documents of which only one is received: chains of them, in whatever order the documents come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import tries

from songhe.core.rules import Document, FactValue, build, decide, link_problems, linked, program
from songhe.core.rules.many import decide_all, gathered
from songhe.core.sources import read

CITY, COUNTY, ELSEWHERE = 371000000000, 371082000000, 371002000000
MONTH = date(2026, 3, 1)
SAID = {"en": "Another is received", "zh": "已享受另一项"}
NAMES = ("ant", "bee", "cow", "dog")


def document(name: str, groups: Sequence[dict[str, Any]], *, region: str = "3710", **more: Any) -> Document:
    """A document that grants whatever a fact of its own says."""
    data = {
        "document": {
            "code": f"of-{name}", "number": name, "title": SAID, "issuer": SAID, "effective": date(2025, 1, 1),
            "region": region, "source": "s",
        },
        "clauses": {"1": SAID},
        "facts": {f"{name}_due": {"kind": "whole", "unit": "fen", "least": 0, "most": 9, **SAID, "bring": SAID}},
        "rules": [{"code": name, **SAID, "unit": "fen", "grants": True, "expr": f"{name}_due", "clause": "1"}],
        "exclusive": list(groups),
        **more,
    }  # fmt: skip
    return build(read(yaml.safe_dump(data, allow_unicode=True), name=f"{name}.yaml"))


def group(take: str, own: str, *names: str) -> dict[str, Any]:
    members = [name if name == own else {"rule": name, "of": f"of-{name}"} for name in names]
    return {"members": members, "take": take, "why": SAID, "clause": "1"}


@dataclass
class Town:
    """Documents whose pairs lie in one order; who says a pair, and whether the county's are local."""

    pairs: dict[tuple[str, str], str]
    local: frozenset[str]
    both: bool
    take: str

    def documents(self) -> list[Document]:
        """One document for each benefit; each names all of its pairs in one group, or only one side does."""
        made = []
        for name in NAMES:
            met = [other for pair in self.pairs for other in pair if name in pair and other != name]
            mine = [other for other in met if self._says(name, other)]
            names = sorted({name, *mine})
            groups = [group(self.take, name, *names)] if mine else []
            made.append(document(name, groups, region="371082" if name in self.local else "3710"))
        return made

    def _says(self, name: str, other: str) -> bool:
        if (name in self.local) != (other in self.local):
            return name in self.local
        pair = (min(name, other), max(name, other))
        return self.both or self.pairs[pair] == name

    def received(self, due: dict[str, int], place: int) -> dict[str, int]:
        """The plain definition: from the highest down, whoever meets nobody that is received already."""
        here = {name: due[name] if place == COUNTY or name not in self.local else 0 for name in NAMES}
        highest = self.take == "highest"
        found: dict[str, int] = {}
        for name in sorted(NAMES, key=lambda name: (-here[name] if highest else 0, name)):
            beaten = any(name in pair and found.get(pair[pair[0] == name], 0) > 0 for pair in self.pairs)
            found[name] = 0 if beaten else here[name]
        return found


@st.composite
def towns(draw: st.DrawFn) -> Town:
    pairs = draw(st.lists(st.sampled_from(list(combinations(NAMES, 2))), min_size=1, max_size=6, unique=True))
    said = {pair: draw(st.sampled_from(pair)) for pair in pairs}
    local = draw(st.frozensets(st.sampled_from(NAMES), max_size=2))
    return Town(said, local, draw(st.booleans()), draw(st.sampled_from(["highest", "first"])))


dues = st.fixed_dictionaries({name: st.integers(0, 4) for name in NAMES})


def amounts(documents: Sequence[Document], facts: dict[str, FactValue], place: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in documents:
        name = one.code.removeprefix("of-")
        if not (one.region == COUNTY and place != COUNTY):
            found[name] = decide(program(one, on=MONTH, region=place), name, facts, month=MONTH).value
    return found


@settings(max_examples=tries(60), deadline=None)
@given(towns(), dues, st.sampled_from([COUNTY, ELSEWHERE]), st.permutations(NAMES))
def test_never_two_of_a_pair_and_the_highest_whoever_says_it_in_whatever_order(
    town: Town, due: dict[str, int], place: int, order: list[str]
) -> None:
    documents = town.documents()
    for one in documents:
        assert not list(link_problems(one, [other for other in documents if other is not one]))
    facts: dict[str, FactValue] = {f"{name}_due": amount for name, amount in due.items()}
    found = amounts(linked(documents), facts, place)
    meant = town.received(due, place)
    assert found == {name: meant[name] for name in found}
    for one, other in town.pairs:
        assert not (found.get(one) and found.get(other)), "never two of a pair"
    shuffled = sorted(documents, key=lambda one: order.index(one.code.removeprefix("of-")))
    assert amounts(linked(shuffled), facts, place) == found
    if town.take == "highest" and any(due.values()):
        best = max(found, key=lambda name: (int(str(meant[name])), name))
        assert meant[best] == max(due[name] for name in found), "the highest is paid"


people = st.lists(
    st.fixed_dictionaries({f"{name}_due": st.none() | st.integers(0, 4) for name in NAMES}),
    min_size=1,
    max_size=5,
)


@settings(max_examples=tries(30), deadline=None)
@given(towns(), people)
def test_columns_agree_with_each_person(town: Town, crowd: list[dict[str, FactValue]]) -> None:
    places = [COUNTY, ELSEWHERE, CITY, COUNTY, ELSEWHERE][: len(crowd)]
    for one in linked(town.documents()):
        if one.region == COUNTY:
            continue
        name = one.code.removeprefix("of-")
        made = decide_all(one, gathered(one, crowd, regions=places), on=MONTH, month=MONTH)[name]
        for row, (facts, place) in enumerate(zip(crowd, places, strict=True)):
            unknown = made.unknown is not None and bool(made.unknown[row])
            alone = decide(program(one, on=MONTH, region=place), name, facts, month=MONTH).value
            assert alone == (None if unknown else int(made.values[row]))


def chain(take: str = "highest") -> list[Document]:
    """The first meets the second, the second the third."""
    return [
        document("ant", []),
        document("bee", [group(take, "bee", "ant", "bee")]),
        document("cow", [group(take, "cow", "bee", "cow")]),
    ]


@pytest.mark.parametrize(
    ("take", "due", "meant"),
    [
        ("highest", (1, 2, 3), (1, 0, 3)),
        ("highest", (2, 3, 1), (0, 3, 0)),
        ("highest", (3, 2, 1), (3, 0, 1)),
        ("highest", (2, 2, 2), (2, 0, 2)),
        ("first", (1, 9, 9), (1, 0, 9)),
        ("first", (0, 1, 9), (0, 1, 0)),
    ],
)
def test_who_loses_to_one_that_is_not_received_itself_is_received(
    take: str, due: tuple[int, ...], meant: tuple[int, ...]
) -> None:
    facts: dict[str, FactValue] = {f"{name}_due": amount for name, amount in zip(NAMES, due, strict=False)}
    assert tuple(amounts(linked(chain(take)), facts, CITY).values()) == meant


def test_the_loser_says_to_what_and_by_how_much_though_only_the_other_document_says_it() -> None:
    joined = linked([document("ant", []), document("bee", [group("highest", "bee", "ant", "bee")])])[0]
    rules = program(joined, on=MONTH, region=CITY)
    told = decide(rules, "ant", {"ant_due": 3, "bee_due": 7}, month=MONTH).as_data()
    assert (told["value"], told["lost_to"]["value"], told["lost_to"]["more"]) == (0, 7, 4)
    assert told["steps"][0]["clause"]["code"] == "bee 1"


WORTH: dict[str, Any] = {"parameters": {"rate": {**SAID, "values": [{"value": 2, "clause": "1"}]}}}


def worth(names: Sequence[str], own: str, expression: str) -> dict[str, Any]:
    made = group("highest", own, *names)
    made["members"] = [
        {"rule": one, **({"worth": expression} if one == "bee" else {})} if isinstance(one, str) else
        {**one, **({"worth": expression} if one["rule"] == "bee" else {})}
        for one in made["members"]
    ]  # fmt: skip
    return made


def test_what_a_benefit_is_worth_is_said_where_it_meets_others() -> None:
    bee = document("bee", [worth(["ant", "bee"], "bee", "alone * rate")], **WORTH)
    facts: dict[str, FactValue] = {"ant_due": 5, "bee_due": 3}
    assert amounts(linked([document("ant", []), bee]), facts, CITY) == {"ant": 0, "bee": 3}
    like = document("cow", [worth(["bee", "cow"], "cow", "alone * rate")], **WORTH)
    assert not list(link_problems(like, [bee]))


BEFORE = "name them in one order"
FAULTS: list[tuple[list[Document], str]] = [
    (
        [document("ant", [group("first", "ant", "ant", "bee")]), document("bee", [group("first", "bee", "bee", "cow")]),
         document("cow", [group("first", "cow", "cow", "ant")])],
        "ant, bee, cow are named before each other in a circle",
    ),
    ([document("ant", [group("highest", "ant", "ant", "bee")]), document("bee", [group("highest", "bee", "bee", "ant")])], BEFORE),
    ([document("ant", [group("highest", "ant", "ant", "bee")]), document("bee", [group("first", "bee", "ant", "bee")])], "do not take the same"),
    (
        [document("ant", [group("highest", "ant", "ant", "bee", "cow")]), document("bee", []), document("cow", [group("first", "cow", "bee", "cow")])],
        "bee goes before cow by take: first",
    ),
    (
        [document("bee", [worth(["ant", "bee"], "bee", "alone * rate")], **WORTH), document("ant", []),
         document("cow", [worth(["bee", "cow"], "cow", "alone * 3")])],
        "what bee is worth is not said alike",
    ),
    (
        [document("bee", [worth(["ant", "bee"], "bee", "alone * rate")], **WORTH), document("ant", []),
         document("cow", [worth(["bee", "cow"], "cow", "alone * rate")],
                  parameters={"rate": {**SAID, "values": [{"value": 3, "clause": "1"}]}})],
        "what bee is worth is not said alike",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("documents", "told"), FAULTS)
def test_what_has_no_order_is_refused_with_its_line(documents: list[Document], told: str) -> None:
    for one in documents:
        found = list(link_problems(one, [other for other in documents if other is not one]))
        assert len(found) == 1 and told in found[0].text, "every document that takes part is told"
        assert found[0].line and found[0].file == one.file


def test_more_than_can_be_put_in_order_is_refused() -> None:
    names = [f"n{number}" for number in range(9)]
    documents = [document(name, []) for name in names[1:]]
    big = document("n0", [group("highest", "n0", *names)])
    assert [problem.text for problem in link_problems(big, documents)] == [
        f"{', '.join(names)} hang together, which are more than 8; take some of them out of their groups."
    ]


def test_what_rests_on_a_benefit_that_it_meets_is_refused() -> None:
    bee = document("bee", [group("highest", "bee", "ant", "bee")])
    rests = {"code": "cow", **SAID, "unit": "fen", "grants": True, "expr": "ant", "clause": "1"}
    cow = document(
        "ant",
        [],
        rules=[
            {"code": "ant", **SAID, "unit": "fen", "grants": True, "expr": "ant_due", "clause": "1"},
            rests,
        ],
    )
    ring = document(
        "dog",
        [
            {
                **group("highest", "dog", "dog"),
                "members": ["dog", {"rule": "cow", "of": "of-ant"}, {"rule": "bee", "of": "of-bee"}],
            }
        ],
    )
    found = [problem.text for problem in link_problems(ring, [bee, cow])]
    assert found == ["cow of of-ant depends on further benefits; leave it out here."]
