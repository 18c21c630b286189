"""MQTT 3.1.1 and 5 as bytes and values, without sockets: what devices say, strictly read, and what is said to them.

Only what a one-way alarm road needs: QoS 0 and 1, no retained messages, no wills, no shared subscriptions. Every
packet is read to its last byte; what breaks a rule of the standard becomes a ``Broken`` with the standard's reason,
never an exception.
"""

from songhe.core.mqtt.decoding import Decoder
from songhe.core.mqtt.packets import (
    V5,
    V311,
    Broken,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Publish,
    Reason,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
)

__all__ = [
    "V5",
    "V311",
    "Broken",
    "Connack",
    "Connect",
    "Decoder",
    "Disconnect",
    "Packet",
    "Pingreq",
    "Pingresp",
    "Puback",
    "Publish",
    "Reason",
    "Suback",
    "Subscribe",
    "Unsuback",
    "Unsubscribe",
]
