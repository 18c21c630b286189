"""The door of ``commands``: the names others use."""

from songhe.engines.commands.models import Command
from songhe.engines.commands.ordering import Outgoing, acknowledge, expire, of_device, order, take

__all__ = ["Command", "Outgoing", "acknowledge", "expire", "of_device", "order", "take"]
