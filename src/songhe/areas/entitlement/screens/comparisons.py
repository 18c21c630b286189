"""What differs between lists of other departments and the registry, as a worklist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.departments import department_text
from songhe.areas.entitlement.models import Mismatch, MismatchKind, MismatchState
from songhe.areas.registry.api import of_persons, terms
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import record, verb

M = MismatchState
TONES = {M.OPEN: "warn", M.CONFIRMED: "ok", M.REJECTED: "muted", M.GONE: "muted"}
_STATE = spec.state(
    "state", tones=TONES, sort="state", note=lambda row: str(_("Has grants in force")) if row.paid else ""
)


def detail_text(row: Mismatch) -> str:
    """What the list says, in one line."""
    told, known = row.detail, terms().get(row.term)
    parts = [known.label if known else row.term] if row.term else []
    if known and told.get("grade"):
        before = known.grade_label(told["before"]) if told.get("before") else ""
        parts.append(
            f"{before} → {known.grade_label(told['grade'])}" if before else known.grade_label(told["grade"])
        )
    if row.kind == MismatchKind.DUPLICATE and told.get("other") in terms():
        parts.append(terms()[told["other"]].label)
    if told.get("on"):
        parts.append(gettext("on {day}").format(day=told["on"]))
    return " · ".join(filter(None, parts))


def _open(row: Mismatch, user: Any) -> bool:
    return bool(row.state == M.OPEN)


def _what_follows(row: Mismatch) -> str:
    return {
        MismatchKind.DECEASED: gettext(
            "The death is reported to the registry; somebody else confirms it there."
        ),
        MismatchKind.MOVED_OUT: gettext("The grants are stopped with the month of the move."),
        MismatchKind.NO_TAG: gettext("The tag is set from the day of the list on."),
        MismatchKind.OTHER_GRADE: gettext("The grade is changed from the day of the list on."),
        MismatchKind.NO_ENTRY: gettext(
            "The tag ends with the day of the list; a review then lists the grants."
        ),
        MismatchKind.DUPLICATE: gettext("Nothing is written: end one of the two in the registry."),
    }[MismatchKind(row.kind)]


record(
    Mismatch,
    slug="comparisons",
    right="entitlement.compare",
    title=_("Data comparison"),
    one=_("Data comparison"),
    join=("person", "region", "of"),
    columns=[
        spec.link("kind", show=lambda row: str(row.get_kind_display()), note=detail_text, sort="kind"),
        spec.text("person"),
        spec.region(),
        spec.text("source", show=lambda row: department_text(row.source)),
        spec.day("as_of", sort="as_of"),
        _STATE,
    ],
    filters=[
        spec.choice("state"),
        spec.choice("kind"),
        spec.flag("paid", _("Has grants in force")),
        spec.region_filter(),
        spec.date_range("as_of"),
    ],
    search=of_persons,
    order=("state", "-paid", "-found_at", "id"),
    nav=NavItem("benefits", "adjustments-horizontal", 80),
    heading=lambda row: str(row.get_kind_display()),
    subheading=lambda row: row.person,
    state=_STATE,
    empty=_("No differences. Import a list from another department under Imports."),
    panels={
        _("Difference"): [
            spec.link("person"),
            spec.region(),
            spec.text("source", show=lambda row: department_text(row.source)),
            spec.day("as_of"),
            spec.text("kind"),
            spec.text("detail", _("Details"), show=detail_text),
            spec.text("follows", _("When the list is right"), show=_what_follows, wide=True),
            spec.when("decided_at"),
            spec.text("decided_by"),
            spec.text("note", wide=True),
        ]
    },
    aside={_("Processing history"): spec.history()},
    verbs=[
        verb(actions.confirm, label=_("The list is right"), primary=True, when=_open),
        verb(actions.reject, label=_("The registry is right"), when=_open),
    ],
)


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: list[Mismatch]) -> list[tuple[str, str, str]]:
        return [
            (str(row.person), reverse("comparisons.detail", args=[row.pk]), str(row.get_kind_display()))
            for row in found
        ]

    rows = queries.open_mismatches(user.scope("entitlement.compare"))
    paid = rows.filter(paid=True).exists()
    url = f"{reverse('comparisons.list')}?state=open"
    return waiting(rows, lines, url=url, tone="danger" if paid else "warn")


home_panel(
    title=_("Lists that differ"),
    right="entitlement.compare",
    rows=_to_decide,
    order=22,
    none=_("No list differs from the registry."),
)
