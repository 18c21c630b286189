"""How alarms are handled, as the data file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text, whole

ENDINGS = ("resolve", "call_false", "call_test", "give_up", "call_duplicate")


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """What a signal says; ``call`` is the emergency service that it calls for at once."""

    code: str
    label: Label
    priority: int
    call: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of ringing: from when on, who hears it, how loud, and which level is told."""

    code: str
    label: Label
    after: timedelta
    loud: int
    level: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the verification call: ``needs`` names what must be known to make it."""

    code: str
    label: Label
    needs: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call; ``reached``: somebody spoke who knows how things are."""

    label: Label
    reached: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """The spans that an alarm lives by. ``silent`` None is a fault made on purpose: nobody ever loses an alarm."""

    ring: tuple[Rung, ...]
    repeat: timedelta
    silent: timedelta | None
    idle: timedelta
    idle_sent: timedelta
    accept: timedelta
    arrive: timedelta
    tries: int


@dataclass(frozen=True, slots=True)
class Target:
    """A promise: so many of ten thousand within a span."""

    span: timedelta
    share: int
    source: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every alarm of an installation. ``incidents``: how bad an incident of a kind must be to raise one."""

    kinds: Mapping[str, AlarmKind]
    clock: Clock
    family: Mapping[str, Label]
    incidents: Mapping[str, tuple[str, ...]]
    verify: tuple[Step, ...]
    health: tuple[str, ...]
    responders: Mapping[str, Label]
    relays: Mapping[str, Label]
    witnesses: int
    answers: Mapping[str, Answer]
    refusals: Mapping[str, Label]
    reasons: Mapping[str, Mapping[str, Label]]
    verdicts: Mapping[str, Label]
    answered: tuple[Target, ...]
    on_site: Target
    assumed: bool

    def kind(self, code: str) -> AlarmKind:
        """What a code stands for; what nobody has heard of is another signal."""
        return self.kinds.get(code) or self.kinds["other"]


def build_terms(data: Data) -> Terms:
    """Terms from the data file; DataError names what is missing or wrong."""
    where = "alarms"
    targets, reasons = part(data, "targets", where), part(data, "reasons", where)
    site = part(targets, "on_site", where)
    built = Terms(
        kinds={one.code: one for one in (_kind(row) for row in rows(data, "kinds", where))},
        clock=_clock(data),
        family=_labels(data, "family"),
        incidents={
            text(row, "kind", where): tuple(map(str, row.get("severity", ())))
            for row in rows(data, "incidents", where)
        },
        verify=tuple(_step(row) for row in rows(data, "verify", where)),
        health=tuple(map(str, data.get("health", ()))),
        responders=_labels(data, "responders"),
        relays=_labels(data, "relays"),
        witnesses=whole(data, "witnesses", where),
        answers={
            text(row, "code", where): Answer(label(row, where), bool(row.get("reached")))
            for row in rows(data, "answers", where)
        },
        refusals=_labels(data, "refusals"),
        reasons={move: _labels(reasons, move) for move in (*ENDINGS, "reopen")}
        | {"change": _labels(reasons, "change") if "change" in reasons else {}},
        verdicts=_labels(data, "verdicts"),
        answered=tuple(
            Target(timedelta(seconds=whole(row, "seconds", where)), whole(row, "share", where), text(row, "source", where))
            for row in rows(targets, "answered", where)
        ),
        on_site=Target(timedelta(minutes=whole(site, "minutes", where)), whole(site, "share", where), text(site, "source", where)),
        assumed=bool(data.get("assumed")),
    )  # fmt: skip
    _check(built)
    return built


def _clock(data: Data) -> Clock:
    hold, respond = part(data, "hold", "alarms"), part(data, "respond", "alarms")
    return Clock(
        ring=tuple(_rung(row) for row in rows(data, "ring", "alarms")),
        repeat=_seconds(data, "repeat"),
        silent=_seconds(hold, "silent"),
        idle=_seconds(hold, "idle"),
        idle_sent=_seconds(hold, "idle_sent"),
        accept=_seconds(respond, "accept"),
        arrive=_seconds(respond, "arrive"),
        tries=whole(respond, "tries", "alarms"),
    )


def _kind(row: Data) -> AlarmKind:
    code = text(row, "code", "alarms, kind")
    where = f"alarms, kind {code}"
    return AlarmKind(code, label(row, where), whole(row, "priority", where), str(row.get("call", "")))


def _rung(row: Data) -> Rung:
    code = text(row, "code", "alarms, ring")
    where = f"alarms, ring {code}"
    after = timedelta(seconds=whole(row, "after", where))
    return Rung(code, label(row, where), after, whole(row, "loud", where), str(row.get("level", "")))


def _step(row: Data) -> Step:
    code = text(row, "code", "alarms, verify")
    return Step(code, label(row, f"alarms, verify {code}"), text(row, "needs", f"alarms, verify {code}"))


def _labels(data: Data, key: str) -> Mapping[str, Label]:
    return {
        text(row, "code", f"alarms, {key}"): label(row, f"alarms, {key}") for row in rows(data, key, "alarms")
    }


def _seconds(data: Data, key: str) -> timedelta:
    value = whole(data, key, "alarms")
    if value < 1:
        raise DataError(f"alarms: {key} must be at least one second.")
    return timedelta(seconds=value)


def _check(built: Terms) -> None:
    if "other" not in built.kinds or "test" not in built.kinds:
        raise DataError("alarms: the kinds other and test are needed.")
    afters = [rung.after for rung in built.clock.ring]
    if not afters or afters[0] or afters != sorted(set(afters)):
        raise DataError("alarms: ring begins at 0 and each rung comes later than the one before.")
    strange = [one.call for one in built.kinds.values() if one.call and one.call not in built.relays]
    if strange:
        raise DataError(f"alarms: there is no {', '.join(strange)} among the relays.")
