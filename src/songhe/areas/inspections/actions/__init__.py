"""The verbs of inspections."""

from songhe.areas.inspections.actions.campaigns import (
    draft_campaign,
    draw_campaign,
    drop_campaign,
    list_officers,
    order_check,
    publish_campaign,
)
from songhe.areas.inspections.actions.checking import cancel_check, fill_checklist, finish_check
from songhe.areas.inspections.actions.mending import (
    answer_finding,
    call_again,
    mend_finding,
    still_found,
    take_measure,
)

__all__ = [
    "answer_finding",
    "call_again",
    "cancel_check",
    "draft_campaign",
    "draw_campaign",
    "drop_campaign",
    "fill_checklist",
    "finish_check",
    "list_officers",
    "mend_finding",
    "order_check",
    "publish_campaign",
    "still_found",
    "take_measure",
]
