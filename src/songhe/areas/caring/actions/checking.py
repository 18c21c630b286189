"""The second and third look: the town and the county draw from what was carried out and ask again."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.actions.calling import visit_after
from songhe.areas.caring.actions.common import Words, line
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring, Found, Probe, ProbeState, Review, ReviewLevel, State
from songhe.core.codes import span
from songhe.core.days import month_after, month_of
from songhe.core.refusal import Forbidden, Refused
from songhe.core.sampling import draw
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.regions.models import Level, Region
from songhe.engines.vault.api import seal
from songhe.kit.days import day_of
from songhe.kit.fields import Field

LEVELS = {ReviewLevel.TOWN: Level.TOWN, ReviewLevel.COUNTY: Level.COUNTY}
Where = Annotated[Region, Field(label=_("Region"), help=_("A town or street, or a county"))]


def list_hash(keys: list[str]) -> str:
    """What the list was, in 64 signs, whatever its order."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


def drawn_of(seed: str, keys: list[str], share: int) -> list[str]:
    """The keys drawn: the share rounded up, the same for whoever draws again."""
    return draw(f"{seed}:{list_hash(keys)}", keys, -(-len(keys) * share // 100))


@act("caring.check")
def draw_review(
    *,
    actor: Actor,
    at: datetime,
    region: Where,
    month: Annotated[date, Field(label=_("Month"), help=_("Any day of the month"))],
    seed: Annotated[
        str,
        Field(
            label=_("Seed"),
            help=_("Such as a number drawn before witnesses; if left empty, one is generated at random"),
            size=80,
        ),
    ] = "",
) -> Review:
    """Draw visits of a month to look at again. List, seed and draw are kept, so that anybody can draw again and compare."""
    level = next((one for one, height in LEVELS.items() if region.level == height), None)
    if level is None:
        raise Refused(
            "region", "A town or street, or a county, takes the sample. Choose one.", field="region"
        )
    if not actor.scope("caring.check").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    first = month_of(month)
    if first > day_of(at):
        raise Refused("month", "This month has not begun. Choose an earlier one.", field="month")
    if Review.everywhere.filter(region=region, level=level, month=first).exists():
        raise Refused("drawn", "This month has already been sampled. See the list of checks.", field="month")
    low, high = span(region.pk)
    rows = {
        str(row.pk): row
        for row in Caring.everywhere.filter(
            region_id__gte=low,
            region_id__lt=high,
            planned_on__gte=first,
            planned_on__lt=month_after(first),
            state=State.DONE,
        ).only("pk", "person_id", "region_id")
    }
    if not rows:
        raise Refused("nothing", "Nothing was carried out here in this month.", field="month")
    told, keys = normalise(seed, field="seed")[:80] or secrets.token_hex(8), sorted(rows)
    share = terms().checks[str(level)]
    found = drawn_of(told, keys, share)
    made: Review = Review.everywhere.create(
        region=region, level=level, month=first, share_percent=share, seed=told, list_hash=list_hash(keys), pool=keys,
        listed=len(keys), drawn=len(found), by_id=actor.id, by=actor.name[:80], at=at,
    )  # fmt: skip
    Probe.everywhere.bulk_create(
        Probe(
            review=made, caring_id=rows[key].pk, person_id=rows[key].person_id, region_id=rows[key].region_id
        )
        for key in found
    )
    add_detail(seed=told, list_hash=made.list_hash, listed=made.listed, drawn=made.drawn)
    return made


@act("caring.check")
def enter_probe(
    probe: Probe,
    *,
    actor: Actor,
    at: datetime,
    found: Annotated[Found, Field(label=_("Result of the check"))],
    words: Words = "",
) -> Probe:
    """Enter what was found; whoever carried the visit out does not check it."""
    if probe.state != ProbeState.OPEN:
        raise Refused("probe_state", "This is checked already. Reload the page.")
    with elevated():  # who carried it out is asked for whoever checks
        four_eyes(Caring.everywhere.values_list("done_by_id", flat=True).get(pk=probe.caring_id), actor)
    right = found in (Found.AS_REPORTED, Found.NOT_REACHED)
    told = line(words, "words", needed=not right)
    probe.found, probe.state = found, ProbeState.RIGHT if right else ProbeState.WRONG
    probe.checked_by, probe.checked_at = actor.name[:80], at
    if told:
        probe.words_sealed = seal(probe.person_id, told)
    probe.save()
    return probe


@act("caring.assign")
def mend(probe: Probe, *, actor: Actor, at: datetime) -> Probe:
    """Send somebody again for what was not as reported."""
    if probe.state != ProbeState.WRONG:
        raise Refused("probe_state", "There is nothing to make good here. Reload the page.")
    with elevated():  # the helper may live in the next village
        again = visit_after(Caring.everywhere.get(pk=probe.caring_id), at)
    again.due_at = at + timedelta(days=3)
    again.save()
    probe.state, probe.mended_by, probe.mended_at = ProbeState.MENDED, actor.name[:80], at
    probe.save()
    add_detail(visit=str(again.pk))
    return probe
