"""The forms of the data folder worked by hand; each case says what it rests on."""

from __future__ import annotations

import pytest
from tests.core.forms import best, form

from songhe.core.decision import Decision
from songhe.core.scoring import Answer, Form, Result, may_begin, score

MZT = form("mzt039-2013")
LTCI, SELF = form("ltci-2021"), form("ltci-2021-self")
STARS = form("gbt37276-2018")
DAY_CARE, STATION = form("day-care-centre"), form("care-station")
HOME, MEANS = form("happiness-home-stars"), form("economic-situation")


def told(result: Result) -> list[str]:
    """The reasons as an English reader sees them."""
    return [str(reason) for reason in result.reasons]


def mzt(**given: Answer) -> Result:
    """MZ/T 039 with everything best but what is given; B_1_8 stands for B.1.8."""
    return score(MZT, best(MZT, **{code.replace("_", "."): answer for code, answer in given.items()}))


def ltci(**given: Answer) -> Result:
    """Long-term care with everything best but what is given; C1_7 stands for C1.7."""
    return score(LTCI, best(LTCI, **{code.replace("_", "."): answer for code, answer in given.items()}))


# MZ/T 039-2013: Barthel bands 100, 65-95, 45-60, up to 40; mental 0, 1, 2-3, 4-6; social 0-2, 3-7, 8-13, 14-20.


def test_mzt_everything_alone_is_level_0_and_reasons_name_the_row() -> None:
    result = mzt()
    assert (result.level, result.total) == (0, None)
    assert told(result) == [
        "Daily living (Barthel index): 100 of 100 points is grade 0, Intact",
        "Mental state: 0 of 6 points is grade 0, Intact",
        "Perception and communication: grade 0, Intact",
        "Social participation: 0 of 20 points is grade 0, Intact",
        "Daily living, mental state and perception at 0, social participation at 0 or 1: Ability intact",
    ]


def test_mzt_stairs_with_help_is_barthel_95_and_mild() -> None:
    result = mzt(B_1_10="5")
    assert [part.grade.grade for part in result.dimensions if part.grade] == [1, 0, 0, 0]
    assert result.level == 1


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"B_4_1": "3"}, 0),  # social 3 is grade 1: still intact
        ({"B_4_1": "4", "B_4_2": "4"}, 1),  # social 8 is grade 2
        ({"B_4_1": "4", "B_4_2": "4", "B_4_3": "4", "B_4_4": "4"}, 1),  # social 16, grade 3: the printed gap
        ({"B_2_3": "1"}, 1),  # mental 1 is grade 1
        ({"B_3_1": "2"}, 1),  # stupor is perception grade 3, daily living 0
        (
            {"B_1_9": "0", "B_1_8": "0", "B_1_10": "0"},
            2,
        ),  # Barthel 60 is grade 2, the others 0: the printed gap
        ({"B_1_9": "0", "B_1_8": "0", "B_1_10": "0", "B_3_2": "4"}, 3),  # and blind
        ({"B_1_9": "0", "B_1_8": "0", "B_1_10": "0", "B_1_1": "0", "B_1_4": "0"}, 3),  # Barthel 40
    ],
)
def test_mzt_by_hand(given: dict[str, Answer], level: int) -> None:
    assert mzt(**given).level == level


def test_mzt_overlap_at_daily_living_1_follows_the_printed_order() -> None:
    """Blind (perception 3) with mental and social 0: one part at 0 is enough for level 1."""
    result = mzt(B_1_10="5", B_3_2="4")
    assert result.level == 1
    assert told(result)[-1] == "Daily living at 1, another part at 0 or 1: Mild impairment"


def test_mzt_coma_is_severe_and_is_assessed_again_when_conscious() -> None:
    result = mzt(B_3_1="coma")
    assert (result.initial, result.level) == (1, 3)
    assert told(result)[-1].endswith("from Mild impairment to Severe impairment")
    assert "conscious" in {trigger.code for trigger in result.triggers}
    assert "conscious" not in {trigger.code for trigger in mzt().triggers}


def test_mzt_dementia_raises_one_level_but_nobody_above_severe() -> None:
    assert mzt(diagnoses=("dementia",)).level == 1
    severe = mzt(B_1_9="0", B_1_8="0", B_1_10="0", B_3_2="4", diagnoses=("dementia",))
    assert (severe.initial, severe.level) == (3, 3)
    assert told(severe)[-1].endswith("the level stays Severe impairment")


