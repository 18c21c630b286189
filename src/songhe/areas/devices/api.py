"""The door of devices: the names other areas and the gateways use.

``receive(batch, at=...)`` keeps what devices say and returns what somebody has to come for, or raises ``NoRoom``; ``bring`` also hands that on to
the areas that registered with ``when_alarming``. ``credentials(code)`` is who knocks. ``last_places`` tells where devices are
whose persons agree, ``agreement`` whether one does, ``finding`` opens what a finder sent; whoever shows either logs that it was read.
"""

from songhe.areas.devices.actions.effects import when_alarming
from songhe.areas.devices.actions.hearing import NoRoom, bring, receive
from songhe.areas.devices.limits import desk_number, kind_name, signal_name, terms
from songhe.areas.devices.models import Device, Finding
from songhe.areas.devices.queries.credentials import Credentials, credentials, credentials_of
from songhe.areas.devices.queries.places import Found, Seen, finding, last_places
from songhe.areas.devices.queries.register import agreement, of_person, simulated
from songhe.areas.devices.rules import Signal

__all__ = [
    "Credentials",
    "Device",
    "Finding",
    "Found",
    "NoRoom",
    "Seen",
    "Signal",
    "agreement",
    "bring",
    "credentials",
    "credentials_of",
    "desk_number",
    "finding",
    "kind_name",
    "last_places",
    "of_person",
    "receive",
    "signal_name",
    "simulated",
    "terms",
    "when_alarming",
]
