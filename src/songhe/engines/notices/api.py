"""The door of ``notices``: the names others use."""

from songhe.core.notices import Goal
from songhe.engines.notices import inbox
from songhe.engines.notices.channels import (
    Gateway,
    Letter,
    Rejected,
    RobotGateway,
    SmsGateway,
    Taken,
    Unavailable,
    VoiceGateway,
    carry_by,
)
from songhe.engines.notices.models import Channel, Notice, State, Urgency, Why
from songhe.engines.notices.receipts import Receipt, Reply, answer, receive, settle, when_answered
from songhe.engines.notices.telling import About, Message, Recipient, heeds, tell, tell_many

__all__ = [
    "About",
    "Channel",
    "Gateway",
    "Goal",
    "Letter",
    "Message",
    "Notice",
    "Receipt",
    "Recipient",
    "Rejected",
    "Reply",
    "RobotGateway",
    "SmsGateway",
    "State",
    "Taken",
    "Unavailable",
    "Urgency",
    "VoiceGateway",
    "Why",
    "answer",
    "carry_by",
    "heeds",
    "inbox",
    "receive",
    "settle",
    "tell",
    "tell_many",
    "when_answered",
]
