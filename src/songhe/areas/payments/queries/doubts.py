"""What must be decided before somebody is paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import registered_as
from songhe.areas.payments.models import LineState, Payee, PayLine
from songhe.areas.payments.paying import bank_reasons
from songhe.areas.payments.queries.payees import shared
from songhe.areas.registry.api import Member, dead_by, deaths_of, suspected
from songhe.engines.access.api import elevated

NO_ACCOUNT: Final = "no_account"
WORDS: Final = {
    "duplicate": _("May be entered twice"),
    "death": _("A death is reported"),
    "dead": _("Has died"),
    "shared": _("The account is used for several people"),
    "closed": _("Has closed or left"),
    "failed": _("The bank did not pay to this account before"),
    NO_ACCOUNT: _("No account in use"),
}


def doubts(lines: Iterable[PayLine], payees: Mapping[UUID, Payee], day: date) -> dict[UUID, list[str]]:
    """Codes of what is doubtful, by person or body; who is beyond doubt is absent."""
    rows = list(lines)
    persons = [row.person_id for row in rows if row.person_id]
    with elevated():  # the other half of a pair, or of a shared account, may live anywhere
        found = {
            "duplicate": set(suspected(persons)),
            "death": set(deaths_of(persons)),
            "dead": dead_by(persons, day),
            "closed": _closed(rows, day),
        }
        taken = shared(payees.values())
        useless = _useless(payees.values())
    found["failed"] = {key for key, payee in payees.items() if payee.pk in useless}
    found["shared"] = {key for key, payee in payees.items() if bytes(payee.account_hash) in taken}
    found[NO_ACCOUNT] = {row.who for row in rows} - set(payees)
    out: dict[UUID, list[str]] = {}
    for code, whom in found.items():
        for one in whom:
            out.setdefault(one, []).append(code)
    return out


def _closed(lines: Iterable[PayLine], day: date) -> set[UUID]:
    """Bodies that are no more."""
    of_kind: dict[str, set[UUID]] = {}
    for row in lines:
        if row.holder_id:
            of_kind.setdefault(row.holder_kind, set()).add(row.holder_id)
    known = {kind: registered_as(kind, ids) for kind, ids in of_kind.items()}
    return {
        one
        for kind, ids in of_kind.items()
        for one in ids
        if one not in known[kind] or _over(known[kind][one].until, day)
    }


def _over(until: date | None, day: date) -> bool:
    return until is not None and until <= day


def _useless(payees: Iterable[Payee]) -> set[UUID]:
    """Accounts to which a bank did not pay for a reason that trying again does not mend."""
    final = [code for code, reason in bank_reasons().items() if not reason.again]
    rows = PayLine.everywhere.filter(
        payee_id__in=[row.pk for row in payees], state=LineState.FAILED, reason__in=final
    )
    return set(rows.values_list("payee_id", flat=True))


def households(persons: Iterable[UUID]) -> dict[UUID, dict[str, object]]:
    """Who lives together now, by person: the household and the keys of its members."""
    own = dict(
        Member.everywhere.filter(person_id__in=list(persons), until=None).values_list(
            "person_id", "household_id"
        )
    )
    members: dict[UUID, list[str]] = {}
    rows = Member.everywhere.filter(household_id__in=set(own.values()), until=None).order_by("person_id")
    for household, person in rows.values_list("household_id", "person_id"):
        members.setdefault(household, []).append(str(person))
    return {
        person: {"household": str(household), "members": members.get(household, [])}
        for person, household in own.items()
    }
