"""The invented city's amounts as plain numbers, for the oracle and the peers; ``city.yaml`` states them on its own.

Money is in fen, service in minutes. Plain Python: peers read this in environments of their own.
"""

from __future__ import annotations

from datetime import date

MONTH = date(2026, 11, 1)
YEAR = tuple(date(2026, number, 1) for number in range(1, 13))

AGES = (80, 85, 90, 95, 100)
CITY_SCALE = (5000, 8000, 12000, 30000, 60000)
# What each county pays at each of AGES; the last county has no scale of its own and pays the city's.
SCALES = (
    (6000, 9000, 13000, 31000, 62000),
    (5500, 8500, 12500, 30500, 61000),
    (5000, 9000, 13000, 32000, 60000),
    (7000, 10000, 15000, 35000, 65000),
    (6500, 9500, 14500, 33000, 64000),
    (5000, 8000, 15000, 30000, 70000),
    (8000, 10000, 12000, 40000, 60000),
    (5200, 8200, 12200, 30200, 60200),
    (10000, 15000, 20000, 40000, 80000),
    (5100, 8300, 12700, 31100, 61300),
    (6000, 8000, 13000, 30000, 66000),
    (5300, 8800, 12900, 32500, 63700),
    (9000, 12000, 18000, 36000, 72000),
    CITY_SCALE,
)
CARE = (0, 8000, 15000, 30000, 50000)  # by ability grade, up to June 2026
CARE_FROM_JULY = (0, 8000, 16000, 32000, 52000)
CARE_RISE = date(2026, 7, 1)
CARE_WHAT_IF = (0, 8000, 16000, 40000, 60000)  # the reform that is tried out
CERTIFICATE = (0, 15000, 12000, 8000, 6000)  # by grade of the disability certificate; 0: none
BED = (0, 0, 20000, 40000, 60000)  # by ability grade
TAPER = (100, 80, 60, 40)  # percent in the first, second, third and every further year
BED_DAYS = 30
MINUTES_BASE, MINUTES_STEP, MINUTES_MOST, MINUTE_HOUR = 1800, 360, 3600, 60
HOUR_VALUE = 1000
MEAL_AGES = (60, 70, 80)
MEAL = (100, 200, 300)  # for one meal at each of MEAL_AGES
MEAL_LOW, MEAL_MOST, MEAL_CAP = 500, 60, 20000
PHONE = 1000
INSURANCE_CAP, INSURANCE_SHARE = 10000, 50
RETROFIT_CAP_LOW, RETROFIT_CAP, RETROFIT_SHARE = 800000, 400000, 50


def care_on(month: date, *, what_if: bool = False) -> tuple[int, ...]:
    """The care subsidy's amounts by ability grade in a month."""
    if what_if:
        return CARE_WHAT_IF
    return CARE_FROM_JULY if month >= CARE_RISE else CARE
