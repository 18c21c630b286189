"""The formats of device makers, as data: which field says what, and what their words for an alarm mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from django.conf import settings

from songhe.areas.devices.api import Signal
from songhe.core.codes import Frame, Point, to_wgs84
from songhe.core.sources import Data, DataError, part, read, rows, text, whole
from songhe.edges.gateway import reading
from songhe.edges.gateway.reading import Unfit, Values, first

FIELDS = ("number", "kind", "time", "battery", "longitude", "latitude", "accuracy")
FRAMES = ("wgs84", "gcj02", "bd09")
KEY_LENGTH = 64
_PART = re.compile(r"\{(device|kind)\}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells messages apart that have neither number nor time: what the road says of them; ``first``: not sent again."""

    told: bytes = b""
    first: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """How one maker's messages are read."""

    code: str
    fields: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    frame: Frame
    used: frozenset[str]

    def signal(
        self,
        values: Values,
        device_id: UUID | None,
        *,
        at: datetime,
        code: str = "",
        kind: str = "",
        mark: Mark = Mark(),
    ) -> Signal:
        """What a message says. ``kind`` comes from the topic where the topic tells it."""
        ours = self.kind(values, kind)
        place = self._place(values)
        number = reading.word(first(values, self.fields["number"]))
        sent_at = reading.moment(first(values, self.fields["time"]))
        bare = not number and sent_at is None
        accuracy = reading.whole(first(values, self.fields["accuracy"]), 0, 1_000_000)
        return Signal(
            device_id=device_id,
            code=code,
            key=_plain(number) or _hash(repr((ours, sorted(values.items()), mark.told if bare else b""))),
            kind=ours,
            sent_at=sent_at,
            received_at=at,
            battery=reading.whole(first(values, self.fields["battery"]), 0, 100),
            longitude=place.lon if place else None,
            latitude=place.lat if place else None,
            accuracy=accuracy if place else None,
            extra=reading.left(values, self.used),
            first=bare and mark.first,
        )

    def kind(self, values: Values, told: str = "") -> str:
        """Our word for what a message tells; ``told`` comes from the topic where the topic tells it."""
        said = told or reading.word(first(values, self.fields["kind"]))
        ours = self.kinds.get(said.lower())
        if ours is None:
            raise Unfit(f"the kind “{said[:40]}” is not known" if said else "no kind is given")
        return ours

    def _place(self, values: Values) -> Point | None:
        lon = reading.number(first(values, self.fields["longitude"]))
        lat = reading.number(first(values, self.fields["latitude"]))
        if (
            lon is None
            or lat is None
            or not (-180 <= lon <= 180 and -90 <= lat <= 90)
            or (not lon and not lat)
        ):
            return None
        point = Point(lon, lat)
        return point if self.frame == "wgs84" else to_wgs84(point, self.frame)


@dataclass(frozen=True, slots=True)
class Formats:
    """All formats, the topics they come on, and what is urgent."""

    topics: tuple[tuple[re.Pattern[str], Format], ...]
    filters: tuple[str, ...]
    by_code: Mapping[str, Format]
    urgent: frozenset[str]
    cries: re.Pattern[str]
    most_bytes: int
    deepest: int
    traccar: Traccar
    aside: Aside

    def of_topic(self, topic: str) -> tuple[Format, str, str] | None:
        """The format, the device's code and the kind that a topic tells; None where nobody may publish."""
        for pattern, found in self.topics:
            if match := pattern.fullmatch(topic):
                told = match.groupdict()
                return found, told["device"], told.get("kind") or ""
        return None

    def alarming(self, body: bytes, kind: str = "") -> bool:
        """Whether a message that cannot be understood may be a call for help."""
        return self.cries.search(f"{kind} {reading.legible(body)}") is not None

    def values(self, body: bytes) -> Values:
        """The object in a message, or ``Unfit``."""
        return reading.parsed(body, most=self.most_bytes, deepest=self.deepest)


