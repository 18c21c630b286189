"""What a person is entitled to: every benefit at the person's home, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from songhe.areas.entitlement import queries, words
from songhe.areas.entitlement.models import Application, GrantState
from songhe.areas.entitlement.queries import Look, Standing
from songhe.areas.entitlement.reasons import reason_text
from songhe.areas.entitlement.screens.common import APPLICATION_TONES, GRANT_TONES, month_text
from songhe.areas.entitlement.terms import SILENT, book
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.kit.clock import today
from songhe.kit.links import address_of
from songhe.kit.refusals import said
from songhe.kit.who import who


def standing(row: Person, request: HttpRequest) -> Mapping[str, Any]:
    """All benefits: in force, applied for, possible, waiting for a document, or not and why not."""
    user = who(request)
    found = queries.standings(row, today()) if row.is_living else ()
    may_apply = user.may("entitlement.apply")
    explain = row.is_living and user.may("entitlement.letter")
    return {
        "lines": [line_of(row, one, may_apply) for one in found],
        "living": row.is_living,
        "explained": reverse("entitlement.explained", args=[row.pk]) if explain else "",
        "letter": reverse("entitlement.letter.entitled-people", args=[row.pk]) if explain else "",
    }


def line_of(person: Person, one: Standing, may_apply: bool) -> dict[str, Any]:
    """One benefit: how it stands, in a word and a sentence, and where to go on."""
    line = {"name": one.look.benefit.name, "state": "", "tone": "muted", "note": "", "url": "", "apply": ""}
    if (grant := one.grant) is not None:
        told = str(grant.get_state_display())
        since = gettext("from {month} on").format(month=month_text(grant.from_month))
        note = since if grant.state == GrantState.IN_FORCE else f"{since} · {reason_text(grant.why)}"
        return line | {
            "state": told,
            "tone": GRANT_TONES[GrantState(grant.state)],
            "note": note,
            "url": address_of("benefit-grants", grant.pk),
        }
    if one.application is not None:
        return line | _applied(one.application)
    return line | _possible(person, one.look, may_apply)


def _applied(applied: Application) -> dict[str, Any]:
    return {
        "state": gettext("Applied for"),
        "tone": APPLICATION_TONES[applied.state],  # type: ignore[index]  # the text of a choice is its key
        "note": str(applied.get_state_display()),
        "url": reverse("applications.detail", args=[applied.pk]),
    }


def _possible(person: Person, one: Look, may_apply: bool) -> dict[str, Any]:
    refused: Refused | None = one.refused
    if refused is not None or one.outcome is None:
        return {"state": gettext("Cannot be determined"), "note": said(refused) if refused else ""}
    reason = words.short_reason(one.outcome.as_data())
    silent = book().of(one.benefit.code).mode == SILENT
    query = urlencode({"person": person.pk, "benefit": one.benefit.code})
    apply = f"{reverse('applications.do', args=['apply'])}?{query}" if may_apply and not silent else ""
    if one.pending:
        return {"state": gettext("A document is missing"), "tone": "warn", "note": reason, "apply": apply}
    if one.granted:
        note = gettext("Granted automatically; no application needed") if silent else reason
        return {"state": gettext("Possible"), "tone": "info", "note": note, "apply": apply}
    return {"state": gettext("Not entitled"), "tone": "muted", "note": reason}
