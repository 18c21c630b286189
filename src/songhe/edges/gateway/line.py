"""One device's connection: what it may do, in which order, and when it is closed."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING
from uuid import UUID

from songhe.areas.devices.api import Credentials
from songhe.core.mqtt import (
    V5,
    V311,
    Broken,
    Connect,
    Decoder,
    Disconnect,
    Packet,
    Pingreq,
    Puback,
    Publish,
    Reason,
    Subscribe,
    Unsubscribe,
    encoding,
)
from songhe.core.mqtt.packets import (
    ASSIGNED_ID,
    AUTH_METHOD,
    MAXIMUM_PACKET,
    MAXIMUM_QOS,
    RECEIVE_MAXIMUM,
    RETAIN_AVAILABLE,
    SERVER_KEEP_ALIVE,
    SESSION_EXPIRY,
    SHARED,
    WILDCARDS,
)
from songhe.edges.gateway.intake import Item
from songhe.edges.gateway.keeping import Verdict
from songhe.edges.gateway.known import Unreachable
from songhe.engines.commands.api import Outgoing

if TYPE_CHECKING:
    from songhe.edges.gateway.hub import Hub


ADMISSION, WINDOW, RATE = 1, 2, 4


class Line(asyncio.Protocol):
    """The server's end of one connection. Packets are handled strictly in order; while one has to wait, so do the rest,
    and nothing more is read."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.limits = hub.limits
        self.decoder = Decoder(most=self.limits.packet_bytes)
        self.transport: asyncio.Transport | None = None
        self.version = V311
        self.device: Credentials | None = None
        self.heard = self.since = hub.now()
        self.keep_alive = 0.0
        self.stuck_since: float | None = None
        self.listens = False
        self.unanswered: deque[Item] = deque()
        self.sent: dict[int, UUID] = {}
        self._backlog: deque[Packet | Broken] = deque()
        self._waits = 0  # for admission, for receipts, for its rate
        self._held_back = 0.0
        self._number = 0
        self._work: asyncio.Task[None] | None = None

    # What the transport tells ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=self.limits.unsent_bytes)
        if not self.hub.enter(self):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; what was handed in is written all the same."""
        self.transport = None
        self._backlog.clear()
        if self._work is not None:
            self._work.cancel()
        self.hub.leave(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self.heard = self.hub.now()
        self._backlog.extend(self.decoder.feed(data))
        self._pump()

    def eof_received(self) -> bool:
        """A half-closed connection is closed: whoever says no more gets no more."""
        return False

    def pause_writing(self) -> None:
        """The device does not read what it is sent."""
        self.stuck_since = self.hub.now()

    def resume_writing(self) -> None:
        """It does again."""
        self.stuck_since = None

    # The order of things --------------------------------------------------------------------------------------

    def _pump(self) -> None:
        while self._backlog and not self._waits and self.transport is not None:
            self._handle(self._backlog.popleft())
        if self.transport is not None and not self.transport.is_closing():
            if self._waits and self._backlog:
                self.transport.pause_reading()
            elif not self._waits:
                self.transport.resume_reading()

    def _go_on(self, cause: int) -> None:
        self._waits &= ~cause
        self._pump()

    def _handle(self, packet: Packet | Broken) -> None:
        match packet:
            case Publish():
                self._published(packet)
            case Puback(packet_id=number):
                self.hub.received(self.sent.pop(number, None))
            case Pingreq():
                self.write(encoding.PINGRESP)
            case Connect():
                self._introduced(packet)
            case Subscribe():
                self._subscribed(packet)
            case Unsubscribe(packet_id=number, filters=filters):
                gone = [self.listens and name == self.down for name in filters]
                self.listens = self.listens and not any(gone)
                codes = [Reason.SUCCESS if each else Reason.NO_SUBSCRIPTION for each in gone]
                self.write(encoding.unsuback(self.version, number, codes))
            case Disconnect():
                self.close(None)
            case Broken(reason=reason, why=why):
                self._refuse(reason, why)
            case _:
                self.close(Reason.PROTOCOL_ERROR, "only a server sends this")

    def _refuse(self, reason: Reason, why: str) -> None:
        """Answer a broken packet as the standard says: CONNACK before the introduction where it can tell, else close."""
        if self.device is None and reason is Reason.VERSION:
            self.write(encoding.connack(V311, reason))
            self.hub.count("refused")
            self.close(None)
        elif self.device is None:
            self.hub.count("malformed")
            self.abort()
        else:
            self.close(reason, why)

    # Introduction ---------------------------------------------------------------------------------------------

    def _introduced(self, packet: Connect) -> None:
        self.version = packet.version
        code = packet.username if packet.username is not None else packet.client_id
        if AUTH_METHOD in packet.properties:
            self._deny(Reason.AUTH_METHOD)
        elif not packet.client_id and not packet.clean and packet.version == V311:
            self._deny(Reason.CLIENT_ID)
        elif not code or packet.password is None:
            self._deny(Reason.CREDENTIALS)
        else:
            self._waits |= ADMISSION
            self._work = asyncio.get_running_loop().create_task(self._admit(packet, code, packet.password))

    async def _admit(self, packet: Connect, code: str, secret: bytes) -> None:
        try:
            found = await self.hub.known.admitted(code[:64], secret)
        except Unreachable:
            self._deny(Reason.UNAVAILABLE)
            return
        if found is None:
            self._deny(Reason.CREDENTIALS)
            return
        if self.transport is None:
            return
        self.device = found
        longest = self.limits.keep_alive_seconds
        wanted = packet.keep_alive if 0 < packet.keep_alive <= longest else longest
        self.keep_alive = wanted * 1.5 if wanted == packet.keep_alive or self.version == V5 else wanted * 3.0
        self.hub.take_over(self)
        told: dict[int, int | str] = {
            SESSION_EXPIRY: 0,
            RECEIVE_MAXIMUM: self.limits.unanswered,
            MAXIMUM_QOS: 1,
            RETAIN_AVAILABLE: 0,
            MAXIMUM_PACKET: self.limits.packet_bytes,
            WILDCARDS: 0,
            SHARED: 0,
        }
        if wanted != packet.keep_alive:
            told[SERVER_KEEP_ALIVE] = wanted
        if not packet.client_id:
            told[ASSIGNED_ID] = found.code
        self.write(encoding.connack(self.version, Reason.SUCCESS, told=told))
        self._go_on(ADMISSION)

    def _deny(self, reason: Reason) -> None:
        self.hub.count("refused")
        self.write(encoding.connack(self.version, reason))
        self.close(None)

    # Messages in ----------------------------------------------------------------------------------------------

    def _published(self, packet: Publish) -> None:
        if self.device is None:
            self.abort()
            return
        if packet.qos == 2:
            self.close(Reason.QOS, "send with QoS 1")
            return
        if packet.retain:
            self.close(Reason.RETAIN, "nothing is retained here")
            return
        if not packet.qos and self._beyond() and self.hub.idle(packet):
            self.hub.intake.counts.shed += 1
            return
        message = self.hub.understood(packet, self.device)
        if message is None:
            self.hub.count("forbidden")
            if self.version == V5 and packet.qos:
                self.write(encoding.puback(V5, packet.packet_id, Reason.NOT_AUTHORISED))
            else:
                self.close(Reason.NOT_AUTHORISED, "not your topic")
            return
        if not self._in_measure(urgent=message.urgent):
            return
        answer = _Receipt(self, packet.packet_id) if packet.qos else None
        item = Item(message, answer)
        if not self.hub.intake.put(item, before=self.unanswered if message.urgent else ()):
            if packet.qos:  # it was not taken: the device keeps it and comes again
                self.close(Reason.QUOTA, "too much is waiting; come again")
            return
        if packet.qos:
            self.unanswered.append(item)
            if len(self.unanswered) >= self.limits.unanswered:
                self._waits |= WINDOW

    def _beyond(self) -> bool:
        """Whether the device has said as much as it may: heartbeats beyond that are let go, as cheaply as can be."""
        assert self.device is not None
        now = self.hub.now()
        return self.hub.buckets.of(self.device.id, now, urgent=False).short(now)

    def _in_measure(self, *, urgent: bool) -> bool:
        """Keep a device to its rate: beyond it nothing is read for a while, and whoever does not mend its ways is disconnected.
        A call for help is taken in any case."""
        assert self.device is not None
        now = self.hub.now()
        bucket = self.hub.buckets.of(self.device.id, now, urgent=urgent)
        wait = bucket.take(now)
        if not wait:
            self._held_back = self._held_back if urgent else 0.0
            return True
        self.hub.count("held back")
        if not urgent:
            self._held_back += wait
        if self._held_back > self.limits.patience_seconds:
            self.close(Reason.TOO_OFTEN, "more messages than this device may send")
            return False
        self._waits |= RATE
        asyncio.get_running_loop().call_later(min(wait, 5.0), self._go_on, RATE)
        return True

    def answered(self, number: int, verdict: Verdict) -> None:
        """A message is safe, or kept aside, or neither: then the device is told to try again."""
        if self.unanswered:
            self.unanswered.popleft()
        if verdict is Verdict.FAILED:
            self.close(Reason.IMPLEMENTATION, "not written; send it again")
            return
        self.write(encoding.puback(self.version, number))
        if self._waits & WINDOW and len(self.unanswered) < self.limits.unanswered:
            self._go_on(WINDOW)

    # Commands out ---------------------------------------------------------------------------------------------

    @property
    def down(self) -> str:
        """The topic on which this device hears commands."""
        return f"d/{self.device.code}/down" if self.device else ""

    def _subscribed(self, packet: Subscribe) -> None:
        codes = [min(qos, 1) if name == self.down else Reason.NOT_AUTHORISED for name, qos in packet.filters]
        self.write(encoding.suback(self.version, packet.packet_id, codes))
        if any(name == self.down for name, _qos in packet.filters) and not self.listens:
            self.listens = True
            self.hub.listens(self)

    def command(self, what: Outgoing, body: bytes) -> None:
        """Send a command; its number on this connection is remembered until it is acknowledged."""
        for _try in range(0xFFFF):
            self._number = self._number % 0xFFFF + 1
            if self._number not in self.sent:
                break
        self.sent[self._number] = what.id
        message = Publish(self.down, body, 1, self._number)
        self.write(encoding.publish(self.version, message))

    # The end --------------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send, unless the device has stopped reading altogether."""
        if self.transport is None or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > 4 * self.limits.unsent_bytes:
            self.hub.count("stuck")
            self.abort()
            return
        self.transport.write(data)

    def close(self, reason: Reason | None, why: str = "") -> None:
        """Close after what is to be said; MQTT 5 hears the reason, older devices see the end."""
        if reason is not None:
            self.hub.count(f"closed: {reason.name.lower().replace('_', ' ')}")
            self.write(encoding.disconnect(self.version, reason, why))
        self._backlog.clear()
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._backlog.clear()
        if self.transport is not None:
            self.transport.abort()

    def overdue(self, now: float) -> str:
        """Why this connection is to be ended now; empty where it may go on."""
        if self.device is None:
            return "never introduced itself" if now - self.since > self.limits.introduce_seconds else ""
        if now - self.heard > self.keep_alive:
            return "silent"
        if self.stuck_since is not None and now - self.stuck_since > self.limits.introduce_seconds:
            return "does not read"
        return ""


class _Receipt:
    """What is done when one message is safe; smaller than a closure, since there are many."""

    __slots__ = ("line", "number")

    def __init__(self, line: Line, number: int) -> None:
        self.line = line
        self.number = number

    def __call__(self, verdict: Verdict) -> None:
        self.line.answered(self.number, verdict)
