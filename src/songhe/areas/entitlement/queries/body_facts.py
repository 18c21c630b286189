"""Facts of bodies' grants: which may be entered, and which wait for a second person."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from songhe.areas.entitlement.models import BodyFact, BodyFactState, BodyKind, Grant, HolderKind
from songhe.areas.entitlement.queries.benefits import readable
from songhe.areas.entitlement.queries.bodies import MODELS, Body, of_register
from songhe.areas.entitlement.rules.bodies import asked
from songhe.core.rules.document import Fact
from songhe.engines.access.api import Scope, elevated
from songhe.kit.clock import today
from songhe.kit.words import is_chinese

OF_BODIES = (HolderKind.FACILITY, HolderKind.ORGANISATION, HolderKind.WORKER)


def facts_to_enter(grant: Grant) -> list[Fact]:
    """The facts of a grant that an office may enter: those its benefit reads, without what the register says itself."""
    document = readable(grant.policy) if grant.holder_kind in OF_BODIES else None
    rule = next((one for one in document.rules if one.code == grant.benefit), None) if document else None
    if document is None or rule is None:
        return []
    kind = BodyKind(grant.holder_kind)
    with elevated():  # whoever reaches the grant may read what the register says of its holder
        row = MODELS[kind].everywhere.filter(pk=grant.holder_id).first()
        known = of_register(Body(kind, row), today()) if row is not None else {}
    return [fact for fact in asked(document, rule) if known.get(fact.code) is None]


def fact_choices(grant: Grant, _user: Any) -> list[tuple[str, str]]:
    """The same to choose from."""
    return [(fact.code, fact.label.zh if is_chinese() else fact.label.en) for fact in facts_to_enter(grant)]


def facts_to_confirm(scope: Scope, actor_id: Any) -> QuerySet[BodyFact]:
    """Facts that somebody else entered."""
    rows: QuerySet[BodyFact] = BodyFact.objects.within(scope).filter(state=BodyFactState.ENTERED)
    return rows.exclude(entered_by_id=actor_id).order_by("entered_at", "id")
