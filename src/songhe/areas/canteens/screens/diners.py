"""Diners and their meals on screen, and their cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import actions, columns
from songhe.areas.canteens.columns import canteen_names
from songhe.areas.canteens.models import Booking, Canteen, Diner, Meal
from songhe.areas.canteens.queries.table import found_by_name
from songhe.areas.canteens.screens.common import WAY_TONES, by_canteen, by_meal, today_given
from songhe.core.refusal import Refused
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.engines.vault.api import reveal
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who

PRINT = "canteens.print_card"
LABELS["canteens.print_card"] = _("Card printed")
LABELS["canteens.read_diet"] = _("Diet note read")
LABELS["canteens.read_check"] = _("Telephone and notes read")
LABELS["canteens.end_by_death"] = _("Enrolment ended by death")


def _state(row: Diner) -> str:
    return "eats" if row.eats_on(today()) else "to_come" if row.since > today() else "left"


STATE_WORDS = {"eats": _("Eats here"), "to_come": _("Starts later"), "left": _("Has left")}
_STATE = spec.state(
    "state", _("State"), show=_state, label_of=lambda row: str(STATE_WORDS[_state(row)]),
    tones={"eats": "ok", "to_come": "info", "left": "muted"},
)  # fmt: skip


def _eats(row: Diner, user: Any) -> bool:
    return _state(row) != "left"


def _told(row: Diner, request: HttpRequest) -> list[Booking]:
    return list(Booking.everywhere.filter(diner=row, on__gte=today()).order_by("on", "meal")[:31])


def _meals(row: Diner, request: HttpRequest) -> list[Meal]:
    return list(Meal.everywhere.filter(diner=row, voided_at=None).order_by("-on", "-meal")[:31])


def _card_of(row: Diner, request: HttpRequest) -> Mapping[str, Any]:
    return {"diner": row, "may": who(request).may("canteens.enrol")}


def _sealed(row: Diner, request: HttpRequest) -> Mapping[str, Any]:
    """The diet note and the neighbour's telephone for whoever runs the canteen; reading them is logged."""
    user = who(request)
    if row.has_diet or row.neighbour_phone_sealed:
        record_read("canteens.read_diet", row, actor=user, at=now(), purpose="kitchen")
    return {
        "diet": reveal(row.person_id, row.diet_sealed),
        "phone": reveal(row.person_id, row.neighbour_phone_sealed),
        "neighbour": row.neighbour,
    }


def _wishes(row: Diner, user: Any) -> dict[str, Any]:
    return {"way": row.way, "meals": row.meals, "neighbour": row.neighbour}


def _ahead(row: Diner, user: Any) -> dict[str, Any]:
    return {"since": today(), "last": today()}


MONEY = [
    spec.money("price_fen"),
    spec.money("subsidy_fen"),
    spec.money("village_fen"),
    spec.money("donation_fen"),
    spec.money("diner_fen"),
]

