"""The list of contracts and the page of one: what is left of it stands first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import actions, queries
from songhe.areas.contracts.columns import Used, drawn, tone_of
from songhe.areas.contracts.models import Contract, Service, State, Unit, Version, VersionState
from songhe.areas.contracts.rules import Amount
from songhe.areas.providers.api import item_name, organisation_column
from songhe.areas.registry.api import terms
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.words import spent, yuan

TONES = {
    State.DRAFT: "warn", State.APPROVED: "info", State.IN_FORCE: "ok", State.SUSPENDED: "danger", State.ENDED: "muted",
    State.DISCARDED: "muted",
}  # fmt: skip
VERSION_TONES = {VersionState.DRAFT: "warn", VersionState.APPROVED: "ok", VersionState.DROPPED: "muted"}
REMARK_TONES = {"good": "ok", "quality": "warn", "refusal": "warn", "missed": "danger"}
_STATE = spec.state("state", tones=TONES, sort="state")
LABELS["contracts.begin"] = _("Came into force")


def _standing(row: Contract, request: HttpRequest) -> Mapping[str, Any]:
    found = queries.standings([row])[row.pk]
    parts = (
        (_("Promised so far"), found.promised),
        (_("Provided so far"), found.given),
        (_("Settled"), found.settled),
    )
    left = found.left
    return {
        "rows": [_sum(str(name), amount) for name, amount in parts]
        + [
            _sum(gettext("Ceiling"), Amount(found.fen, found.minutes or 0), limited=found.minutes is not None)
        ],
        "left_fen": yuan(left[0]),
        "left_minutes": gettext("not limited") if left[1] is None else spent(left[1]),
        "bar": drawn(found),
        "percent": found.percent,
        "tone": tone_of(found),
    }


def _sum(name: str, amount: Amount, *, limited: bool = True) -> dict[str, str]:
    return {
        "name": name,
        "orders": f"{amount.orders:,}" if amount.orders else "",
        "fen": yuan(amount.fen),
        "minutes": spent(amount.minutes) if limited else gettext("not limited"),
    }


def _services(row: Contract, request: HttpRequest) -> list[Service]:
    return queries.services_of(queries.version_of(row, today()))


def _proposed(row: Contract, request: HttpRequest) -> list[Service]:
    return queries.services_of(queries.open_version(row))


def unit_text(row: Service) -> str:
    """By what a service is paid, in words."""
    return str(Unit(row.unit).label)


_PRICES = [
    spec.text("item", _("Service"), show=lambda row: item_name(row.item)),
    spec.text("unit", _("Per"), show=unit_text),
    spec.money("fen", _("Unit price (yuan)")),
    spec.minutes("charged", _("Minutes charged")),
]


def _versions(row: Contract, request: HttpRequest) -> list[Version]:
    return queries.versions_of(row)


def _who(row: Contract) -> str:
    parts = [terms()[tag].label for tag in row.served_tags if tag in terms()]
    if row.least_age:
        parts.append(gettext("from the age of {age}").format(age=row.least_age))
    return " · ".join(parts) or gettext("Everybody")


def _open(row: Contract) -> bool:
    return queries.open_version(row) is not None


def _drafting(row: Contract, user: Any) -> bool:
    return row.state in (State.DRAFT, State.APPROVED, State.IN_FORCE, State.SUSPENDED) and _open(row)


def _may_approve(row: Contract, user: Any) -> bool:
    version = queries.open_version(row)
    return version is not None and user.pk not in (version.prepared_by_id, row.prepared_by_id)


def _terms_now(row: Contract, user: Any) -> dict[str, Any]:
    version = queries.open_version(row)
    if version is None:
        return {}
    hours = version.ceiling_minutes
    return {
        "since": version.since, "until": version.until, "ceiling": version.ceiling_fen,
        "ceiling_hours": None if hours is None else hours // 60,
    }  # fmt: skip


def _remarks(row: Contract, request: HttpRequest) -> Iterable[Any]:
    return queries.remarks_of(row)


def _amendment(row: Contract, user: Any) -> bool:
    version = queries.open_version(row)
    return version is not None and version.number > 1


def _ask_ended(row: Contract, user: Any) -> str:
    return _let_go(row, actions.last_day(row, now()))


def _ask_amended(row: Contract, user: Any) -> str:
    version = queries.open_version(row)
    if version is None:
        return ""
    priced = gettext(
        "The new prices count for services dated from {day} on that are not settled, also where they were planned before. What is "
        "promised keeps its amount until it is provided."
    ).format(day=version.since.isoformat())
    return f"{priced} {_let_go(row, version.until)}" if version.until < row.until else priced


def _let_go(row: Contract, last: date) -> str:
    """What becomes of services that are promised for days after a last one."""
    if not (count := actions.beyond(row, last)):
        return gettext("Nothing is promised for days after {day}.").format(day=last.isoformat())
    return gettext(
        "{count} services are promised for days after {day}. They come back without an organisation, to be assigned anew; "
        "planned visits are called off, and workers and families are told."
    ).format(count=count, day=last.isoformat())


def _here(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("contracts.draft").areas
    return {"region": areas[0][0]} if areas else {}


contracts = record(
    Contract,
    slug="contracts",
    right="contracts.view",
    title=_("Contracts"),
    one=_("Contract"),
    intro=_("What organisations are contracted to provide, and how much of it is left. Nothing is planned or paid beyond it."),
    columns=[
        spec.link("number", note=lambda row: row.lot, sort="number", show=lambda row: row.number),
        organisation_column(_("Organisation")),
        spec.region("region", _("Purchaser")),
        spec.day("since", _("Term of the contract"), sort="until", note=lambda row: f"– {row.until:%Y-%m-%d}"),
        spec.money("ceiling_fen", sort="ceiling_fen"),
        Used(name="pk", label=_("Used")),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("until")],
    search=("number", "lot", "title", "document", "organisation.name"),
    order=("-since", "-number"),
    join=("region",),
    state=_STATE,
    heading=lambda row: row.lot,
    subheading=lambda row: f"{row.number} · {row.since:%Y-%m-%d} – {row.until:%Y-%m-%d}",
    panels={
        _("What is left"): panel("contracts/standing.html", query=_standing),
        _("Services and prices"): grid(_services, _PRICES, none=_("No service yet. Add one with its price.")),
        _("Amendment to approve"): panel(
            "kit/grid.html", query=grid(_proposed, _PRICES, none=_("No service yet.")).query, when=lambda row: _amendment(row, None)
        ),
        _("Where"): grid(
            lambda row, request: queries.places_of(row), [spec.region("region", _("Region"))], none=_("No region yet. Add one.")
        ),
        _("Contract performance"): grid(
            _remarks,
            [
                spec.day("on", _("Day")),
                spec.state("kind", _("Kind"), tones=REMARK_TONES),
                spec.text("words", _("Remark")),
                spec.text("by", _("By")),
            ],
            none=_("No remarks so far."),
        ),
        _("Versions"): grid(
            _versions,
            [
                spec.number("number", _("Version")),
                spec.state("state", _("State"), tones=VERSION_TONES),
                spec.day("since", _("From"), note=lambda row: f"– {row.until:%Y-%m-%d}"),
                spec.money("ceiling_fen", _("Ceiling")),
                spec.text("document", _("Agreement number")),
                spec.text("prepared_by", _("Prepared by")),
                spec.text("decided_by", _("Decided by")),
            ],
        ),
    },
    aside={
        _("Contract"): [
            "title", spec.text("document"), organisation_column(_("Organisation")), spec.region("region"), "since", "until",
            spec.money("ceiling_fen"), spec.minutes("ceiling_minutes", optional=True),
            spec.text("served_tags", _("Who may be served"), show=_who),
        ],
        _("Who decided"): ["prepared_by", "prepared_at", "approved_by", "approved_at", spec.text("reason", optional=True)],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draft, label=_("Draft a contract"), icon="plus", primary=True, initial=_here,
             ask=_("Its services and regions are added next; then somebody else approves it.")),
        verb(actions.describe, label=_("Name, paper and persons"), icon="pencil", when=lambda row, user: row.state == State.DRAFT,
             initial=lambda row, user: {"title": row.title, "document": row.document, "served_tags": row.served_tags,
                                        "least_age": row.least_age}),
        verb(actions.add_service, label=_("Add a service"), icon="plus", when=_drafting),
        verb(actions.drop_service, label=_("Remove a service"), when=_drafting),
        verb(actions.add_place, label=_("Add a region"), icon="map-2", when=lambda row, user: row.state == State.DRAFT),
        verb(actions.drop_place, label=_("Remove a region"), when=lambda row, user: row.state == State.DRAFT),
        verb(actions.set_terms, label=_("Change term and ceiling"), icon="pencil", when=_drafting, initial=_terms_now),
        verb(actions.approve, label=_("Approve"), icon="check", primary=True,
             when=lambda row, user: row.state == State.DRAFT and _may_approve(row, user),
             ask=_("From its first day on, orders are taken under it.")),
        verb(actions.amend, label=_("Amend"), icon="pencil", initial=lambda row, user: {"since": max(today(), row.since)},
             when=lambda row, user: row.state in (State.APPROVED, State.IN_FORCE, State.SUSPENDED) and not _open(row)),
        verb(actions.approve_amendment, label=_("Approve the amendment"), icon="check", primary=True, ask=_ask_amended,
             when=lambda row, user: _amendment(row, user) and _may_approve_amendment(row, user)),
        verb(actions.drop_amendment, label=_("Drop the amendment"), danger=True, when=_amendment),
        verb(actions.remark, label=_("Add a remark"), icon="clipboard-list", initial=lambda row, user: {"on": today()},
             when=lambda row, user: row.state in (State.IN_FORCE, State.SUSPENDED, State.ENDED)),
        verb(actions.suspend, label=_("Suspend"), danger=True, when=lambda row, user: row.state in (State.APPROVED, State.IN_FORCE),
             ask=_("No more orders are taken; what is promised stays promised.")),
        verb(actions.resume, label=_("Resume"), when=lambda row, user: row.state == State.SUSPENDED),
        verb(actions.end, label=_("End"), danger=True, ask=_ask_ended,
             when=lambda row, user: row.state in (State.APPROVED, State.IN_FORCE, State.SUSPENDED)),
        verb(actions.discard, label=_("Void"), danger=True, when=lambda row, user: row.state == State.DRAFT),
    ],
    nav=NavItem("providers", "file-text", 15),
    empty=_("No contract yet. Draft the first one."),
)  # fmt: skip


def _may_approve_amendment(row: Contract, user: Any) -> bool:
    version = queries.open_version(row)
    return version is not None and version.prepared_by_id != user.pk
