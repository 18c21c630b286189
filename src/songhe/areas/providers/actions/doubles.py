"""Suspecting that two entries are one site, and deciding."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.register import dated, filed
from songhe.areas.providers.actions.words import words
from songhe.areas.providers.models import Facility, SiteDouble, SiteFunction, State
from songhe.areas.providers.queries.doubles import entries, pairs
from songhe.areas.providers.rules.likeness import Like
from songhe.core.codes import ancestors, at_level, span
from songhe.core.codes.region import COUNTY
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), size=200)]
Keep = Annotated[
    Literal["first", "second"],
    Field(label=_("Keep"), choices=[("first", _("The first entry")), ("second", _("The second entry"))]),
]


def suspect(facility: Facility, *, at: datetime) -> int:
    """Look in the site's county for entries that may be it; returns how many new suspicions there are.

    The other entry may lie beyond the actor's scope; only who decides about both sees the pair.
    """
    with elevated():
        found = entries(*span(at_level(facility.region_id, COUNTY)))
        return sum(_keep(one, other, like, at) for one, other, like in pairs(found, of=facility.pk))


def suspect_all(low: int, high: int, *, at: datetime) -> int:
    """Look through a range of regions; returns how many new suspicions there are."""
    return sum(_keep(one, other, like, at) for one, other, like in pairs(entries(low, high)))


@act("providers.create")
def two_sites(double: SiteDouble, *, actor: Actor, at: datetime, reason: Reason) -> SiteDouble:
    """Decide that these are two sites; the pair is not suspected again."""
    _undecided(double)
    return _decide(double, SiteDouble.State.DIFFERENT, reason, actor, at)


@act("providers.create")
def one_site(double: SiteDouble, *, actor: Actor, at: datetime, keep: Keep, reason: Reason) -> SiteDouble:
    """Decide that these are one site: the other entry is closed and points at the one that is kept; what it was for
    stays as a function, its papers stay with it."""
    _undecided(double)
    kept, gone = (double.first, double.second) if keep == "first" else (double.second, double.first)
    if kept.state == State.CLOSED:
        raise Refused("kept_is_closed", "The entry to keep is closed. Keep the other one.", field="keep")
    today = timezone.localdate(at)
    if gone.state != State.CLOSED:
        with dated(gone, on=None, actor=actor, at=at, note=reason[:200]):
            gone.state, gone.merged_into = State.CLOSED, kept
            gone.until = gone.until or (today if gone.since is None or gone.since < today else None)
            gone.save()
    known = SiteFunction.everywhere.filter(facility=kept, kind=gone.kind, until=None).exists()
    if gone.kind != kept.kind and not known:
        filed(kept, SiteFunction(kind=gone.kind, since=today)).save(force_insert=True)
    SiteDouble.everywhere.filter(state=SiteDouble.State.OPEN, first=gone).exclude(pk=double.pk).delete()
    SiteDouble.everywhere.filter(state=SiteDouble.State.OPEN, second=gone).exclude(pk=double.pk).delete()
    add_detail(kept=str(kept.pk), gone=str(gone.pk))
    return _decide(double, SiteDouble.State.SAME, reason, actor, at)


def _undecided(double: SiteDouble) -> None:
    if double.state != SiteDouble.State.OPEN:
        raise Refused("suspect_decided", "This pair was decided already. Load the page again.")


def _decide(double: SiteDouble, state: str, reason: str, actor: Actor, at: datetime) -> SiteDouble:
    double.reason = words(reason, field="reason", most=200, needed=True)
    double.state, double.decided_at = state, at
    double.decided_by = str(getattr(actor, "name", "") or "")[:80]
    double.save()
    return double


def _keep(one: UUID, other: UUID, like: Like, at: datetime) -> int:
    if SiteDouble.everywhere.filter(first_id=one, second_id=other).exists():
        return 0
    regions = dict(Facility.everywhere.filter(pk__in=[one, other]).values_list("pk", "region_id"))
    SiteDouble.everywhere.create(
        region_id=_common(regions[one], regions[other]), first_id=one, second_id=other, score=like.score,
        evidence=list(like.evidence), found_at=at,
    )  # fmt: skip
    return 1


def _common(one: int, other: int) -> int:
    """The smallest region that holds both."""
    both = [code for code in (*ancestors(one), one) if code in {*ancestors(other), other}]
    return both[-1]
