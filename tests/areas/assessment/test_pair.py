"""Who may assess whom, as a pure decision."""

from __future__ import annotations

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.assessment.rules.pair import Bond, Bound, assessors, recused

HERE = UUID("01900000-0000-7000-8000-000000000001")
PEOPLE = [uuid5(HERE, str(n)) for n in range(5)]
ABLE = frozenset(PEOPLE)

people = st.sampled_from(PEOPLE)
bonds = st.builds(
    Bound, assessor=people, name=st.just("王丽"), bond=st.sampled_from(Bond), through=st.just("X")
)


@given(people, people, st.lists(bonds, max_size=5), st.booleans())
def test_a_pair_is_taken_exactly_when_nothing_binds_either(
    first: UUID, second: UUID, bounds: list[Bound], differ: bool
) -> None:
    decision = assessors(first, second, medical=ABLE, able=ABLE, bounds=bounds, namesakes_differ=differ)
    binding = [
        b for b in bounds if b.assessor in (first, second) and not (differ and b.bond == Bond.NAMESAKE)
    ]
    assert decision.refused == (first == second or bool(binding))
    assert decision.value == (None if decision.refused else (first, second))


@given(st.lists(bonds, max_size=5), st.permutations(range(5)))
def test_which_bond_is_named_does_not_depend_on_their_order(bounds: list[Bound], order: list[int]) -> None:
    turned = [bounds[place] for place in order if place < len(bounds)]
    assert recused(PEOPLE, bounds) == recused(PEOPLE, turned)


def test_a_refusal_names_who_and_through_whom() -> None:
    bound = Bound(PEOPLE[0], "王丽", Bond.SERVES, "幸福到家")
    decision = assessors(PEOPLE[0], PEOPLE[1], medical=ABLE, able=ABLE, bounds=[bound])
    assert decision.code == "assessment.serves"
    assert decision.reasons[0].values == {"name": "王丽", "through": "幸福到家"}


def test_only_a_namesake_can_be_explained_away() -> None:
    for bond in Bond:
        found = recused(PEOPLE, [Bound(PEOPLE[0], "王丽", bond)], namesakes_differ=True)
        assert (found is None) == (bond is Bond.NAMESAKE)
