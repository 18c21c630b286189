# ruff: noqa: PLR0917, RET505 — ttsim reads `if` and `else` out of the source, and every name that a rule reads is a parameter
"""The city's rules as ttsim's policy functions: written for one person, turned into arrays by the library.

Money is in whole fen. ttsim itself rounds floats, halves to even, so halves are rounded by the rules here.
"""

from __future__ import annotations

from ttsim.tt import (
    AggType,
    ConsecutiveIntLookupTableParamValue,
    TTSIMUnit,
    agg_by_group_function,
    policy_function,
)

Table = ConsecutiveIntLookupTableParamValue
BARE = TTSIMUnit.DIMENSIONLESS
NOBODY = 99

rule = policy_function(unit=BARE, verify_units=False)


@rule
def age(birth_months: int, last_month: int) -> int:
    return (last_month - birth_months) // 12


@rule
def low(income_class: int) -> bool:
    return income_class >= 2


@rule
def age_allowance(local: bool, age: int, county: int, age_scale: Table) -> int:
    if local:
        return age_scale.look_up(county, age)
    else:
        return 0


@rule
def care_right(
    local: bool, low: bool, income_class: int, in_institution: bool, disability: int, care_rate: Table
) -> int:
    if not local or not low or (income_class == 3 and in_institution):
        return 0
    else:
        return care_rate.look_up(disability)


@rule
def disability_right(local: bool, low: bool, certificate: int, certificate_rate: Table) -> int:
    if not local or (certificate > 2 and not low):
        return 0
    else:
        return certificate_rate.look_up(certificate)


@rule
def care(care_right: int, ltci_fen: int, disability_right: int) -> int:
    if ltci_fen >= care_right or disability_right >= care_right:
        return 0
    else:
        return care_right


@rule
def disability_allowance(disability_right: int, ltci_fen: int, care: int) -> int:
    if ltci_fen >= disability_right or care > disability_right:
        return 0
    else:
        return disability_right


@rule
def bed_year(bed_start_months: int, last_month: int) -> int:
    return min(max((last_month - bed_start_months) // 12, 0), 3)


@rule
def bed_right(
    local: bool, has_bed: bool, in_institution: bool, bed_start: int, bed_year: int, disability: int,
    bed_days: int, last_day: int, bed_rate: Table, taper: Table, bed_by: int,
) -> int:  # fmt: skip
    if not local or not has_bed or in_institution or bed_start > last_day:
        return 0
    else:
        return (2 * bed_rate.look_up(disability) * taper.look_up(bed_year) * bed_days + bed_by) // (
            2 * bed_by
        )


@rule
def minutes_right(
    local: bool, low: bool, special_family: bool, veteran: bool, in_institution: bool, disability: int,
    minutes_base: int, minutes_step: int, minutes_most: int,
) -> int:  # fmt: skip
    if local and not in_institution and (low or special_family or veteran):
        return min(minutes_most, minutes_base + minutes_step * max(0, disability - 1))
    else:
        return 0


@rule
def minutes_worth(minutes_right: int, hour_value: int) -> int:
    return (2 * minutes_right * hour_value + 60) // 120


@rule
def minutes(minutes_right: int, minutes_worth: int, bed_right: int) -> int:
    if bed_right > 0 and minutes_worth <= bed_right:
        return 0
    else:
        return minutes_right


@rule
def bed(minutes_worth: int, bed_right: int) -> int:
    if minutes_worth > bed_right:
        return 0
    else:
        return bed_right


@rule
def meal(
    local: bool, in_institution: bool, low: bool, meals: int, age: int, meal_rate: Table, meal_low: int,
    meal_most: int, meal_cap: int,
) -> int:  # fmt: skip
    if not local or in_institution:
        return 0
    elif low:
        return min(meal_cap, min(meals, meal_most) * meal_low)
    else:
        return min(meal_cap, min(meals, meal_most) * meal_rate.look_up(age))


@rule
def phone_place(local: bool, network_member: bool, in_institution: bool, place: int) -> int:
    if local and network_member and not in_institution:
        return place
    else:
        return NOBODY


@agg_by_group_function(agg_type=AggType.MIN, unit=BARE, verify_units=False)
def first_place_hh(phone_place: int, hh_id: int) -> int:
    pass


@rule
def phone(phone_place: int, first_place_hh: int, phone_rate: int) -> int:
    if phone_place != NOBODY and phone_place == first_place_hh:
        return phone_rate
    else:
        return 0


@rule
def insurance(
    local: bool, low: bool, special_family: bool, age: int, premium_due: int, premium_fen: int, first_day: int,
    last_day: int, insurance_cap: int, insurance_share: int,
) -> int:  # fmt: skip
    if not local or premium_due < first_day or premium_due > last_day:
        return 0
    elif low or special_family:
        return min(premium_fen, insurance_cap)
    elif age >= 80:
        return (2 * min(premium_fen, insurance_cap) * insurance_share + 100) // 200
    else:
        return 0


@rule
def retrofit(
    local: bool, low: bool, income_class: int, disability: int, retrofit_cost_fen: int, retrofit_before: bool,
    retrofit_cap_low: int, retrofit_cap: int, retrofit_share: int,
) -> int:  # fmt: skip
    if not local or retrofit_before:
        return 0
    elif low:
        return min(retrofit_cost_fen, retrofit_cap_low)
    elif income_class == 1 or disability >= 3:
        return min((2 * retrofit_cost_fen * retrofit_share + 100) // 200, retrofit_cap)
    else:
        return 0


@rule
def given_up(
    care_right: int, care: int, disability_right: int, disability_allowance: int, minutes_right: int, minutes: int,
    bed_right: int, bed: int,
) -> int:  # fmt: skip
    return (
        (care_right > 0 and care == 0) * 1
        + (disability_right > 0 and disability_allowance == 0) * 2
        + (minutes_right > 0 and minutes == 0) * 4
        + (bed_right > 0 and bed == 0) * 8
    )


RULES = (age, low, age_allowance, care_right, disability_right, care, disability_allowance, bed_year, bed_right, minutes_right,
         minutes_worth, minutes, bed, meal, phone_place, first_place_hh, phone, insurance, retrofit, given_up)  # fmt: skip
