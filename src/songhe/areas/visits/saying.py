"""Where an order stands, in the words of those who wait for it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from songhe.areas.visits.models import Order

PLAIN = {
    "received": _("We are looking for somebody to come."),
    "offered": _("Several organisations were asked; the first who can will come."),
    "taken": _("An organisation has it and is choosing somebody."),
    "dispatched": _("Somebody was chosen and is asked to confirm."),
    "accepted": _("Somebody comes at the agreed time."),
    "on_the_way": _("Somebody is on the way to you."),
    "in_service": _("Somebody is with you now."),
    "completed": _("It was done. Tell us whether it was as it should be."),
    "confirmed": _("It was done and accepted. We may call to ask how it was."),
    "followed_up": _("It was done, and you told us how it was."),
    "settled": _("It was done and is paid."),
    "refused": _("It could not be done."),
    "cancelled": _("It was cancelled."),
}
"""The state of an order as an elder or the family is told."""


def in_plain_words(row: Order) -> str:
    """Where an order stands, for those who wait for it."""
    return str(PLAIN[row.state])
