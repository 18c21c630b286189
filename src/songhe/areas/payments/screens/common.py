"""What the screens of payments share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import names_of_benefits
from songhe.areas.payments.models import BatchState, Held, LineState, OwedState
from songhe.areas.registry.api import Person, search
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.columns import Text
from songhe.kit.finding import either
from songhe.kit.links import address_of
from songhe.kit.words import follow

B, L, S = BatchState, LineState, OwedState
BATCH_TONES = {B.PREPARED: "warn", B.APPROVED: "info", B.RELEASED: "info", B.DONE: "ok", B.RETURNED: "muted"}
LINE_TONES = {L.READY: "info", L.HELD: "danger", L.OUT: "muted", L.PAID: "ok", L.FAILED: "warn"}
OWED_TONES = {S.OPEN: "warn", S.ESTATE: "danger", S.ASKED: "info", S.SETTLED: "ok", S.WRITTEN_OFF: "muted"}


def by_person(rows: QuerySet[Any], typed: str, scope: Scope) -> QuerySet[Any]:
    """Rows whose person the words find, or whose facility or organisation bears them in its name."""
    return either(rows, *named(typed, scope))


def by_number_or_person(rows: QuerySet[Any], typed: str, scope: Scope) -> QuerySet[Any]:
    """Rows whose number begins like what is typed, or whose person the words find."""
    return either(rows, Q(number__startswith=typed.strip().upper()), *named(typed, scope))


def named(typed: str, scope: Scope) -> tuple[Q, Q]:
    """Whose person the words find, and whose facility or organisation bears them in its name."""
    people = search(Person.objects.within(scope), typed, scope)
    return Q(person__in=people.values("pk")), Q(person=None, holder_name__icontains=typed.strip())


def held_by(row: Held) -> str:
    """Whose a row is."""
    return row.held_by


def whose() -> Text:
    """The column of whose a row is."""
    return spec.text("held_by", _("Person or organisation"), show=held_by)


def whose_link() -> Any:
    """The same with the way to the person."""
    return spec.link(
        "held_by",
        _("Person or organisation"),
        show=held_by,
        to=lambda row: address_of("people", row.person_id) if row.person_id else None,
    )


def months(row: Any) -> str:
    """From the first to the last month of a row."""
    first, last = f"{row.first_month:%Y-%m}", f"{row.last_month:%Y-%m}"
    return first if first == last else f"{first} – {last}"


def benefit_text(row: Any) -> str:
    """The benefit of a row by its name."""
    return names_of_benefits().get(row.benefit, str(row.benefit))


@dataclass(frozen=True, kw_only=True)
class Benefit(Text):
    """The benefit of a row; the names of all rows are read at once. ``name`` is the path to its code."""

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        names = names_of_benefits() if rows else {}
        return lambda row: format_html("{}", self._text(row, names))

    def bind_plain(self, rows: Sequence[Any]) -> Callable[[Any], str]:
        names = names_of_benefits() if rows else {}
        return lambda row: self._text(row, names)

    def value(self, row: Any) -> object:
        return self._text(row, names_of_benefits())

    def _text(self, row: Any, names: dict[str, str]) -> str:
        found = follow(row, self.name)
        codes = found if isinstance(found, list) else [str(found)]
        return "、".join(names.get(code, code) for code in codes)


def benefit(path: str = "benefit") -> Benefit:
    """The column of a row's benefit."""
    return Benefit(name=path, label=_("Benefit"))
