"""The villages of a census on a map: how many are to be asked there, and how far the work is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.models import Census
from songhe.areas.assessment.queries.screening import Line, places, villages
from songhe.areas.assessment.rules.screening import Standing, standing
from songhe.core.codes import Point
from songhe.engines.access.api import Scope
from songhe.kit.charts import grouped
from songhe.kit.clock import today
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.words import Label

# In the order in which somebody should look at them.
SAID: Mapping[Standing, tuple[str, Label]] = {
    Standing.BEHIND: ("danger", _("Behind schedule")),
    Standing.WAITING: ("muted", _("Not begun")),
    Standing.BEGUN: ("info", _("In progress")),
    Standing.DONE: ("ok", _("Done")),
}


NONE_YET = _(
    "No village can be mapped yet. Enter the locations of homes, on the persons' pages or at the first visit: a village with five such homes is placed overnight. Or enter a site in it with its location."
)


def mapped(census: Census, scope: Scope, code: int) -> Map:
    """The villages of a place of the census that the reader reaches."""
    where, lines = places(scope, code), villages(census, scope, code)
    day = localdate(census.locked_at) if census.locked_at else today()
    marks = [_mark(census, line, where.get(line.code), day) for line in lines]
    order = [tone for tone, _word in SAID.values()]
    return Map(
        title=_("Villages of this census"),
        shapes=tuple(sorted(marks, key=lambda mark: order.index(mark.tone))),
        sized_by=_("Persons to be asked, at most"),
        empty=NONE_YET if lines else _("Nobody is to be asked here."),
    )


def _mark(census: Census, line: Line, point: Point | None, day: date) -> Mark:
    stands = standing(
        expected=line.expected,
        missing=line.missing,
        begun=bool(line.outcomes),
        since=census.since,
        until=census.until,
        day=day,
    )
    tone, word = SAID[stands]
    return Mark(
        label=line.name,
        point=point,
        tone=tone,
        word=word,
        size=line.expected,
        note=gettext("{done} of {expected}").format(done=grouped(line.done), expected=grouped(line.expected)),
        to=reverse("assessment.census_place", args=[census.pk, line.code]),
    )
