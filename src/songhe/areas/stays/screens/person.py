"""Where a person is cared for, on the person's page, in the timeline, and the ways on from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.api import Happening, Person, door, only_with, source, timeline
from songhe.areas.stays.models import DayPlace, HomeBed, HomeBedState, Stay, StayState
from songhe.areas.stays.queries.day_care import places_of
from songhe.areas.stays.queries.home_beds import home_bed_of
from songhe.areas.stays.queries.living import living_in, stay_of, stays_of
from songhe.areas.stays.screens.common import HOME_BED_TONES, STAY_TONES, house
from songhe.areas.stays.screens.home_beds import home_beds
from songhe.areas.stays.screens.stays import stays
from songhe.engines.access.api import Scope, elevated
from songhe.kit.clock import today
from songhe.kit.days import begin_of
from songhe.kit.spec import panel, panel_on, url_of
from songhe.kit.who import who


@only_with(source(Stay), source(HomeBed), source(DayPlace))
def _cared(person: Person, request: HttpRequest) -> Mapping[str, Any]:
    """The setting of today: an institution, a care bed at home, days at a centre, or none of them."""
    scope = who(request).scope("stays.view")
    with elevated():  # once for both, which look beyond the scope each
        lives = living_in([person.pk], today()).get(person.pk)
        bed = home_bed_of(person.pk)
    stay = stay_of(person.pk, scope)
    own = bed is not None and HomeBed.objects.within(scope).filter(pk=bed.pk).exists()
    return {
        "lives": lives,
        "stay_url": url_of(stay) if stay else "",
        "stay": stay,
        "bed": bed if bed is not None and bed.state != HomeBedState.DRAFT else None,
        "bed_url": url_of(bed) if bed is not None and own else "",
        "places": [(place, site, url_of(place)) for place, site in places_of([person.pk], today())],
    }


cared_panel = panel("stays/cared.html", query=_cared, right="stays.view")
panel_on("people", _("Where the person is cared for"), cared_panel)


@timeline("stays.view", Stay)
def _stays(person: Person, scope: Scope) -> Iterable[Happening]:
    for row in stays_of(person.pk, scope)[:20]:
        text = gettext("Admitted to {place}").format(place=house(row))
        yield Happening(
            begin_of(row.since), text, row.contract_no, stays.url_of(row), STAY_TONES[StayState.LIVING]
        )
        if row.until is not None:
            left = gettext("Left {place}").format(place=house(row))
            yield Happening(
                begin_of(row.until), left, str(row.get_ending_display()), stays.url_of(row), "muted"
            )


@timeline("stays.view", HomeBed)
def _home_beds(person: Person, scope: Scope) -> Iterable[Happening]:
    for row in HomeBed.objects.within(scope).filter(person=person).order_by("-drafted_at")[:10]:
        tone = HOME_BED_TONES[HomeBedState(row.state)]
        yield Happening(
            row.drafted_at,
            gettext("Family care bed"),
            str(row.get_state_display()),
            home_beds.url_of(row),
            tone,
        )


door(
    _("Put on the waiting list"),
    right="stays.apply",
    icon="hourglass",
    url=lambda person_id: f"{reverse('waiting-list.do', args=['apply_for'])}?person={person_id}",
)
door(
    _("Set up a family care bed"),
    right="stays.home_bed",
    icon="home-heart",
    url=lambda person_id: f"{reverse('family-care-beds.do', args=['draft_home_bed'])}?person={person_id}",
)
