"""Weekly rolls: the list, the sheet to print, and the grid in which it is entered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import actions, columns
from songhe.areas.canteens.limits import meal_name
from songhe.areas.canteens.models import Canteen, Diner, Meal, Roll
from songhe.areas.canteens.queries import table
from songhe.areas.canteens.rules.days import told_apart
from songhe.areas.canteens.screens.common import ROLL_TONES, by_canteen
from songhe.core.refusal import Refused
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.engines.vault.models import Attachment
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import problem, said, status_of
from songhe.kit.spec import panel, record
from songhe.kit.who import who
from songhe.kit.words import WEEKDAYS, is_chinese

RIGHT = "canteens.roll"
FIELD = "box"
PHOTO = "photo"


def _enter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The grid of a roll; it can be filled in without network and is sent once."""
    roll: Roll = Roll.objects.take(pk, who(request).scope(RIGHT))
    if request.method != "POST":
        return _drawn(request, roll)
    ticks = _ticks(request, roll)
    try:
        url = _entered(request, roll, ticks)
    except Refused as refusal:
        if status_of(refusal) != 422:
            raise
        if _wants_json(request):
            return JsonResponse(problem(refusal), status=422)
        return _drawn(request, roll, ticks=ticks, refusal=said(refusal))
    return JsonResponse({"url": url}) if _wants_json(request) else redirect(url)


def _entered(request: HttpRequest, roll: Roll, ticks: set[actions.Box]) -> str:
    user, at = who(request), now()
    photo = request.FILES.get(PHOTO)
    sent = [request.path, sorted(request.POST.getlist(FIELD)), request.POST.get("seen", "")]
    with once(request.POST.get("_key"), actor=user, digest=digest_of(sent), at=at) as slot:
        url = reverse("canteen-rolls.detail", args=[roll.pk])
        if slot.done is None:
            shown = photo if isinstance(photo, UploadedFile) else None
            actions.enter_roll(
                roll, actor=user, at=at, ticks=ticks, seen=_whole(request.POST.get("seen", "")), photo=shown
            )
            slot.store({"url": url})
            messages.success(request, gettext("The attendance sheet is entered."))
    return url


def _ticks(request: HttpRequest, roll: Roll) -> set[actions.Box]:
    """The ticked boxes; what is no box of this roll is left out."""
    out: set[actions.Box] = set()
    for text in request.POST.getlist(FIELD):
        diner, _dot, rest = text.partition(".")
        meal, _dot, day = rest.partition(".")
        if diner in roll.diners and meal in roll.meals and day in {one.isoformat() for one in roll.days}:
            out.add(((diner, meal), date.fromisoformat(day)))
    return out


def _drawn(
    request: HttpRequest, roll: Roll, *, ticks: set[actions.Box] | None = None, refusal: str = ""
) -> HttpResponse:
    roll.refresh_from_db()
    diners = actions.diners_of(roll)
    canteen = Canteen.everywhere.get(pk=roll.canteen_id)
    closed, day = table.closed_days(canteen, roll.monday, roll.last), today()
    held = _held(roll, diners)
    marked = set(held) if ticks is None else ticks
    columns_of = [
        {"day": on, "meal": meal, "week": str(WEEKDAYS[on.weekday()]),
            "short": _short(on), "of": meal_name(meal)[:1] if len(roll.meals) > 1 else "",
         "shut": on in closed or on > day, "now": on == day}
        for on in roll.days
        for meal in roll.meals
    ]  # fmt: skip
    names = told_apart([one.person.name for one in diners])
    lines = [
        (name, [_box(one, column, marked, held, roll) for column in columns_of])
        for name, one in zip(names, diners, strict=True)
    ]
    context = {
        "page_title": gettext("Enter the attendance sheet"),
        "roll": roll,
        "canteen": canteen,
        "back": reverse("canteen-rolls.detail", args=[roll.pk]),
        "columns": columns_of,
        "lines": lines,
        "photo": _photo(roll),
        "refusal": refusal,
        "offline_page": "/canteen-rolls/",
    }
    return render(request, "canteens/roll.html", context, status=422 if refusal else 200)


def _held(roll: Roll, diners: list[Diner]) -> dict[actions.Box, Meal]:
    persons = {one.person_id: str(one.pk) for one in diners}
    rows = Meal.everywhere.filter(
        canteen_id=roll.canteen_id,
        person_id__in=list(persons),
        on__range=(roll.monday, roll.last),
        voided_at=None,
    )
    return {((persons[row.person_id], row.meal), row.on): row for row in rows}