def test_mzt_two_events_of_different_kinds_raise_one_level() -> None:
    assert mzt(falls=1).level == 0
    given = best(MZT) | {"falls": 1, "self_harm": 1}
    assert score(MZT, given).level == 1


def test_mzt_holds_six_months() -> None:
    assert {MZT.months_of(band.level) for band in MZT.bands} == {6}


# Long-term care 2021: two cells are confirmed by a public copy, Barthel bands as above.


def test_ltci_moderate_daily_living_with_mild_cognition_is_level_2() -> None:
    """Barthel 60 (walking 0, transfer 0, stairs 0), cognition 15: row 2, column 1."""
    result = ltci(C1_7="0", C1_8="0", C1_9="0", C2_1="3")
    assert result.level == 2
    assert told(result)[-1] == (
        "Row: Daily living, grade 2; column: the worst of Cognition, Perception and communication, grade 1: "
        "Moderate"
    )


def test_ltci_severe_daily_living_with_mild_cognition_is_severe_1() -> None:
    """Barthel 40: row 3, column 1."""
    assert ltci(C1_7="0", C1_8="0", C1_9="0", C1_1="0", C1_2="0", C2_1="3").level == 3


def test_ltci_the_worse_of_cognition_and_perception_counts() -> None:
    """Perception 0 (grade 3) beside full cognition: row 0, column 3."""
    assert ltci(C3_1="0", C3_2="0", C3_3="0").level == 1


def test_ltci_everything_lost_is_severe_3_for_two_years() -> None:
    worst: dict[str, Answer] = {item.code: "0" for item in LTCI.items}
    assert score(LTCI, best(LTCI) | worst).level == 5
    assert (LTCI.months_of(5), LTCI.months_of(3), LTCI.months_of(2)) == (24, 24, 12)


# The self-assessment: dependent activities in class a / class b.


@pytest.mark.parametrize(
    ("a", "b", "grade"),
    [
        *((0, b, "ABBC"[b]) for b in range(4)),
        *((1, b, "BCDE"[b]) for b in range(4)),
        *((2, b, "DEEF"[b]) for b in range(4)),
        *((3, b, "EFFG"[b]) for b in range(4)),
    ],
)
def test_self_assessment_counts_what_somebody_depends_in(a: int, b: int, grade: str) -> None:
    given = {f"S.{n}": "dependent" if n <= a or 3 < n <= 3 + b else "partly" for n in range(1, 7)}
    level = score(SELF, given).level
    assert level is not None and SELF.level(level).label.en == f"Grade {grade}"
    assert may_begin(LTCI, SELF, level).refused is (grade not in "EFG")


def test_who_may_not_apply_is_told_why() -> None:
    shut: Decision[Form] = may_begin(LTCI, SELF, 3)
    assert "Grade D" in str(shut.reasons[-1]) and "Grade E, Grade F, Grade G" in str(shut.reasons[-1])
    assert "needs a result" in str(may_begin(LTCI, SELF, None).reasons[-1])
    assert may_begin(MZT, SELF, None).value is MZT


# GB/T 37276-2018: 360/40%, 450/50%, 570/60%, 780/80%, 900/90%; total and every part.


def rated(environment: int, facilities: int, management: int, service: int, **given: Answer) -> Result:
    """A facility rated by its four parts."""
    points = {
        "environment_points": environment,
        "facilities_points": facilities,
        "management_points": management,
        "service_points": service,
    }
    return score(STARS, best(STARS) | points | given)


@pytest.mark.parametrize(
    ("parts", "stars"),
    [
        ((108, 117, 135, 540), 5),  # exactly 900 and 90% of every part
        ((108, 117, 134, 541), 4),  # 900, but management at 89%
        ((107, 130, 150, 600), 4),  # 987, but the environment at 89%
        ((96, 104, 120, 460), 3),  # 780, but service at 77%
        ((96, 104, 120, 480), 4),  # 800
        ((48, 52, 60, 199), 0),  # 359
        ((48, 52, 60, 240), 1),  # 400 and 40% of every part
        ((47, 130, 150, 600), 0),  # 927, but the environment at 39%
        ((0, 0, 0, 0), 0),
    ],
)
def test_stars_need_the_total_and_every_part(parts: tuple[int, int, int, int], stars: int) -> None:
    assert rated(*parts).level == stars


def test_the_part_that_lacks_points_is_named() -> None:
    result = rated(47, 130, 150, 600)
    assert told(result) == [
        "927 of 1000 points: No star",
        "Not One star: Environment has 47 of 120 points, 40% are needed",
    ]
    assert result.dimensions[0].percent == 39
    assert "Not Five stars: 890 points, 900 are needed" in told(rated(108, 117, 135, 530))


