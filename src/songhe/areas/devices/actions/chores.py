"""Tasks about devices: opened and settled by the clock, ended by people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.actions.common import Note, close_chores, line
from songhe.areas.devices.actions.effects import pass_on
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Chore, ChoreKind, Device, Last, Outcome
from songhe.areas.devices.models import Signal as Kept
from songhe.areas.devices.rules import Kind, Signal
from songhe.areas.registry.api import Death, Person, when_dead
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field

OUTCOMES = {
    ChoreKind.SILENT: (Outcome.WORKS, Outcome.CHARGED, Outcome.AWAY, Outcome.NOT_WORN, Outcome.FAULTY),
    ChoreKind.BATTERY: (Outcome.CHARGED, Outcome.AWAY, Outcome.NOT_WORN, Outcome.FAULTY),
    ChoreKind.TEST: (Outcome.TESTED, Outcome.AWAY, Outcome.NOT_WORN, Outcome.FAULTY),
    ChoreKind.ASK: (Outcome.WAS_TEST, Outcome.WAS_CALL),
    ChoreKind.COLLECT: (Outcome.COLLECTED, Outcome.AWAY),
}
"""What may come of each task."""

_DUE = """
SELECT d.id, d.region_id, d.holder_id, d.person_id, d.helper_id, d.helper
FROM devices_device d JOIN devices_last l ON l.device_id = d.id
WHERE d.kind = %(kind)s AND d.place = 'issued' AND d.enabled AND d.person_id IS NOT NULL AND d.installed_at IS NOT NULL
  AND {due} AND d.id NOT IN (
    SELECT o.device_id FROM devices_chore o WHERE o.closed_at IS NULL AND o.kind IN (%(chore)s, 'collect'))
ORDER BY d.id
"""
_SETTLE = """
UPDATE devices_chore c SET closed_at = %(at)s, outcome = 'by_itself'
FROM devices_device d JOIN devices_last l ON l.device_id = d.id
WHERE c.device_id = d.id AND c.closed_at IS NULL AND c.kind = %(chore)s AND d.kind = %(kind)s AND NOT ({due})
"""
_SILENT = "greatest(l.heard_at, d.installed_at) < %(before)s"
_LOW = "l.battery_low"
_UNTESTED = "greatest(l.tested_at, d.installed_at) < %(before)s"
_ASKED = "l.asked_at > coalesce((SELECT max(o.closed_at) FROM devices_chore o WHERE o.device_id = d.id AND o.kind = 'ask'), '-infinity')"  # fmt: skip


def watch(*, at: datetime) -> dict[str, int]:
    """Open a task for what is silent, low, untested or asked about, and settle those whose reason is gone.

    Of a device that just works again the task settles by itself; a question about a test waits for an answer.
    """
    count = dict.fromkeys((*ChoreKind.values, "settled"), 0)
    for kind in terms().kinds.values():
        for chore, due, before in _asked_of(kind, at):
            given: dict[str, Any] = {"chore": chore, "kind": kind.code, "at": at, "before": before}
            with connection.cursor() as cursor:
                cursor.execute(_DUE.format(due=due), given)
                count[chore] += _opened(chore, cursor.fetchall(), at)
                if chore != ChoreKind.ASK:
                    cursor.execute(_SETTLE.format(due=due), given)
                    count["settled"] += cursor.rowcount
    return count


def _opened(chore: str, rows: list[tuple[Any, ...]], at: datetime) -> int:
    due_on = timezone.localdate(at) + _days(chore)
    names = ("device_id", "region_id", "holder_id", "person_id", "helper_id", "helper")
    made = [
        Chore(kind=chore, opened_at=at, due_on=due_on, **dict(zip(names, row, strict=True))) for row in rows
    ]
    Chore.everywhere.bulk_create(made, ignore_conflicts=True, batch_size=1000)
    return len(made)


def _days(chore: str) -> timedelta:
    return timedelta(days=terms().chore_days[chore])


def _asked_of(kind: Kind, at: datetime) -> list[tuple[str, str, datetime]]:
    """What is looked at in a kind of device: the task, when it is due, and the moment before which."""
    found = [(ChoreKind.ASK.value, _ASKED, at)]
    if kind.silence:
        found.append((ChoreKind.SILENT.value, _SILENT, at - kind.silence))
    if kind.battery_warn:
        found.append((ChoreKind.BATTERY.value, _LOW, at))
    if kind.test_days:
        found.append((ChoreKind.TEST.value, _UNTESTED, at - timedelta(days=kind.test_days)))
    return found


def _outcomes(row: object, _user: object) -> list[tuple[str, str]]:
    kind = row.kind if isinstance(row, Chore) else ChoreKind.SILENT
    return [(one.value, str(one.label)) for one in OUTCOMES[ChoreKind(kind)]]


@act("devices.care")
def settle_chore(
    chore: Chore,
    *,
    actor: Actor,
    at: datetime,
    outcome: Annotated[str, Field(label=_("Outcome"), choices=_outcomes, radio=True)],
    note: Note = "",
) -> Chore:
    """End a task with what came of it. Where a press for help was taken for a test, help is called now."""
    if chore.closed_at is not None:
        raise Refused("chore_done", "This task is done already. Reload the page.")
    if outcome not in {one.value for one in OUTCOMES[ChoreKind(chore.kind)]}:
        raise Refused(
            "outcome", "Such a task cannot have this outcome. Choose one from the list.", field="outcome"
        )
    chore.outcome, chore.closed_at = Outcome(outcome), at
    chore.closed_by, chore.note = actor.name[:80], line(note, "note", 400, needed=False)
    chore.save()
    if outcome in {Outcome.TESTED, Outcome.WAS_TEST}:
        with elevated():  # the state of the device whose task the actor may end
            Last.everywhere.filter(device_id=chore.device_id).update(tested_at=at)
    elif outcome == Outcome.WAS_CALL:
        _call_help(chore, at=at)
    return chore


def _call_help(chore: Chore, *, at: datetime) -> None:
    """Raise the alarm that a press meant after all."""
    device = Device.everywhere.get(pk=chore.device_id)
    kept = Kept(
        device=device, region_id=device.region_id, person_id=device.person_id, key=f"ask:{chore.pk.hex}", kind="sos", at=at,
        received_at=at, became="alarm", owner_id=device.person_id or device.pk,
    )  # fmt: skip
    kept.save(force_insert=True)
    pass_on(
        [
            Signal(
                device.pk, kept.key, "sos", None, at, id=kept.pk, at=at, person_id=device.person_id,
                household_id=device.household_id, region_id=device.region_id, device_kind=device.kind,
            )
        ],
        at=at,
    )  # fmt: skip


@when_dead
def collect(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """The devices of somebody who died are collected; nobody goes on looking for their wearer."""
    rows = Device.everywhere.filter(person=person, place__in=["issued", "broken"])
    due = timezone.localdate(at) + _days(ChoreKind.COLLECT)
    for device in rows.order_by("pk"):
        close_chores(device.pk, Outcome.BY_ITSELF, at=at, by=actor.name)
        Chore.everywhere.create(
            id=uuid7(), device=device, region_id=device.region_id, holder_id=device.holder_id, person=person,
            kind=ChoreKind.COLLECT, helper_id=device.helper_id, helper=device.helper, opened_at=at, due_on=due,
        )  # fmt: skip
