"""National vouchers on screen: the list, what does not add up with both sides, and a person's level and vouchers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.api import nationals_of
from songhe.areas.entitlement import actions, voucher_lists
from songhe.areas.entitlement.models import (
    NationalVoucher,
    SuspectKind,
    SuspectState,
    VoucherSuspect,
    is_over,
)
from songhe.areas.entitlement.queries import benefits_at
from songhe.areas.entitlement.queries import vouchers as queries
from songhe.areas.entitlement.screens.common import month_text
from songhe.areas.entitlement.vouchers import kind_text, the_voucher
from songhe.areas.providers.api import item_name
from songhe.areas.registry.api import Happening, Person, of_persons, terms, timeline
from songhe.core.days import month_of
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import Figure, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import spent, yuan

LISTS = voucher_lists.SPECS
RIGHT = "entitlement.view"
K, S = SuspectKind, SuspectState
TONES = {S.OPEN: "warn", S.CLAIM: "danger", S.IN_ORDER: "ok", S.GONE: "muted"}
_STATE = spec.state("state", tones=TONES, sort="state")
BY = {
    "day_and_provider": _("same day and provider"),
    "day": _("same day"),
    "provider": _("same provider in the month"),
}
RESTS_ON = {K.COMPARABLE: ("tags", "benefits"), K.OVER_CAP: ("most_fen",), K.OVER_SHARE: ("share",)}
"""The rules that a suspect rests on, which may be assumed."""


def use_of(row: NationalVoucher) -> str:
    """How much of a voucher was used, and whether the rest is gone."""
    if row.used_fen >= row.most_fen:
        return gettext("Used up")
    if is_over(row.month, today()):
        return gettext("Expired unused") if not row.used_fen else gettext("Partly used, the rest expired")
    return gettext("Not used yet") if not row.used_fen else gettext("Used in part")


def _tone(row: NationalVoucher) -> str:
    if row.used_fen >= row.most_fen:
        return "ok"
    return "muted" if is_over(row.month, today()) else "info"


def _figures(request: HttpRequest) -> Iterable[Figure]:
    user = who(request)
    month = month_of(today())
    rows = queries.vouchers(user.scope(RIGHT))
    url = reverse("national-vouchers.list")
    found = [
        Figure(_("Issued this month"), rows.filter(month=month).count()),
        Figure(
            _("Not used yet"),
            rows.filter(month=month, used_fen=0).count(),
            url=f"{url}?use=unused&month_from={month}",
        ),
        Figure(_("Expired unused"), rows.filter(month__lt=month, used_fen=0).count()),
    ]
    if user.may("entitlement.compare"):
        waits = queries.open_suspects(user.scope("entitlement.compare")).count()
        url = f"{reverse('voucher-suspects.list')}?state=open"
        found.append(Figure(_("To check"), waits, url=url, tone="warn" if waits else ""))
    return found


def _suspects_of(row: NationalVoucher, request: HttpRequest) -> QuerySet[VoucherSuspect]:
    scope = who(request).scope("entitlement.compare")
    rows: QuerySet[VoucherSuspect] = VoucherSuspect.objects.within(scope)
    return rows.filter(person_id=row.person_id, month=row.month).order_by("kind", "pk")


_USE = spec.state("use", _("Used"), show=use_of, tone=_tone)

record(
    NationalVoucher,
    slug="national-vouchers",
    right=RIGHT,
    title=_("National vouchers"),
    rows=queries.vouchers,
    join=("person", "region"),
    columns=[
        spec.link("number", sort="number", css="number"),
        spec.text("person"),
        spec.region(),
        spec.text("month", show=lambda row: month_text(row.month), sort="month"),
        spec.text("kind", show=lambda row: kind_text(row.kind)),
        spec.text("percent", show=lambda row: f"{row.percent} %"),
        spec.money("most_fen", sort="most_fen"),
        spec.money("used_fen", _("Used so far")),
        _USE,
    ],
    filters=[
        spec.choice(
            "use",
            _("Used"),
            options=[("unused", _("Not at all")), ("partly", _("In part")), ("used", _("Used up"))],
            narrow=queries.by_use,
        ),
        spec.choice(
            "kind",
            options=lambda request: [(code, str(kind)) for code, kind in the_voucher().kinds.items()],
        ),
        spec.region_filter(),
        spec.date_range("month"),
    ],
    search=of_persons,
    order=("-month", "number"),
    nav=NavItem("benefits", "gift", 82),
    heading=lambda row: row.number,
    subheading=lambda row: f"{row.person} · {month_text(row.month)}",
    state=_USE,
    figures=_figures,
    intro=_(
        "Vouchers that the national platform issued for a calendar month. What is not used in the month expires."
    ),
    empty=_("No vouchers yet. Import the national platform's list under Imports."),
    panels={
        _("National voucher"): [
            spec.link("person"),
            spec.region(),
            spec.text("month", show=lambda row: month_text(row.month)),
            spec.text("kind", show=lambda row: kind_text(row.kind)),
            spec.text("percent", show=lambda row: f"{row.percent} %"),
            spec.money("most_fen"),
            spec.money("used_fen", _("Used so far")),
            spec.when("imported_at"),
        ],
        _("Bills it paid"): spec.grid(
            lambda row, request: row.redemptions.order_by("on", "id"),
            [
                spec.day("on", _("Paid on")),
                spec.text("provider", _("Provider")),
                spec.money("bill_fen", _("Bill")),
                spec.money("deducted_fen", _("Paid by the voucher")),
                spec.text("receipt", _("Receipt")),
            ],
            none=_("It has paid nothing yet."),
        ),
        _("To check"): spec.grid(
            _suspects_of,
            [
                spec.link(
                    "kind",
                    _("Discrepancy"),
                    show=lambda row: str(row.get_kind_display()),
                    to=spec.url_of,
                ),
                spec.money("voucher_fen", _("Paid by the voucher")),
                spec.money("city_fen", _("Paid by the city")),
                spec.state("state", _("State"), tones=TONES),
            ],
            none=_("No discrepancies."),
        ),
    },
)


def _name_of(code: str, row: VoucherSuspect) -> str:
    """A benefit or a tag in words."""
    if code in terms():
        return str(terms()[code].label)
    found = (one.name for one in benefits_at(row.region_id, row.month) if one.code == code)
    return next(found, code)


def in_detail(row: VoucherSuspect) -> str:
    """What does not add up, in one line."""
    told = row.detail
    if row.kind == K.PAID_TWICE:
        return gettext("voucher {voucher} · city {city}").format(
            voucher=yuan(row.voucher_fen), city=yuan(row.city_fen)
        )
    if "allowed_fen" in told:
        return gettext("{paid} paid, {allowed} allowed").format(
            paid=yuan(row.voucher_fen), allowed=yuan(told["allowed_fen"])
        )
    if "support" in told:
        return _name_of(told["support"]["code"], row)
    return str(told["bill"]["on"]) if "bill" in told else ""


def _assumed(row: VoucherSuspect) -> bool:
    return bool(the_voucher().assumed & set(RESTS_ON.get(K(row.kind), ())))


def _amount(support: Mapping[str, Any]) -> str:
    if support["unit"] == "minute":
        return spent(support["amount"])
    if support["unit"] == "fen":
        return yuan(support["amount"])
    return str(support["amount"]) if support["amount"] else ""


def _sides(row: VoucherSuspect, request: HttpRequest) -> Mapping[str, Any]:
    """Both sides as they were found: the bill that the voucher paid, and what the city pays."""
    told = row.detail
    lines = [
        line | {"what": item_name(line["what"]), "by": str(BY.get(line["by"], ""))}
        for line in told.get("lines", ())
    ]
    support = told.get("support")
    return {
        "row": row,
        "bill": told.get("bill"),
        "kind": kind_text(row.voucher.kind),
        "lines": lines,
        "support": _name_of(support["code"], row) if support else "",
        "amount": _amount(support) if support else "",
        "allowed": told.get("allowed_fen"),
        "assumed": _assumed(row),
    }


def _open(row: VoucherSuspect, user: Any) -> bool:
    return bool(row.state == S.OPEN)


record(
    VoucherSuspect,
    slug="voucher-suspects",
    right="entitlement.compare",
    title=_("Vouchers to check"),
    one=_("Voucher to check"),
    join=("person", "region", "voucher"),
    columns=[
        spec.link("kind", show=lambda row: str(row.get_kind_display()), note=in_detail, sort="kind"),
        spec.text("person"),
        spec.region(),
        spec.text("month", show=lambda row: month_text(row.month), sort="month"),
        spec.money("voucher_fen", sort="voucher_fen"),
        spec.money("city_fen", sort="city_fen"),
        _STATE,
    ],
    filters=[
        spec.choice("state"),
        spec.choice("kind"),
        spec.region_filter(),
        spec.date_range("month"),
    ],
    search=of_persons,
    order=("state", "-city_fen", "-voucher_fen", "id"),
    nav=NavItem("benefits", "scale", 84),
    heading=lambda row: str(row.get_kind_display()),
    subheading=lambda row: f"{row.person} · {month_text(row.month)}",
    state=_STATE,
    empty=_("No discrepancies among redeemed vouchers."),
    panels={
        _("Both sides"): panel("entitlement/sides.html", query=_sides),
        _("Person and handling"): [
            spec.link("person"),
            spec.region(),
            spec.text("month", show=lambda row: month_text(row.month)),
            spec.link("voucher"),
            spec.when("decided_at"),
            spec.text("decided_by"),
            spec.text("note", wide=True),
        ],
    },
    aside={_("Processing history"): spec.history()},
    verbs=[
        verb(
            actions.claim_back,
            label=_("To be recovered"),
            primary=True,
            when=_open,
            ask=_("Say what is to be recovered from whom. No money is moved here."),
        ),
        verb(actions.find_in_order, label=_("In order"), when=_open),
    ],
)


def platform(row: Person, request: HttpRequest) -> Mapping[str, Any]:
    """What the national platform says of one person: the level, and the vouchers by month."""
    levels = nationals_of(row.pk).filter(replaced_at=None)[:6]
    return {
        "levels": [
            {
                "level": level.get_level_display(),
                "by": level.assessed_by,
                "days": f"{level.assessed_on} – {level.valid_until}",
                "valid": level.holds(today()),
            }
            for level in levels
        ],
        "vouchers": [
            {
                "month": month_text(one.month),
                "number": one.number,
                "url": reverse("national-vouchers.detail", args=[one.pk]),
                "kind": kind_text(one.kind),
                "most": one.most_fen,
                "used": one.used_fen,
                "state": use_of(one),
                "tone": _tone(one),
            }
            for one in queries.of_person(row.pk)[:12]
        ],
    }


@timeline(RIGHT, NationalVoucher)
def _happened(person: Person, scope: Scope) -> Iterable[Happening]:
    """Vouchers on the person's own page."""
    rows = queries.vouchers(scope).filter(person=person)
    for row in rows.order_by("-month", "number")[:12]:
        yield Happening(
            row.imported_at,
            gettext("National voucher for {month}").format(month=month_text(row.month)),
            f"{kind_text(row.kind)} · {yuan(row.used_fen)} / {yuan(row.most_fen)} · {use_of(row)}",
            reverse("national-vouchers.detail", args=[row.pk]),
            _tone(row),
        )


def _lines(found: list[VoucherSuspect]) -> list[tuple[str, str, str]]:
    return [
        (
            f"{row.person} · {month_text(row.month)}",
            reverse("voucher-suspects.detail", args=[row.pk]),
            str(row.get_kind_display()),
        )
        for row in found
    ]


def _to_check(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.open_suspects(user.scope("entitlement.compare"))
    twice = rows.filter(kind=K.PAID_TWICE).exists()
    url = f"{reverse('voucher-suspects.list')}?state=open"
    return waiting(rows, _lines, url=url, tone="danger" if twice else "warn")


home_panel(
    title=_("Vouchers to check"),
    right="entitlement.compare",
    rows=_to_check,
    order=24,
    none=_("No discrepancies among redeemed vouchers."),
)