@dataclass(frozen=True, slots=True)
class Traccar:
    """What Traccar's alarm and event words mean; ``silent``: events by which it tells that it hears nothing."""

    alarms: Mapping[str, str]
    events: Mapping[str, str]
    frame: Frame
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aside:
    """How long, and how many of one device, messages that were not understood are kept."""

    kept: timedelta
    each: int


def build(data: Data) -> Formats:
    """Read the data file; raises DataError where it says something that cannot be."""
    where = "device_payloads"
    made = [
        _format(row, f"{where}, format {place + 1}") for place, row in enumerate(rows(data, "formats", where))
    ]
    told, aside = part(data, "traccar", where), part(data, "aside", where)
    urgent = frozenset(_words(data, "urgent", where))
    return Formats(
        topics=tuple((_pattern(topic, where), found) for found, topics in made for topic in topics),
        filters=tuple(_PART.sub("+", topic) for _found, topics in made for topic in topics),
        by_code={found.code: found for found, _topics in made},
        urgent=urgent,
        cries=_cries(word for found, _topics in made for word, ours in found.kinds.items() if ours in urgent),
        most_bytes=whole(data, "most_bytes", where),
        deepest=whole(data, "deepest", where),
        traccar=Traccar(
            {word.lower(): ours for word, ours in part(told, "alarms", where).items()},
            {word.lower(): ours for word, ours in part(told, "events", where).items()},
            _frame(told, where),
            frozenset(word.lower() for word in _words(told, "silent", where))
            if "silent" in told
            else frozenset(),
        ),
        aside=Aside(timedelta(days=whole(aside, "kept_days", where)), whole(aside, "each", where)),
    )


@lru_cache(maxsize=1)
def formats() -> Formats:
    """This installation's formats."""
    file = settings.DATA / "nation/device_payloads.yaml"
    return build(read(file.read_text(encoding="utf-8"), name=file.name).data)


def _format(row: Data, where: str) -> tuple[Format, Sequence[str]]:
    fields = {name: tuple(_words(row, name, where)) for name in FIELDS}
    kinds = {
        str(word).lower(): ours
        for ours in part(row, "kinds", where)
        for word in _words(part(row, "kinds", where), ours, where)
    }
    used = frozenset(path.split(".")[0] for paths in fields.values() for path in paths)
    return Format(text(row, "code", where), fields, kinds, _frame(row, where), used), _words(
        row, "topics", where
    )


def _cries(words: Iterable[str]) -> re.Pattern[str]:
    """Finds makers' words for an emergency where a word begins; a mere figure says nothing."""
    told = sorted({re.escape(word) for word in words if not word.isdigit()})
    return re.compile(rf"(?<![a-z])(?:{'|'.join(told)})", re.IGNORECASE)


def _plain(number: str) -> str:
    """A device's number of a message as it can be kept; a hash of one that is too long or no text."""
    return number if len(number) <= KEY_LENGTH and number.isprintable() else _hash(number)


def _hash(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def _words(row: Data, key: str, where: str) -> list[str]:
    found: Any = row.get(key)
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        raise DataError(f"{where}: {key} must be a list of words; quote what looks like a number.")
    return found


def _frame(row: Data, where: str) -> Frame:
    frame = text(row, "frame", where)
    if frame not in FRAMES:
        raise DataError(f"{where}: frame must be one of {', '.join(FRAMES)}.")
    return cast("Frame", frame)


def _pattern(topic: str, where: str) -> re.Pattern[str]:
    if topic.count("{device}") != 1:
        raise DataError(f"{where}: the topic {topic} must name {{device}} once.")
    pieces = _PART.split(topic)
    return re.compile(
        "".join(
            f"(?P<{piece}>[^/]{{1,64}})" if place % 2 else re.escape(piece)
            for place, piece in enumerate(pieces)
        )
    )
