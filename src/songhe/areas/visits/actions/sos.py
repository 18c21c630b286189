"""A worker calls for help: heard as often as the phone repeats it, one call until somebody answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker
from songhe.areas.visits.actions import effects
from songhe.areas.visits.actions.arriving import Accuracy, Lat, Lon, phone_of
from songhe.areas.visits.actions.common import TOPIC, written
from songhe.areas.visits.models import OPEN_VISITS, Sos, Visit
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.live.api import publish
from songhe.engines.vault.api import make_key, seal_json
from songhe.kit.fields import Field

AROUND = timedelta(hours=2)


@act("visits.check_in")
def call_for_help(
    worker: Worker,
    *,
    actor: Actor,
    at: datetime,
    press: UUID,
    lon: Lon = "",
    lat: Lat = "",
    accuracy: Accuracy = None,
) -> Sos:
    """Call for help, or repeat the call; ``press`` is the phone's key of it."""
    place = phone_of(at, None, None, (lon, lat, accuracy)).place
    with elevated():  # the row belongs to the organisation, in whose name the worker does not hold rows
        found: Sos | None = Sos.everywhere.filter(pk=press).first()
        if found is not None and found.worker_id != worker.pk:
            raise Refused("other_call", "This call is somebody else's. Press the button again.")
        if found is None:
            found = _begun(worker, press, at=at)
        else:
            found.times += 1
        if place is not None:
            where = {"lon": place.lon, "lat": place.lat, "accuracy": accuracy}
            found.place_sealed = seal_json(found.pk, where)
        found.last_at = at
        found.save()
        _tell(found, "sos", at=at)
        effects.called(found, actor=actor, at=at)
    add_detail(call=str(found.pk), times=found.times)
    return found


@act("visits.sos")
def answer_sos(sos: Sos, *, actor: Actor, at: datetime) -> Sos:
    """Say that somebody takes care; the worker's phone shows it and stops repeating."""
    if sos.answered_at is not None:
        raise Refused("answered", "Somebody answers this call already. Look at it again.")
    sos.answered_at, sos.answered_by = at, actor.name[:80]
    sos.save()
    _tell(sos, "sos_answered", at=at)
    return sos


@act("visits.sos")
def end_sos(
    sos: Sos,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("What came of it"), long=True)],
) -> Sos:
    """End a call when the worker is safe."""
    if sos.ended_at is not None:
        raise Refused("ended", "This call is over already. Look at it again.")
    sos.words = written(words, field="words", most=400, needed=True)
    if sos.answered_at is None:
        sos.answered_at, sos.answered_by = at, actor.name[:80]
    sos.ended_at = at
    sos.save()
    _tell(sos, "sos_ended", at=at)
    return sos


def take_up_call(key: UUID, *, by: str, at: datetime) -> None:
    """Say on the worker's phone that somebody takes care, within the act of another area that took the call up."""
    with elevated():  # whoever takes the call up may sit anywhere
        found = Sos.everywhere.filter(pk=key, answered_at=None).first()
        if found is not None:
            found.answered_at, found.answered_by = at, by[:80]
            found.save()
            _tell(found, "sos_answered", at=at)


def see_to_call(key: UUID, words: str, *, by: str, at: datetime) -> None:
    """End a call within the act of another area that saw to it."""
    take_up_call(key, by=by, at=at)
    with elevated():  # as above
        found = Sos.everywhere.filter(pk=key, ended_at=None).first()
        if found is not None:
            found.words, found.ended_at = words[:400], at
            found.save()
            _tell(found, "sos_ended", at=at)


def _begun(worker: Worker, press: UUID, *, at: datetime) -> Sos:
    """A new call, in the region of the visit around it, else of the worker's base."""
    near = Visit.everywhere.filter(worker_id=worker.pk, state__in=OPEN_VISITS)
    near = near.filter(starts_at__lt=at + AROUND, ends_at__gt=at - AROUND)
    visit = near.order_by("starts_at").first()
    make_key(press)
    return Sos(
        id=press,
        worker=worker,
        organisation_id=worker.organisation_id,
        region_id=visit.region_id if visit else worker.region_id,
        visit_id=visit.pk if visit else None,
        called_at=at,
        last_at=at,
    )


def _tell(sos: Sos, what: str, *, at: datetime) -> None:
    publish(TOPIC, sos.region_id, {"what": what, "sos": str(sos.pk)}, at=at, holder_id=sos.organisation_id)
