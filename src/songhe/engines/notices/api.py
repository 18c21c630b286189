"""The door of ``notices``: the names others use."""

from songhe.core.notices import Goal
from songhe.engines.notices.channels import Gateway, Letter, Rejected, Taken, Unavailable, carry_by
from songhe.engines.notices.models import Channel, Notice, State, Urgency, Why
from songhe.engines.notices.telling import About, Message, Recipient, heeds, tell, tell_many

__all__ = [
    "About",
    "Channel",
    "Gateway",
    "Goal",
    "Letter",
    "Message",
    "Notice",
    "Recipient",
    "Rejected",
    "State",
    "Taken",
    "Unavailable",
    "Urgency",
    "Why",
    "carry_by",
    "heeds",
    "tell",
    "tell_many",
]
