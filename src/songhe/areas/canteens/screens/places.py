"""The list of canteens and the page of one: what is to be done today stands first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import actions, columns
from songhe.areas.canteens.limits import terms
from songhe.areas.canteens.models import Canteen, HeadCount, MenuDay
from songhe.areas.canteens.queries import day, table
from songhe.areas.canteens.screens.common import by_canteen, by_meal, do, today_given
from songhe.areas.providers.api import organisation_column
from songhe.core.days import monday_of
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.columns import Number
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who

__all__ = ["canteens", "counts", "menus"]


@dataclass(frozen=True, kw_only=True)
class Diners(Number):
    """How many diners each canteen has, counted for all rows at once."""

    def bind(self, rows: Sequence[Canteen]) -> Callable[[Canteen], SafeString]:
        found = table.diners_by_canteen([row.pk for row in rows], today())
        return lambda row: self.draw(found.get(row.pk, 0), row)

    def bind_plain(self, rows: Sequence[Canteen]) -> Callable[[Canteen], Any]:
        found = table.diners_by_canteen([row.pk for row in rows], today())
        return lambda row: found.get(row.pk, 0)

    def html(self, row: Canteen) -> SafeString:
        return self.bind([row])(row)


def _paper(row: Canteen) -> str:
    if not row.paper_no:
        return "none"
    if not row.paper_holds(today()):
        return "ended"
    soon = row.paper_until is not None and row.paper_until <= today() + timedelta(days=terms().permit_days)
    return "soon" if soon else "valid"


PAPER_WORDS = {
    "none": _("No food permit or filing"),
    "ended": _("Food permit or filing expired"),
    "soon": _("Food permit or filing expiring soon"),
    "valid": _("Food permit or filing valid"),
}
PAPER_TONES = {"none": "danger", "ended": "danger", "soon": "warn", "valid": "ok"}
_STATE = spec.state(
    "paper",
    _("Food permit or filing"),
    show=_paper,
    label_of=lambda row: str(PAPER_WORDS[_paper(row)]),
    tone=lambda row: PAPER_TONES[_paper(row)],
)


def _today(row: Canteen, request: HttpRequest) -> Mapping[str, Any]:
    user, at = who(request), now()
    tasks = day.tasks_of(row, at)
    return {
        "canteen": row,
        "meals": [day.glance(row, meal, at) for meal in row.meals],
        "tasks": [
            (task, do(row, task.verb, **task.values) if user.may(task.right) else "") for task in tasks
        ],
        "open_today": table.is_open(row, today()),
        "may_serve": user.may("canteens.serve"),
    }


def _menu(row: Canteen, request: HttpRequest) -> list[MenuDay]:
    first = monday_of(today())
    rows = MenuDay.everywhere.filter(canteen=row, on__range=(first, first + timedelta(days=13)))
    return list(rows.order_by("on", "meal"))


def _more(row: Canteen, request: HttpRequest) -> Mapping[str, Any]:
    user = who(request)
    return {
        "links": [
            (label, f"{url}?canteen={row.pk}", icon) for label, url, icon, right in LISTS if user.may(right)
        ]
    }


LISTS = (
    (_("Diners"), "/diners/", "users", "canteens.meals"),
    (_("Meals eaten"), "/canteen-meals/", "list", "canteens.meals"),
    (_("Weekly attendance sheets"), "/canteen-rolls/", "printer", "canteens.view"),
    (_("Head counts"), "/head-counts/", "list-check", "canteens.view"),
    (_("Menus"), "/canteen-menus/", "file-text", "canteens.view"),
    (_("Food samples"), "/food-samples/", "clock", "canteens.view"),
    (_("Hygiene log"), "/hygiene-log/", "checklist", "canteens.view"),
    (_("Supplies"), "/canteen-supplies/", "package", "canteens.view"),
    (_("Cooks"), "/cooks/", "user", "canteens.view"),
    (_("Cooks' duties"), "/cook-duties/", "calendar", "canteens.view"),
    (_("Canteen days"), "/canteen-days/", "lock", "canteens.view"),
    (_("Donations for meals"), "/meal-donations/", "heart-handshake", "canteens.view"),
    (_("Canteen monthly statements"), "/canteen-months/", "coin-yuan", "canteens.view"),
)


def _described(row: Canteen, user: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("serving", "counting", "open_days", "meals", "seats")}


def _week(row: Any, user: Any) -> dict[str, Any]:
    return {"week_of": today() - timedelta(days=7), "to_week_of": today()}


canteens = record(
    Canteen,
    slug="canteens",
    right="canteens.view",
    title=_("Canteens"),
    one=_("Canteen"),
    intro=_("Canteens and dining tables that serve meals here. A canteen of the register is set up once, then runs by the day."),
    columns=[
        spec.link("name", sort="name", note=lambda row: row.meal_names),
        spec.region(),
        Diners(name="diners", label=_("Diners")),
        spec.state("serving", tones={"roll": "info", "card": "info"}),
        spec.text("open_days"),
        _STATE,
    ],
    filters=[spec.region_filter(), spec.choice("serving"), spec.choice("open_days")],
    search=("name",),
    order=("name", "id"),
    join=("facility",),
    state=_STATE,
    subheading=lambda row: row.meal_names,
    panels={
        _("Today"): panel("canteens/today.html", query=_today),
        _("Menu of this week and the next"): grid(
            _menu,
            [
                spec.day("on", _("Day")),
                columns.meal(),
                spec.text("dishes", _("Dishes"), show=lambda row: row.dish_names),
                spec.text("allergens", _("Allergens"), show=lambda row: row.allergen_names),
            ],
            none=_("No menu yet. Set it, or copy that of a past week."),
        ),
        _("All of this canteen"): panel("canteens/more.html", query=_more),
    },
    aside={
        _("Canteen"): [
            spec.link("facility"), organisation_column(_("Organisation")), spec.region(), "serving", "counting", "open_days",
            spec.text("meals", _("Meals served"), show=lambda row: row.meal_names), spec.number("seats", optional=True), "since",
        ],
        _("Food permit or filing"): [
            spec.text("paper_kind"), spec.text("paper_no"),
            spec.day("paper_until"),
        ],
        _("History"): spec.history(right="acts.view"),
    },
    verbs=[
        verb(actions.set_up, label=_("Set a canteen up"), icon="plus", primary=True),
        verb(actions.enrol, label=_("Enrol a diner"), icon="user-plus", primary=True,
             initial=lambda row, user: {"since": today(), "meals": row.meals}),
        verb(actions.enrol_by_number, label=_("Enrol by identity card"), icon="id",
             initial=lambda row, user: {"since": today(), "meals": row.meals}),
        verb(actions.make_roll, label=_("Make the weekly attendance sheet"), icon="printer", initial=lambda row, user: {"week_of": today()}),
        verb(actions.state_month, label=_("Submit a monthly statement"), icon="coin-yuan",
             initial=lambda row, user: {"month": today().replace(day=1) - timedelta(days=1)}),
        verb(actions.copy_menu, label=_("Copy a week's menu"), icon="copy", initial=_week),
        verb(actions.describe_canteen, label=_("How it serves"), icon="pencil", initial=_described),
        verb(actions.enter_paper, label=_("Food permit or filing"), icon="file-text",
             initial=lambda row, user: {"paper_kind": row.paper_kind, "paper_no": row.paper_no, "paper_until": row.paper_until}),
        verb(actions.confirm_count, label=_("Confirm the head count"), icon="list-check", button=False, initial=today_given),
        verb(actions.set_menu, label=_("Set the menu"), button=False, initial=today_given),
        verb(actions.take_sample, label=_("Keep samples"), button=False, initial=today_given),
        verb(actions.discard_samples, label=_("Discard samples"), button=False,
             ask=_("Every sample that was kept long enough is discarded now.")),
        verb(actions.log_hygiene, label=_("Enter the checklist"), button=False, initial=today_given),
        verb(actions.put_on_duty, label=_("Put a cook on duty"), button=False,
             initial=lambda row, user: {"since": today(), "last": today()}),
        verb(actions.buy, label=_("Enter supplies"), button=False, initial=today_given),
        verb(actions.add_cook, label=_("Add a cook"), button=False),
        verb(actions.receive_donation, label=_("Enter a donation"), button=False, initial=today_given),
        verb(actions.serve_diner, label=_("Enter a meal"), button=False, initial=today_given),
        verb(actions.serve_card, label=_("Serve by card"), button=False),
        verb(actions.find_absent, label=_("Find absent diners"), button=False, initial=today_given,
             ask=_("Somebody will check on everybody who was expected and did not come.")),
        verb(actions.close_day, label=_("Close the day"), icon="lock", button=False, initial=today_given,
             ask=_("The day's meals are posted to those who pay for them. Errors can be reversed afterwards.")),
    ],
    detail_template="canteens/detail.html",
    nav=NavItem("service", "soup", 70),
    empty=_("No canteen is set up here yet. Set up one of the register."),
)  # fmt: skip

menus = record(
    MenuDay,
    slug="canteen-menus",
    right="canteens.view",
    title=_("Menus"),
    one=_("Menu of a meal"),
    columns=[
        spec.link("on", _("Day"), show=lambda row: f"{row.on:%Y-%m-%d}", sort="on"),
        columns.meal(),
        columns.canteen(),
        spec.text("dishes", _("Dishes"), show=lambda row: row.dish_names),
        spec.text("allergens", _("Allergens"), show=lambda row: row.allergen_names),
    ],
    filters=[by_canteen(), by_meal(), spec.date_range("on"), spec.region_filter()],
    order=("-on", "id"),
    panels={_("Menu of a meal"): ["on", columns.meal(), columns.canteen(), spec.text("dishes", _("Dishes"), show=lambda row: row.dish_names),
                        spec.text("allergens", _("Allergens"), show=lambda row: row.allergen_names), "by", "at"]},
    empty=_("No menu yet. Set it on the page of a canteen."),
)  # fmt: skip

counts = record(
    HeadCount,
    slug="head-counts",
    right="canteens.view",
    title=_("Head counts"),
    one=_("Head count"),
    columns=[
        spec.link("on", _("Day"), show=lambda row: f"{row.on:%Y-%m-%d}", sort="on"),
        columns.meal(),
        columns.canteen(),
        spec.number("expected"),
        spec.number("counted"),
        spec.number("delivered"),
        spec.state("late", _("Confirmed"), show=lambda row: "late" if row.late else "in_time",
                   label_of=lambda row: str(_("Confirmed late") if row.late else _("In time")), tones={"late": "warn", "in_time": "ok"}),
    ],
    filters=[by_canteen(), by_meal(), spec.date_range("on"), spec.flag("late", _("Confirmed late")), spec.region_filter()],
    order=("-on", "id"),
    panels={_("Head count"): ["on", columns.meal(), columns.canteen(), "expected", "counted", "delivered", "by", "at"]},
    empty=_("No head count was confirmed yet."),
)  # fmt: skip
