"""The verbs of lines."""

from songhe.areas.lines.actions import rehashing
from songhe.areas.lines.actions.exchanges import close_exchange, open_exchange, renew_secret
from songhe.areas.lines.actions.finishing import done
from songhe.areas.lines.actions.hearing import conclude, hear, hear_seats, link
from songhe.areas.lines.actions.listening import listen
from songhe.areas.lines.actions.seating import close_seat, go_ready, log_off, open_seat, take_break
from songhe.areas.lines.actions.shifts import hand_over, plan_shift, take_over
from songhe.areas.lines.actions.wishing import dial, end_call, reply, send_wishes

__all__ = [
    "close_exchange",
    "close_seat",
    "conclude",
    "dial",
    "done",
    "end_call",
    "go_ready",
    "hand_over",
    "hear",
    "hear_seats",
    "link",
    "listen",
    "log_off",
    "open_exchange",
    "open_seat",
    "plan_shift",
    "rehashing",
    "renew_secret",
    "reply",
    "send_wishes",
    "take_break",
    "take_over",
]
