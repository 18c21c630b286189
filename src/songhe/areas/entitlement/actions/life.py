"""Life certifications: opened a year after the last, late ones suspend, later ones resume with arrears."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.actions.grants import resume_grant, suspend_grant
from songhe.areas.entitlement.models import CertifiedBy, GrantState, LifeCheck, LifeState
from songhe.areas.entitlement.reasons import LIFE
from songhe.areas.entitlement.terms import book
from songhe.core.days import month_after, month_of, months_later
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.kit.fields import Field


@act("entitlement.certify")
def certify(
    check: LifeCheck,
    *,
    actor: Actor,
    at: datetime,
    seen_on: Annotated[date, Field(label=_("Met on"))],
    how: Annotated[CertifiedBy, Field(label=_("How"), radio=True)],
    note: Annotated[str, Field(label=_("Note"), size=200)] = "",
) -> LifeCheck:
    """Certify that somebody was seen alive; what was suspended for it is resumed, the months between are owed."""
    if check.state not in (LifeState.OPEN, LifeState.LATE):
        raise Refused("entitlement.life_over", "This certification is over. Load the page again.")
    earliest = months_later(check.due_on, -book().life.every_months)
    if not earliest < seen_on <= timezone.localdate(at):
        raise Refused(
            "entitlement.seen_when",
            "The date must be after {earliest} and not in the future. Correct it.",
            field="seen_on",
            earliest=earliest,
        )
    check.state, check.done_on, check.how = LifeState.DONE, seen_on, how
    check.by_id, check.by_name, check.note = actor.id, actor.name[:80], normalise(note)[:200]
    check.save()
    this_month = month_of(timezone.localdate(at))
    for grant in queries.grants_of(check.person_id).filter(state=GrantState.SUSPENDED, why=LIFE):
        start = max(this_month, queries.stretches_of(grant)[-1].months.start)
        resume_grant(grant, actor=actor, at=at, from_month=start, why=LIFE, arrears=True)
    return check


@act("entitlement.suspend")
def lapse(check: LifeCheck, *, actor: Actor, at: datetime) -> LifeCheck:
    """Suspend from next month what a person receives who was not certified in time."""
    start = month_after(timezone.localdate(at))
    check.state, check.late_from = LifeState.LATE, start
    check.save()
    rows = queries.grants_of(check.person_id).filter(state=GrantState.IN_FORCE)
    for grant in rows.filter(benefit__in=book().life.benefits):
        begin = max(start, grant.from_month)
        suspend_grant(grant, actor=actor, at=at, from_month=begin, why=LIFE)
    return check


def open_due(*, at: datetime) -> list[LifeCheck]:
    """Open the next certification of everybody who receives something that needs one, where none is open."""
    people = queries.receivers()
    last = queries.certified_last(people)
    held = LifeCheck.everywhere.filter(state__in=[LifeState.OPEN, LifeState.LATE])
    waiting = set(held.filter(person_id__in=list(people)).values_list("person_id", flat=True))
    fresh = [
        LifeCheck(
            person_id=key,
            region_id=region,
            due_on=months_later(max(since, last.get(key, since)), book().life.every_months),
            opened_at=at,
        )
        for key, (since, region) in sorted(people.items())
        if key not in waiting
    ]
    LifeCheck.everywhere.bulk_create(fresh, batch_size=1_000, ignore_conflicts=True)
    return fresh


def close_needless() -> int:
    """Close open certifications of those who receive nothing any more that needs one; how many."""
    rows = LifeCheck.everywhere.filter(state__in=[LifeState.OPEN, LifeState.LATE])
    return int(rows.exclude(person_id__in=list(queries.receivers())).update(state=LifeState.VOID))