diners = record(
    Diner,
    slug="diners",
    right="canteens.meals",
    title=_("Diners"),
    one=_("Diner"),
    columns=[
        columns.of_person(),
        columns.canteen(),
        spec.day("since", sort="since"),
        spec.state("way", tones=WAY_TONES),
        spec.text("meals", _("Which meals"), show=lambda row: row.meal_names),
        spec.text("neighbour"),
        spec.yes_no("has_diet"),
        _STATE,
    ],
    filters=[
        by_canteen(),
        spec.choice("way"),
        spec.flag("eats", _("Eats here"), narrow=lambda rows, yes: rows.filter(until=None) if yes else rows.exclude(until=None)),
        spec.flag("has_diet", _("Diet note")),
        spec.region_filter(),
    ],
    search=found_by_name,
    order=("-since", "id"),
    heading=columns.name_of,
    subheading=lambda row: canteen_names([row.canteen_id]).get(row.canteen_id, ""),
    state=_STATE,
    panels={
        _("Advance notice"): grid(
            _told,
            [spec.day("on", _("Day")), columns.meal(),
             spec.state("comes", _("Comes"), show=lambda row: "yes" if row.comes else "no", label_of=lambda row: str(_("Comes") if row.comes else _("Does not come")),
                        tones={"yes": "ok", "no": "muted"}), spec.text("by", _("Notified by"))],
            none=_("No advance notice was given."),
        ),
        _("Meals so far"): grid(
            _meals, [spec.day("on", _("Day")), columns.meal(), spec.state("way", _("How the meal is taken"), tones=WAY_TONES), *MONEY], none=_("No meal yet.")
        ),
    },
    aside={
        _("Enrolment at the canteen"): [
            columns.person(), columns.canteen(), "since", spec.day("until", optional=True), spec.text("why_left", optional=True),
            spec.state("way", tones=WAY_TONES), spec.text("meals", _("Which meals"), show=lambda row: row.meal_names),
            spec.text("neighbour", optional=True), spec.text("neighbour_phone_masked", optional=True), spec.yes_no("has_diet"),
        ],
        _("For the kitchen"): panel("canteens/sealed.html", query=_sealed, right="canteens.run",
                                    when=lambda row: row.has_diet or bool(row.neighbour_phone_sealed)),
        _("Meal card"): panel("canteens/card_panel.html", query=_card_of, right="canteens.enrol"),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.call_off, label=_("Does not come"), icon="ban", when=_eats, initial=_ahead, primary=True),
        verb(actions.order_meal, label=_("Order a meal"), icon="soup", when=_eats, initial=today_given),
        verb(actions.report_absent, label=_("Did not come"), icon="urgent", when=lambda row, user: row.eats_on(today()), initial=today_given,
             ask=_("Somebody will check on the person at once.")),
        verb(actions.change_wishes, label=_("Change meal arrangements"), icon="pencil", when=_eats, initial=_wishes),
        verb(actions.note_diet, label=_("Diet note"), icon="clipboard-heart", when=_eats,
             ask=_("What is written here replaces the note that is kept.")),
        verb(actions.issue_card, label=_("Issue a card"), icon="id", when=_eats,
             ask=_("A card that was issued before is void from now on."), then=lambda result, row: f"/diners/{row.pk}/"),
        verb(actions.leave, label=_("Leaves the canteen"), danger=True, when=_eats, initial=today_given),
    ],
    nav=NavItem("service", "users", 71),
    empty=_("Nobody is enrolled yet. Enrol diners on the page of a canteen."),
)  # fmt: skip


def _print_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The card to print; printing is logged, since whoever has it is served."""
    from songhe.areas.canteens import papers  # loads a large library, which few requests need

    user, at = who(request), now()
    diner: Diner = Diner.objects.take(pk, user.scope("canteens.enrol"))
    if not diner.card_sealed:
        raise Refused("no_card", "No card is issued yet. Issue one first.")
    record_read(PRINT, diner, actor=user, at=at, purpose="print")
    with elevated():  # the name of the canteen is public
        canteen = Canteen.everywhere.get(pk=diner.canteen_id)
    address = request.build_absolute_uri(reverse("canteens.card"))
    body = papers.card_paper(diner, columns.name_of(diner), canteen, address, at=at)
    heads = {"Content-Disposition": f'inline; filename="meal-card-{diner.pk}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=heads)


card_page = page(
    "canteens.card_print",
    path="diners/<uuid:pk>/card.pdf",
    title=_("Meal card"),
    right="canteens.enrol",
    view=_print_card,
)

meals = record(
    Meal,
    slug="canteen-meals",
    right="canteens.meals",
    title=_("Meals eaten"),
    one=_("Meal"),
    columns=[
        spec.link("on", _("Day"), show=lambda row: f"{row.on:%Y-%m-%d}", sort="on"),
        columns.meal(),
        columns.person(),
        columns.canteen(),
        spec.state("way", tones=WAY_TONES),
        spec.text("source"),
        *MONEY,
        spec.state("voided", _("Counts"), show=lambda row: "voided" if row.voided_at else "counts",
                   label_of=lambda row: str(_("Voided") if row.voided_at else _("Counts")), tones={"voided": "danger", "counts": "ok"}),
    ],
    filters=[by_canteen(), by_meal(), spec.date_range("on"), spec.choice("source"), spec.choice("way"),
             spec.flag("voided", _("Voided"), narrow=lambda rows, yes: rows.filter(voided_at__isnull=not yes)), spec.region_filter()],
    order=("-on", "-id"),
    heading=str,
    panels={
        _("Meal"): [columns.person(), columns.canteen(), "on", columns.meal(), spec.state("way", tones=WAY_TONES), spec.text("source"),
                    spec.text("served_by"), spec.when("served_at")],
        _("Who pays"): [*MONEY, spec.yes_no("granted", _("Granted free"), show=lambda row: row.is_granted), spec.yes_no("assumed"), spec.when("voided_at", optional=True), spec.text("voided_by", optional=True), spec.text("reason", optional=True)],
    },
    aside={
        _("History"): spec.history(),
    },
    verbs=[verb(actions.void_meal, label=_("Void"), danger=True, when=lambda row, user: row.voided_at is None)],
    empty=_("No meal is entered yet."),
)  # fmt: skip