def _box(
    diner: Diner,
    column: Mapping[str, Any],
    marked: set[actions.Box],
    held: Mapping[actions.Box, Meal],
    roll: Roll,
) -> dict[str, Any]:
    key = ((str(diner.pk), column["meal"]), column["day"])
    meal = held.get(key)
    elsewhere = meal is not None and meal.roll_id != roll.pk
    return {
        "value": f"{diner.pk}.{column['meal']}.{column['day'].isoformat()}",
        "ticked": key in marked,
        "shut": column["shut"] or elsewhere or not diner.eats_on(column["day"]),
        "now": column["now"],
        "label": f"{diner.person.name} {column['day']:%m-%d} {meal_name(column['meal'])}",
    }


def _short(on: date) -> str:
    """A weekday in as few signs as a phone has room for."""
    name = str(WEEKDAYS[on.weekday()])
    return name[-1] if is_chinese() else name[:2]


def _photo(roll: Roll) -> Attachment | None:
    return Attachment.everywhere.filter(pk=roll.photo_id).first() if roll.photo_id else None


def _sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The roll to print."""
    from songhe.areas.canteens import papers  # loads a large library, which few requests need

    roll: Roll = Roll.objects.take(pk, who(request).scope(RIGHT))
    canteen = Canteen.everywhere.get(pk=roll.canteen_id)
    address = request.build_absolute_uri(reverse("canteens.roll_enter", args=[roll.pk]))
    body = papers.roll_paper(roll, canteen, actions.diners_of(roll), address, at=now())
    heads = {"Content-Disposition": f'inline; filename="roll-{roll.number}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=heads)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


enter_page = page(
    "canteens.roll_enter", path="canteen-rolls/<uuid:pk>/enter/", title=_("Enter the attendance sheet"), right=RIGHT, view=_enter,
    offline="/canteen-rolls/",
)  # fmt: skip
sheet_page = page(
    "canteens.roll_sheet",
    path="canteen-rolls/<uuid:pk>/sheet.pdf",
    title=_("Weekly attendance sheet"),
    right=RIGHT,
    view=_sheet,
)


def _after(row: Roll, request: HttpRequest) -> Mapping[str, Any]:
    return {
        "roll": row,
        "photo": _photo(row),
        "meals": Meal.everywhere.filter(roll=row, voided_at=None).count(),
        "may": who(request).may(RIGHT),
    }


rolls = record(
    Roll,
    slug="canteen-rolls",
    right="canteens.view",
    title=_("Weekly attendance sheets"),
    one=_("Weekly attendance sheet"),
    intro=_("The cook ticks the printed sheet; somebody of the village takes its picture and enters the ticks."),
    columns=[
        spec.link("number", sort="number", show=lambda row: row.number),
        columns.canteen(),
        spec.day("monday", sort="monday", note=lambda row: f"– {row.last:%Y-%m-%d}"),
        spec.number("names", _("Number of diners"), show=lambda row: len(row.diners)),
        spec.state("state", tones=ROLL_TONES, sort="state"),
        spec.yes_no("photo", _("Picture"), show=lambda row: row.photo_id is not None),
        spec.text("entered_by"),
    ],
    filters=[by_canteen(), spec.choice("state"), spec.date_range("monday"), spec.region_filter()],
    search=("number",),
    order=("-monday", "-id"),
    state=spec.state("state", tones=ROLL_TONES),
    subheading=lambda row: f"{row.monday:%Y-%m-%d} – {row.last:%Y-%m-%d}",
    panels={
        _("Attendance sheet on paper"): panel("canteens/roll_panel.html", query=_after),
        _("Weekly attendance sheet"): [
            columns.canteen(), spec.day("monday"), spec.number("names", _("Number of diners"), show=lambda row: len(row.diners)),
            spec.text("meals", _("Which meals"), show=lambda row: " · ".join(meal_name(code) for code in row.meals)),
        ],
    },
    aside={_("Printed and entered"): ["printed_by", "printed_at", "entered_by", "entered_at"], _("History"): spec.history()},
    detail_template="canteens/detail.html",
    nav=NavItem("service", "list-check", 72),
    empty=_("No attendance sheet yet. Make one for a week on the page of a canteen."),
)  # fmt: skip
