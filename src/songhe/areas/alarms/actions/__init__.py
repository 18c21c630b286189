"""The verbs of alarms."""

from songhe.areas.alarms.actions.answering import hear, note_call, open_health, present, shown, signed, take
from songhe.areas.alarms.actions.ending import (
    call_duplicate,
    call_false,
    call_test,
    give_up,
    reopen,
    resolve,
    review,
)
from songhe.areas.alarms.actions.naming import change_person, name_person
from songhe.areas.alarms.actions.raising import cry, raise_many, raise_one
from songhe.areas.alarms.actions.sending import (
    accept,
    add_photo,
    arrive,
    force_entry,
    note_arrival,
    refuse,
    relay,
    report,
    send,
    set_off,
)
from songhe.areas.alarms.actions.watching import watch

__all__ = [
    "accept",
    "add_photo",
    "arrive",
    "call_duplicate",
    "call_false",
    "call_test",
    "change_person",
    "cry",
    "force_entry",
    "give_up",
    "hear",
    "name_person",
    "note_arrival",
    "note_call",
    "open_health",
    "present",
    "raise_many",
    "raise_one",
    "refuse",
    "relay",
    "reopen",
    "report",
    "resolve",
    "review",
    "send",
    "set_off",
    "shown",
    "signed",
    "take",
    "watch",
]
