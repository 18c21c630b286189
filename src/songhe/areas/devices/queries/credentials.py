"""Who a device is that knocks at a gateway."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from songhe.areas.devices.models import Device
from songhe.areas.devices.rules.secrets import matches
from songhe.engines.access.api import elevated


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a gateway has to know of a device; it may keep this for a minute or so."""

    id: UUID
    code: str
    kind: str
    secret_hash: bytes | None
    enabled: bool

    def fit(self, secret: str) -> bool:
        """Whether the secret is the device's, and the device may speak."""
        return self.enabled and matches(secret, self.secret_hash)


def credentials(code: str) -> Credentials | None:
    """Those of the device of a number; None where there is none."""
    return credentials_of([code]).get(code)


def credentials_of(codes: Collection[str]) -> dict[str, Credentials]:
    """Those of many devices, with one statement. Reaches every region: the gateway serves them all."""
    names = ("pk", "code", "kind", "secret_hash", "enabled")
    with elevated():
        rows = Device.everywhere.filter(code__in=[code[:64] for code in codes]).values_list(*names)
        return {
            code: Credentials(pk, code, kind, None if secret is None else bytes(secret), enabled)
            for pk, code, kind, secret, enabled in rows
        }
