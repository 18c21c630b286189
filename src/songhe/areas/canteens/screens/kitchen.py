"""The kitchen on screen: supplies, samples, hygiene, cooks and their duties."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import actions, columns
from songhe.areas.canteens.limits import hygiene_choices, terms
from songhe.areas.canteens.models import Cook, Duty, HygieneDay, Sample, Supply
from songhe.areas.canteens.screens.common import by_canteen, by_meal, today_given
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.spec import grid, record, verb
from songhe.kit.words import yuan


def _attached(row: Supply) -> str | None:
    return f"/files/{row.receipt_id}/full/" if row.receipt_id else None


supplies = record(
    Supply,
    slug="canteen-supplies",
    right="canteens.view",
    title=_("Supplies"),
    one=_("Supply"),
    columns=[
        spec.link("item", sort="item"),
        spec.day("on", sort="on"),
        columns.canteen(),
        spec.text("amount", show=lambda row: row.amount_text),
        spec.money("fen", sort="fen"),
        spec.text("supplier"),
        spec.link("receipt", _("Purchase receipt"), show=lambda row: str(_("Open")) if row.receipt_id else "", to=_attached),
        spec.state("voided", _("Counts"), show=lambda row: "voided" if row.voided_at else "counts",
                   label_of=lambda row: str(_("Voided") if row.voided_at else _("Counts")), tones={"voided": "danger", "counts": "ok"}),
    ],
    filters=[by_canteen(), spec.date_range("on"), spec.region_filter()],
    search=("item", "supplier"),
    order=("-on", "-id"),
    panels={_("Supply"): [columns.canteen(), "on", "item", spec.text("amount", show=lambda row: row.amount_text), spec.money("fen"), "supplier",
                          spec.link("receipt", _("Purchase receipt"), show=lambda row: str(_("Open")) if row.receipt_id else "", to=_attached), "by", "at", spec.when("voided_at", optional=True), spec.text("reason", optional=True)]},
    aside={_("History"): spec.history()},
    verbs=[verb(actions.void_supply, label=_("Void"), danger=True, when=lambda row, user: row.voided_at is None)],
    subheading=lambda row: f"{row.amount_text} · {yuan(row.fen)}",
    empty=_("No supplies are entered yet. Enter them on the page of a canteen."),
)  # fmt: skip

SAMPLE_WORDS = {"kept": _("Sample kept"), "overdue": _("To be discarded"), "discarded": _("Sample discarded")}
_KEPT = spec.state(
    "state", _("State"), show=lambda row: row.state_at(now()), label_of=lambda row: str(SAMPLE_WORDS[row.state_at(now())]),
    tones={"kept": "ok", "overdue": "danger", "discarded": "muted"},
)  # fmt: skip


def _overdue(rows: Any, yes: bool) -> Any:
    late = Q(discarded_at=None, keep_until__lte=now())
    return rows.filter(late) if yes else rows.exclude(late)


samples = record(
    Sample,
    slug="food-samples",
    right="canteens.view",
    title=_("Food samples"),
    one=_("Food sample"),
    columns=[
        spec.link("dish", sort="dish"),
        columns.canteen(),
        spec.day("on", sort="on"),
        columns.meal(),
        spec.number("grams", unit="g", note=lambda row: str(_("too little")) if row.is_short else ""),
        spec.when("taken_at", sort="taken_at"),
        spec.when("keep_until", sort="keep_until"),
        _KEPT,
        spec.text("discarded_by"),
    ],
    filters=[by_canteen(), by_meal(), spec.flag("overdue", _("To be discarded"), narrow=_overdue), spec.date_range("on"), spec.region_filter()],
    search=("dish",),
    order=("-taken_at", "-id"),
    state=_KEPT,
    panels={_("Food sample"): [columns.canteen(), "on", columns.meal(), "dish", spec.number("grams"), "taken_at", "taken_by", "keep_until",
                               "discarded_at", "discarded_by"]},
    aside={_("History"): spec.history()},
    verbs=[verb(actions.discard_sample, label=_("Discard"), primary=True,
                when=lambda row, user: row.state_at(now()) == "overdue")],
    empty=_("No sample is kept yet. Keep samples on the page of a canteen."),
)  # fmt: skip


def _lines(row: HygieneDay, request: Any) -> list[dict[str, Any]]:
    return [{"name": name, "fine": code in row.done} for code, name in hygiene_choices()]


_CLEAN = spec.state(
    "state", _("State"), show=lambda row: "faults" if row.missing else "clean",
    label_of=lambda row: str(_("Not all in order") if row.missing else _("All in order")), tones={"faults": "warn", "clean": "ok"},
)  # fmt: skip

hygiene = record(
    HygieneDay,
    slug="hygiene-log",
    right="canteens.view",
    title=_("Hygiene log"),
    one=_("Hygiene log"),
    columns=[
        spec.link("on", _("Day"), show=lambda row: f"{row.on:%Y-%m-%d}", sort="on"),
        columns.canteen(),
        _CLEAN,
        spec.number("missing", _("Not in order"), show=lambda row: len(row.missing) or None),
        spec.text("note"),
        spec.text("by"),
    ],
    filters=[by_canteen(), spec.date_range("on"),
             spec.flag("faults", _("Not all in order"), narrow=lambda rows, yes: rows.exclude(missing=[]) if yes else rows.filter(missing=[])),
             spec.region_filter()],
    order=("-on", "-id"),
    state=_CLEAN,
    panels={
        _("Checklist"): grid(_lines, [spec.text("name", _("Checklist item")), spec.state(
            "fine", _("State"), show=lambda row: "fine" if row["fine"] else "fault",
            label_of=lambda row: str(_("In order") if row["fine"] else _("Not in order")), tones={"fine": "ok", "fault": "danger"})]),
        _("Hygiene log"): [columns.canteen(), "on", spec.text("note", wide=True), "by", "at"],
    },
    aside={_("History"): spec.history()},
    empty=_("No checklist is entered yet. Enter it on the page of a canteen."),
)  # fmt: skip


def _certificate(row: Cook) -> str:
    if row.until is not None and row.until < today():
        return "left"
    if not row.certified(today()):
        return "ended"
    soon = row.certificate_until is not None and row.certificate_until <= today() + timedelta(
        days=terms().certificate_days
    )
    return "soon" if soon else "valid"


CERTIFICATE_WORDS = {
    "left": _("Has left"),
    "ended": _("Expired"),
    "soon": _("Expiring soon"),
    "valid": _("Valid"),
}
_HEALTH = spec.state(
    "certificate", _("Health certificate"), show=_certificate, label_of=lambda row: str(CERTIFICATE_WORDS[_certificate(row)]),
    tones={"left": "muted", "ended": "danger", "soon": "warn", "valid": "ok"},
)  # fmt: skip


def _ending(rows: Any, yes: bool) -> Any:
    soon = Q(certificate_until__lte=today() + timedelta(days=terms().certificate_days), until=None)
    return rows.filter(soon) if yes else rows.exclude(soon)


def _here(row: Cook, user: Any) -> bool:
    return row.until is None or row.until >= today()


cooks = record(
    Cook,
    slug="cooks",
    right="canteens.view",
    title=_("Cooks"),
    one=_("Cook"),
    columns=[
        spec.link("name", sort="name"),
        columns.canteen(),
        spec.text("kind"),
        spec.text("certificate_no"),
        spec.day("certificate_until", sort="certificate_until"),
        _HEALTH,
    ],
    filters=[by_canteen(), spec.choice("kind"), spec.flag("ending", _("Certificate expired or expiring soon"), narrow=_ending), spec.region_filter()],
    search=("name",),
    order=("name", "id"),
    state=_HEALTH,
    panels={_("Cook"): [columns.canteen(), "name", spec.text("kind"), spec.text("certificate_no"), "certificate_until", "since", "until"]},
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.renew_certificate, label=_("Newer certificate"), primary=True, icon="certificate", when=_here,
             initial=lambda row, user: {"certificate_no": row.certificate_no}),
        verb(actions.end_cook, label=_("Remove as cook"), danger=True, when=_here, initial=today_given),
    ],
    empty=_("No cook is entered yet. Add cooks on the page of a canteen."),
)  # fmt: skip

duties = record(
    Duty,
    slug="cook-duties",
    right="canteens.view",
    title=_("Cooks' duties"),
    one=_("Cook's duty"),
    columns=[
        spec.link("on", _("Day"), show=lambda row: f"{row.on:%Y-%m-%d}", sort="on"),
        columns.meal(),
        columns.canteen(),
        spec.text("cook", _("Cook"), show=lambda row: row.cook.name),
        spec.state("certified", _("Health certificate"), show=lambda row: "valid" if row.cook.certified(row.on) else "ended",
                   label_of=lambda row: str(_("Valid") if row.cook.certified(row.on) else _("Expired")), tones={"valid": "ok", "ended": "danger"}),
    ],
    filters=[by_canteen(), by_meal(), spec.date_range("on"), spec.region_filter()],
    search=("cook.name",),
    order=("-on", "-id"),
    join=("cook",),
    panels={_("Cook's duty"): [columns.canteen(), "on", columns.meal(), spec.link("cook"), "by", "at"]},
    verbs=[verb(actions.take_off_duty, label=_("Take off duty"), danger=True, when=lambda row, user: row.on >= today(),
                then=lambda result, row: "/cook-duties/")],
    empty=_("Nobody is on duty yet. Put cooks on duty on the page of a canteen."),
)  # fmt: skip
