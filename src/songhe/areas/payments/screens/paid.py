"""What was paid, shown where it is asked for: with a person's entitlements, and with each grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import Grant, names_of_benefits
from songhe.areas.payments.models import BatchState, Due, LineState, OwedState, PayLine, Posting, Receivable
from songhe.areas.payments.paying import reason_text
from songhe.areas.payments.queries.paid import dues_of, key_of, owed_by, payments_of, postings_of, waiting_of
from songhe.areas.payments.screens.common import LINE_TONES, OWED_TONES, months
from songhe.areas.registry.api import Person
from songhe.kit.spec import panel, panel_on
from songhe.kit.who import who
from songhe.kit.words import yuan

RIGHT = "entitlement.view"
INNER = "payments.view"


def _paid(row: Person, request: HttpRequest) -> Mapping[str, Any]:
    """Every payment of a person, what waits for one, and what is owed back."""
    user = who(request)
    scope, inner, names = user.scope(RIGHT), user.may(INNER), names_of_benefits()
    lines = [
        *(_waiting(due) for due in waiting_of(row.pk, scope)),
        *(_payment(line, inner) for line in payments_of(row.pk, scope)),
        *(_owed(one, inner) for one in owed_by(row.pk, scope)),
    ]
    return {"lines": [line | {"benefit": names.get(line["benefit"], line["benefit"])} for line in lines]}


def _waiting(due: Due) -> dict[str, Any]:
    return _shown(due, due.fen) | state_of_due(due)


def _payment(line: PayLine, inner: bool) -> dict[str, Any]:
    url = reverse("payment-lines.detail", args=[line.pk]) if inner else ""
    return _shown(line, line.fen) | state_of_line(line) | {"url": url}


def _owed(one: Receivable, inner: bool) -> dict[str, Any]:
    note = gettext("{fen} yuan have been recovered").format(fen=yuan(one.back_fen)) if one.back_fen else ""
    url = reverse("receivables.detail", args=[one.pk]) if inner else ""
    state = OwedState(one.state)
    return _shown(one, -one.fen) | {
        "state": str(state.label), "tone": OWED_TONES[state], "note": note, "url": url,
    }  # fmt: skip


def _shown(row: Any, fen: int) -> dict[str, Any]:
    return {"months": months(row), "benefit": row.benefit, "fen": yuan(fen)}


def state_of_line(line: PayLine) -> dict[str, str]:
    """How a payment stands: its own state once the bank has answered, before that the batch's."""
    state, batch = LineState(line.state), BatchState(line.batch.state)
    if state == LineState.READY:
        word = str(batch.label) if batch != BatchState.PREPARED else gettext("In a batch")
        return {"state": word, "tone": "info", "note": line.batch.number}
    note = f"{line.paid_on:%Y-%m-%d}" if line.paid_on else reason_text(line.reason)
    parts = [note, line.batch.number]
    return {"state": str(state.label), "tone": LINE_TONES[state], "note": " · ".join(filter(None, parts))}


def state_of_due(due: Due) -> dict[str, str]:
    """Why an amount is in no payment."""
    if due.netted:
        return {"state": gettext("Offset against another amount"), "tone": "muted", "note": ""}
    if due.receivable_id:
        return {"state": pgettext("amount", "Owed back"), "tone": "danger", "note": ""}
    if due.failed:
        return {"state": gettext("Waiting again"), "tone": "warn", "note": reason_text(due.failed)}
    if not due.covered:
        return {"state": gettext("Awaiting funds"), "tone": "warn", "note": ""}
    return {"state": gettext("Awaiting a batch"), "tone": "info", "note": ""}


def _of_grant(row: Grant, request: HttpRequest) -> Mapping[str, Any]:
    """What runs posted for a grant month by month, and what became of it."""
    user = who(request)
    inner, rows = user.may(INNER), postings_of(row.pk, user.scope(RIGHT))
    dues = dues_of(rows)
    return {
        "of_grant": True,
        "lines": [_posted(one, dues.get(key_of(one), []), inner=inner) for one in rows],
    }


def _posted(one: Posting, dues: list[Due], *, inner: bool) -> dict[str, Any]:
    due = next((due for due in dues if (due.fen > 0) == (one.fen > 0)), dues[0] if dues else None)
    line = due.line if due else None
    told = state_of_line(line) if line else state_of_due(due) if due else {}
    return {
        "months": f"{one.month:%Y-%m}",
        "fen": yuan(one.fen),
        "cause": str(one.get_cause_display()),
        "why": reverse("payment-postings.detail", args=[one.pk]) if inner else "",
        "run": one.run.number,
        "run_url": reverse("payment-runs.detail", args=[one.run_id]) if inner else "",
        "url": reverse("payment-lines.detail", args=[line.pk]) if line and inner else "",
        **told,
    }


panel_on("entitled-people", _("Paid"), panel("payments/paid.html", query=_paid))
panel_on(
    "benefit-grants",
    _("Posted and paid"),
    panel("payments/paid.html", query=_of_grant, when=lambda row: row.person_id is not None),
)
