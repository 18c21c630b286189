"""The verbs of devices."""

from songhe.areas.devices.actions.binding import (
    agree,
    begin_test,
    draw_circle,
    draw_ring,
    end_fence,
    end_test,
    install_device,
    issue_device,
    rebind_device,
    set_helper,
    withdraw_agreement,
)
from songhe.areas.devices.actions.chores import settle_chore, watch
from songhe.areas.devices.actions.finding import Spoken, make_code, report_found, revoke_code, tag_of
from songhe.areas.devices.actions.hearing import bring, receive
from songhe.areas.devices.actions.keeping import clear_stray, let_go
from songhe.areas.devices.actions.ordering import locate_now, ring_device, switch_to_test
from songhe.areas.devices.actions.pressing import press_device
from songhe.areas.devices.actions.stock import (
    disable_device,
    enable_device,
    found_again,
    fresh_secret,
    hand_over,
    register_device,
    repaired,
    report_broken,
    report_lost,
    retire_device,
    return_device,
    send_to_repair,
    set_secret,
)

__all__ = [
    "Spoken",
    "agree",
    "begin_test",
    "bring",
    "clear_stray",
    "disable_device",
    "draw_circle",
    "draw_ring",
    "enable_device",
    "end_fence",
    "end_test",
    "found_again",
    "fresh_secret",
    "hand_over",
    "install_device",
    "issue_device",
    "let_go",
    "locate_now",
    "make_code",
    "press_device",
    "rebind_device",
    "receive",
    "register_device",
    "repaired",
    "report_broken",
    "report_found",
    "report_lost",
    "retire_device",
    "return_device",
    "revoke_code",
    "ring_device",
    "send_to_repair",
    "set_helper",
    "set_secret",
    "settle_chore",
    "switch_to_test",
    "tag_of",
    "watch",
    "withdraw_agreement",
]
