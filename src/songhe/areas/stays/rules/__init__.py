"""Pure decisions about beds, turns and days: frozen values in, a decision with its reasons out."""

from songhe.areas.stays.rules.counting import Count, Fen, Minutes, day_fee, month_fee, share
from songhe.areas.stays.rules.days import Days, freed_on, without
from songhe.areas.stays.rules.rooms import MOST_ROOMS, room_numbers
from songhe.areas.stays.rules.terms import Group, Terms, build_terms
from songhe.areas.stays.rules.turns import NURSING, Applicant, Turn, fits_level, turn_of

__all__ = [
    "MOST_ROOMS",
    "NURSING",
    "Applicant",
    "Count",
    "Days",
    "Fen",
    "Group",
    "Minutes",
    "Terms",
    "Turn",
    "build_terms",
    "day_fee",
    "fits_level",
    "freed_on",
    "month_fee",
    "room_numbers",
    "share",
    "turn_of",
    "without",
]
