"""The words by which counties' lists name kinds of sites."""

from __future__ import annotations

import re

from songhe.areas.providers.models import Kind
from songhe.core.text import halfwidth

KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.TOWNSHIP_HOME, "敬老院"),
    (Kind.MEDICAL_CARE, "医养结合|醫養"),
    (Kind.GERIATRIC, "老年医疗|老年医院|老年病"),
    (Kind.REHABILITATION, "康复|復健"),
    (Kind.EMBEDDED, "嵌入式|小型托老|微机构"),
    (Kind.STREET_CENTRE, "(镇街|街道|乡镇|镇).*综合"),
    (Kind.COMPREHENSIVE, "乐养居|综合养老|综合服务"),
    (Kind.DEMONSTRATION, "示范"),
    (Kind.DAY_CARE, "日间照料|日间托养|日間照顧|日照"),
    (Kind.MUTUAL_POINT, "互助点|互助站|睦邻"),
    (Kind.HAPPINESS_HOME, "幸福院"),
    (Kind.MUTUAL_HELP, "互助"),
    (Kind.DINING_TABLE, "餐桌"),
    (Kind.CANTEEN, "食堂|餐厅|助餐"),
    (Kind.CARE_STATION, "照料站|托老|长照站|長照站|服务站"),
    (Kind.ACTIVITY, "活动中心|活动室"),
    (Kind.HOME_SERVICE, "居家|上门"),
    (
        Kind.NURSING_HOME,
        "养老院|养老机构|养老公寓|老年公寓|护理院|护养院|福利院|福利中心|养护中心|nursing home",
    ),
)
"""Words of the lists by kind; the first that occurs wins, so the narrow ones come first."""


def kind_of(text: str) -> Kind | None:
    """The kind that a list's own word means."""
    lowered = halfwidth(text).lower()
    if lowered in Kind.values:
        return Kind(lowered)
    return next((kind for kind, pattern in KINDS if re.search(pattern, lowered)), None)
