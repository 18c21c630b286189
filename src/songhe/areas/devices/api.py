"""The door of devices: the names other areas and the gateways use.

``receive(batch, at=...)`` keeps what devices say and returns what somebody has to come for; ``bring`` also hands that on to
the areas that registered with ``when_alarming``. ``credentials(code)`` is who knocks.
"""

from songhe.areas.devices.actions.effects import when_alarming
from songhe.areas.devices.actions.hearing import bring, receive
from songhe.areas.devices.limits import kind_name, signal_name
from songhe.areas.devices.models import Device
from songhe.areas.devices.queries.credentials import Credentials, credentials, credentials_of
from songhe.areas.devices.rules import Signal

__all__ = [
    "Credentials",
    "Device",
    "Signal",
    "bring",
    "credentials",
    "credentials_of",
    "kind_name",
    "receive",
    "signal_name",
    "when_alarming",
]
