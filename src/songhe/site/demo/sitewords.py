"""What a made-up site tells the public: capacity, telephone, a description and opening hours; drawn from its code alone."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from psycopg.types.json import Jsonb

from songhe.site.demo.stock import Site

WEEK, ALWAYS = range(1, 8), [[0, 1440]]
DESCRIPTIONS = {
    "nursing_home": "为失能、半失能及自理老年人提供长期照护，设护理区、康复室和室外活动场地。",
    "township_home": "承担特困老年人集中供养，余床面向社会老年人开放短期托养。",
    "day_care": "白天照看、午餐、康复训练和文体活动，晚上回家。",
    "happiness_home": "村民自建自管，老伙伴们一起吃饭、下棋、晒太阳。",
    "canteen": "80周岁以上老年人午餐，巧厨娘志愿者掌勺，行动不便者送餐到家。",
    "dining_table": "村里的饭桌，中午开饭，邻居帮忙送餐。",
    "medical_care": "与卫生院合作，设中医理疗和康复训练。",
}


def told_of(site: Site, code: int) -> tuple[Any, ...]:
    """Day places, diners, other places, public telephone, description, hours; one site in seven tells no hours."""
    draw = crc32(f"{code}{site.kind}".encode())
    day = 10 + draw % 30 if site.kind in ("day_care", "care_station", "comprehensive") else None
    diners = 20 + draw % 60 if site.kind in ("canteen", "dining_table") else None
    other = (
        15 + draw % 40
        if site.kind in ("happiness_home", "mutual_point", "medical_care", "rehabilitation")
        else None
    )
    phone = f"0631-{8_000_000 + draw % 900_000}" if draw % 5 else ""
    words = DESCRIPTIONS.get(site.kind, "") if draw % 3 else ""
    return day, diners, other, phone, words, Jsonb(_hours(site, draw) if draw % 7 else {})


def _hours(site: Site, draw: int) -> dict[str, Any]:
    if site.beds:
        return {"week": {str(day): ALWAYS for day in WEEK}, "days": {}, "holidays": True}
    if site.kind in ("canteen", "dining_table"):
        last = 8 if draw % 2 else 6
        return {
            "week": {str(day): [[10 * 60 + 30, 13 * 60]] for day in range(1, last)},
            "days": {},
            "holidays": True,
        }
    slots = [[8 * 60, 11 * 60 + 30], [13 * 60 + 30, 17 * 60]] if draw % 2 else [[8 * 60 + 30, 17 * 60]]
    days = range(1, 8 if draw % 4 == 0 else 6)
    return {"week": {str(day): slots for day in days}, "days": {}, "holidays": draw % 4 == 0}