def test_no_star_without_the_conditions_before_rating() -> None:
    result = rated(120, 130, 150, 600, fire_permit=False)
    assert (result.initial, result.level) == (5, 0)
    assert told(result)[-1] == "Fire safety not approved: no star: from Five stars to No star"


def test_a_part_not_rated_leaves_the_stars_open() -> None:
    given = best(STARS)
    del given["service_points"]
    result = score(STARS, given)
    assert (result.level, result.missing) == (None, ("service_points",))


# Checklists: assumed items; what is tested is how they count.


def test_what_does_not_apply_leaves_the_points_that_can_be_reached() -> None:
    """Equipment without rehabilitation and bathing: 4 items of 2 points."""
    result = score(DAY_CARE, best(DAY_CARE) | {"D2.4": "none", "D2.6": "none", "D2.1": "partly"})
    equipment = result.dimensions[1]
    assert (equipment.so_far, equipment.top, equipment.percent) == (7, 8, 87)
    assert result.level == 2


def test_a_critical_item_fails_the_whole() -> None:
    result = score(DAY_CARE, best(DAY_CARE) | {"D1.1": "not_met"})
    assert (result.level, result.failed) == (0, ("D1.1",))
    assert told(result)[-1] == ("Fire safety approved and kept: not met, so no better than Does not comply")


def test_a_critical_item_that_does_not_apply_fails_nothing() -> None:
    assert score(DAY_CARE, best(DAY_CARE) | {"D1.2": "none"}).level == 2


def test_one_weak_part_keeps_a_centre_from_complying() -> None:
    """Management at 5 of 8 is 62%: more than 50, less than 70; 37 of 42 in all is 88%."""
    result = score(DAY_CARE, best(DAY_CARE) | {"D4.1": "not_met", "D4.2": "partly"})
    assert (result.level, DAY_CARE.months_of(1)) == (1, 6)
    assert told(result)[-1] == "Not Complies: Management has 5 of 8 points, 70% are needed"


def test_care_station() -> None:
    """13 of 14 complies; the fire check alone fails it."""
    assert score(STATION, best(STATION) | {"K3.4": "no"}).level == 1
    assert score(STATION, best(STATION) | {"K1.1": "no"}).level == 0


@pytest.mark.parametrize(("area", "points"), [(99, 0), (100, 5), (199, 5), (200, 10), (5000, 10)])
def test_a_measured_area_falls_in_its_option(area: int, points: int) -> None:
    result = score(HOME, best(HOME) | {"H1.1": area})
    assert result.items[0].score == points


def test_happiness_home() -> None:
    """90 points with the place at 20 of 30 (66%): four stars need 75% of every part, three need 60%."""
    assert score(HOME, best(HOME)).level == 5
    result = score(HOME, best(HOME) | {"H1.1": 50})
    assert (result.total, result.level) == (90, 3)


# Economic situation: lines are assumed (900 yuan, 1,350 yuan, 21,600 yuan a head).


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"E2.1": 180_000, "members": 2}, 2),  # exactly on the line
        ({"E2.1": 180_001, "members": 2}, 1),  # one fen more
        ({"E2.1": 180_001, "members": 3}, 2),  # shared by three
        ({"E2.1": 270_000, "members": 2}, 1),
        ({"E2.1": 270_001, "members": 2}, 0),
        ({"E2.1": 0, "members": 1}, 3),
        ({"E2.1": 0, "members": 1, "E1.2": "able"}, 2),  # a child who can support them
        ({"E2.1": 0, "members": 1, "E3.1": 2_160_001}, 0),  # savings
        ({"E2.1": 0, "members": 1, "E3.3": "more"}, 0),
        ({"E2.1": 0, "members": 1, "E3.2": "aid"}, 3),
    ],
)
def test_economic_situation(given: dict[str, Answer], level: int) -> None:
    poor: dict[str, Answer] = {
        "E1.1": "none",
        "E1.2": "none",
        "E3.1": 0,
        "E3.2": "none",
        "E3.3": "one",
        "dependants": 0,
    }
    assert score(MEANS, poor | given).level == level


def test_income_is_open_until_it_is_known_how_many_share_it() -> None:
    given = best(MEANS)
    del given["members"]
    result = score(MEANS, given)
    assert (result.level, result.missing) == (None, ("members",))
    assert result.dimensions[1].total is None
