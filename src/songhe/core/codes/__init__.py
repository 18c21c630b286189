"""Codes of people, organisations, regions, telephones and places, read and checked.

Every ``parse_*`` returns a value or raises Refused with what is wrong, why, and what to do.
"""

from songhe.core.codes.coordinates import Frame, Point, distance_metres, from_wgs84, parse_point, to_wgs84
from songhe.core.codes.credit_code import CreditCode, parse_credit_code
from songhe.core.codes.phone import Phone, parse_phone
from songhe.core.codes.region import ancestors, at_level, is_within, level_of, parent, parse_region, span
from songhe.core.codes.resident_id import ResidentId, mask, parse_id

__all__ = [
    "CreditCode",
    "Frame",
    "Phone",
    "Point",
    "ResidentId",
    "ancestors",
    "at_level",
    "distance_metres",
    "from_wgs84",
    "is_within",
    "level_of",
    "mask",
    "parent",
    "parse_credit_code",
    "parse_id",
    "parse_phone",
    "parse_point",
    "parse_region",
    "span",
    "to_wgs84",
]
