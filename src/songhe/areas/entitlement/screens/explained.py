"""Everything a person is entitled to, why, where the facts come from, and what changes next: as a page and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.explaining import (
    change_text,
    difference_text,
    facts_of,
    listed,
    lost_text,
    paid_of,
    reasons,
    say,
    supposed_text,
)
from songhe.areas.entitlement.plain import plain
from songhe.areas.entitlement.queries import Explained, Standing
from songhe.areas.entitlement.screens.entitled import line_of
from songhe.areas.entitlement.screens.letters import RIGHT, living
from songhe.areas.registry.api import Person
from songhe.engines.acts.api import record_read
from songhe.kit.clock import now, today
from songhe.kit.links import address_of
from songhe.kit.pages import page
from songhe.kit.spec import reading
from songhe.kit.who import who
from songhe.kit.words import label_of

READ = "entitlement.read_explanation"


def _told(row: Person, request: HttpRequest) -> Explained:
    """The explanation, and the record that it was read."""
    told = queries.explained(living(row), today())
    record_read(READ, row, actor=who(request), at=now(), purpose="explanation")
    return told


def _explained(request: HttpRequest, pk: UUID) -> Mapping[str, Any]:
    user = who(request)
    row: Person = Person.objects.take(pk, user.scope(RIGHT))
    told = _told(row, request)
    inside = user.may("entitlement.explain")
    may_apply = user.may("entitlement.apply")
    changes = [(one, change) for one in told.standings for change in one.changes]
    return {
        "person": row,
        "day": told.day,
        "benefits": [
            _benefit(told, one, line_of(row, one, may_apply), inside=inside) for one in told.standings
        ],
        "changes": [
            {"name": say(change.rule.label), "text": change_text(change), "month": change.month}
            for change in sorted(
                (*(change for _one, change in changes), *told.coming), key=lambda change: change.month
            )
        ],
        "supposed": [
            {
                "if": supposed_text(one),
                "then": [difference_text(each) for each in one.differences],
            }
            for one in told.supposed
        ],
        "back": reverse("entitled-people.detail", args=[row.pk]),
        "letter": reverse("entitlement.letter.entitled-people", args=[row.pk]),
    }


def _benefit(told: Explained, one: Standing, line: Mapping[str, Any], *, inside: bool) -> dict[str, Any]:
    outcome, benefit = one.look.outcome, one.look.benefit
    trace = outcome.as_data() if outcome else {}
    return {
        "line": line,
        "amount": paid_of(trace, benefit.document),
        "policy": str(benefit.version),
        "policy_url": address_of("policies", benefit.version.pk),
        "reasons": reasons(trace),
        "lost": lost_text(trace, benefit.document),
        "facts": facts_of(trace, benefit.document, told.origins, inside=inside),
        "bring": listed(outcome.bring) if outcome and outcome.pending else "",
        "assumed": [label_of(dict(entry)) for entry in trace.get("assumed", ())],
        "changes": [change_text(change) for change in one.changes],
    }


page(
    "entitlement.explained",
    path="entitled-people/<uuid:pk>/explained/",
    title=_("What somebody is entitled to, and why"),
    right=RIGHT,
    template="entitlement/explained.html",
    context=_explained,
)

for_programs = reading(
    "explanation",
    _("Every benefit of a person with its reasons, the origin of each fact, and what changes next"),
    right=RIGHT,
    data=lambda row, request: plain(_told(row, request)),
)
