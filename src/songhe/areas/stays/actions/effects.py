"""What a death does to stays, waiting, care beds at home and day places, and what taking it back undoes."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from songhe.areas.registry.api import Death, Person, when_dead, when_living
from songhe.areas.stays.actions.common import bind, unbind
from songhe.areas.stays.actions.home_beds import stop
from songhe.areas.stays.actions.leaving import end_stay
from songhe.areas.stays.models import (
    OPEN_OFFERS,
    Application,
    ApplicationState,
    DayPlace,
    Ending,
    HomeBed,
    HomeBedState,
    Occupancy,
    Offer,
    OfferState,
    Setting,
    Stay,
    StayState,
)
from songhe.areas.stays.queries.waiting import OPEN
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail

REASON = "The person died."


@act("stays.admit", verb="stays.end_for_the_dead")
def _end_stay(stay: Stay, *, actor: Actor, at: datetime, death: Death) -> Stay:
    end_stay(stay, max(death.died_on, stay.since), Ending.DIED, gettext(REASON), at=at)
    stay.death_id = death.pk
    stay.save(update_fields=["death_id"])
    return stay


@when_dead
def end_for_the_dead(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Everything of the person ends with the day of death; beds are free from then on."""
    with elevated():  # rows of all facilities and organisations
        for stay in Stay.everywhere.filter(person=person).exclude(state=StayState.ENDED):
            _end_stay(stay, actor=actor, at=at, death=death)
        for bed in HomeBed.everywhere.filter(person=person).exclude(state=HomeBedState.ENDED):
            bed.death_id = death.pk
            stop(bed, max(death.died_on, bed.since or death.died_on), gettext(REASON))
        waits = Application.everywhere.filter(person=person, state__in=OPEN)
        Offer.everywhere.filter(application__in=waits, state__in=OPEN_OFFERS).update(
            state=OfferState.WITHDRAWN, answered_at=at
        )
        waits.update(state=ApplicationState.WITHDRAWN, reason=gettext(REASON), death_id=death.pk)
        for place in DayPlace.everywhere.filter(person=person, until=None):
            place.until, place.reason, place.death_id = (
                max(death.died_on, place.since),
                gettext(REASON),
                death.pk,
            )
            place.save(update_fields=["until", "reason", "death_id"])
            unbind(person.pk, place.facility_id, until=place.until)


@when_living
def go_on_for_the_living(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """The death was a mistake: stays go on, in the old bed where nobody else has it; who waited waits again."""
    with elevated():  # as above
        for stay in Stay.everywhere.filter(death_id=death.pk):
            _reopen(stay, actor=actor, at=at)
        for bed in HomeBed.everywhere.filter(death_id=death.pk):
            bed.until, bed.reason, bed.death_id = None, "", None
            bed.state = HomeBedState.RESTING if bed.since else HomeBedState.DRAFT
            bed.save()
        Application.everywhere.filter(death_id=death.pk).update(
            state=ApplicationState.WAITING, reason="", death_id=None
        )
        for place in DayPlace.everywhere.filter(death_id=death.pk):
            place.until, place.reason, place.death_id = None, "", None
            place.save(update_fields=["until", "reason", "death_id"])
            bind(person, place.facility, since=place.since)


@act("stays.admit", verb="stays.reopen")
def _reopen(stay: Stay, *, actor: Actor, at: datetime) -> Stay:
    left = stay.until
    stay.state, stay.until, stay.ending, stay.reason, stay.death_id = StayState.LIVING, None, "", "", None
    stay.save()
    Setting.everywhere.filter(source_id=stay.pk, until=left).update(until=None)
    kept = Occupancy.everywhere.filter(stay=stay, until=left).order_by("-since").first()
    if kept is not None:
        try:
            with transaction.atomic():
                Occupancy.everywhere.filter(pk=kept.pk).update(until=None)
        except IntegrityError:  # somebody else lies there now: the house chooses another bed
            add_detail(bed_taken=str(kept.bed_id))
    bind(stay.person, stay.facility, since=stay.since)
    return stay
