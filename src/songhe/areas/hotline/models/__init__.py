"""The nouns of the hotline."""

from songhe.areas.hotline.models.asking import Drawing, FollowUp
from songhe.areas.hotline.models.calls import (
    Call,
    CallOrder,
    Channel,
    Consent,
    Outcome,
    Purpose,
    Relation,
    TextLine,
    Urgency,
)
from songhe.areas.hotline.models.complaints import Complaint, Finding
from songhe.areas.hotline.models.desk import Draft, Favourite, Nuisance
from songhe.areas.hotline.models.knowledge import Article, ArticleState, ArticleVote

__all__ = [
    "Article",
    "ArticleState",
    "ArticleVote",
    "Call",
    "CallOrder",
    "Channel",
    "Complaint",
    "Consent",
    "Draft",
    "Drawing",
    "Favourite",
    "Finding",
    "FollowUp",
    "Nuisance",
    "Outcome",
    "Purpose",
    "Relation",
    "TextLine",
    "Urgency",
]
