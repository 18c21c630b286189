"""The carriers themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from songhe.edges.notices.wire import Address, post, post_signed
from songhe.engines.notices.api import Channel, Letter, Rejected, Taken, Unavailable

WECOM_BUSY = (45009, 45033, 660026)


@dataclass(frozen=True, slots=True)
class SignedGateway:
    """A gateway for texts or calls that takes signed JSON: ``{"id", "channel", "to", "text", "language", "urgent",
    "asks"}``; its answer may hold ``reference`` and ``delivered``.
    """

    code: str
    channel: str
    address: Address

    def send(self, letter: Letter) -> Taken:
        """Hand one message over."""
        data = {
            "id": str(letter.id),
            "channel": letter.channel,
            "to": letter.number,
            "text": letter.text,
            "language": letter.language,
            "urgent": letter.urgent,
            "asks": letter.asks,
        }
        answer = post_signed(self.address, data, once=str(letter.id))
        return Taken(str(answer.get("reference") or "")[:80], answer.get("delivered") is True)


@dataclass(frozen=True, slots=True)
class GroupRobot:
    """Robots of chat groups as WeCom has them: a text to a secret address; signed where the group asks for it.

    They know no idempotency key, so that a repeat after a lost answer is seen twice in the group.
    """

    code: str
    groups: Mapping[str, str]
    secret: str = ""
    channel: str = Channel.ROBOT

    def send(self, letter: Letter) -> Taken:
        """Write into the group."""
        url = self.groups.get(letter.robot)
        if url is None:
            raise Rejected(f"no group {letter.robot}")
        body = json.dumps({"msgtype": "text", "text": {"content": letter.text}}, ensure_ascii=False)
        status, answer = post(self._signed(url), body.encode(), {})
        code = answer.get("errcode", 0)
        if status >= 300 or code in WECOM_BUSY:
            raise Unavailable(f"HTTP {status} {answer.get('errmsg', '')}")
        if code:
            raise Rejected(f"{code} {answer.get('errmsg', '')}")
        return Taken(delivered=True)

    def _signed(self, url: str) -> str:
        if not self.secret:
            return url
        moment = str(int(time.time() * 1000))
        text = f"{moment}\n{self.secret}".encode()
        sign = base64.b64encode(hmac.new(self.secret.encode(), text, hashlib.sha256).digest())
        joint = "&" if "?" in url else "?"
        return f"{url}{joint}timestamp={moment}&sign={quote(sign, safe='')}"


@dataclass(frozen=True, slots=True)
class Screen:
    """Takes everything and sends nothing: what it took is shown on a page, for demonstrations."""

    channel: str

    @property
    def code(self) -> str:
        """Its name in the delivery log."""
        return f"screen-{self.channel}"

    def send(self, letter: Letter) -> Taken:
        """Nothing leaves the house."""
        return Taken(delivered=True)
