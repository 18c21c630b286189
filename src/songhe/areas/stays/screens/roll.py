"""The roll of a day: one tap for each person, today at once, an earlier day with the reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.stays import actions
from songhe.areas.stays.models import Centre, Coming, DayPlace
from songhe.areas.stays.queries import day_care as days
from songhe.core.refusal import Hidden, Refused
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now, today
from songhe.kit.pages import page
from songhe.kit.refusals import said, status_of
from songhe.kit.spec import url_of
from songhe.kit.who import who

MEALS = (0, 1, 2, 3)


def roll(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the roll of a centre; a tap enters one line of it."""
    scope = who(request).scope("stays.view")
    centre = Centre.objects.within(scope).filter(facility=pk).select_related("facility").first()
    if centre is None:
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=Facility._meta.verbose_name,
        )
    day = _day(request.POST.get("day") or request.GET.get("day", ""))
    error = ""
    if request.method == "POST":
        try:
            _tap(request, day)
            return redirect(
                f"{reverse('stays.roll', args=[pk])}?day={day.isoformat()}#p{request.POST.get('place', '')[:40]}"
            )
        except Refused as refusal:
            if status_of(refusal) != 422:
                raise
            error = said(refusal)
    context = _shown(request, centre, day) | {
        "error": error,
        "late_why": request.POST.get("late_why", "")[:200],
    }
    return render(request, "stays/roll.html", context, status=422 if error else 200)


def _tap(request: HttpRequest, day: date) -> None:
    user, at, sent = who(request), now(), request.POST
    place: DayPlace = DayPlace.objects.take(_key(sent.get("place", "")), user.scope("stays.day_care"))
    coming, meals, why = sent.get("coming", ""), sent.get("meals", "0"), sent.get("late_why", "")
    if coming not in Coming.values or not (meals.isdecimal() and len(meals) == 1):
        raise Refused("roll_value", "Tap “Present” or “Absent” and choose the meals.")
    content = [request.path, str(place.pk), day.isoformat(), coming, meals, why]
    with once(sent.get("_key"), actor=user, digest=digest_of(content), at=at) as slot:
        if slot.done is None:
            done = actions.mark(
                place, actor=user, at=at, day=day, coming=Coming(coming), meals=int(meals), late_why=why[:400]
            )
            slot.store({"line": str(done.pk)})


def _shown(request: HttpRequest, centre: Centre, day: date) -> dict[str, Any]:
    user = who(request)
    lines = days.roll(centre.facility_id, user.scope("stays.view"), day)
    entered = [line.entered for line in lines if line.entered]
    present = sum(line.coming == Coming.PRESENT for line in entered)
    return {
        "page_title": centre.facility.name,
        "centre": centre,
        "centre_url": url_of(centre),
        "lines": [(line, uuid4().hex, url_of(line.entered) if line.entered else "") for line in lines],
        "day": day,
        "is_today": day == today(),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today() else None,
        "present": present,
        "absent": len(entered) - present,
        "missing": sum(line.entered is None and line.lives is None for line in lines),
        "closed": day.isoweekday() not in centre.open_days,
        "may": user.may("stays.day_care"),
        "meals": MEALS,
    }


def _day(text: str) -> date:
    """The day asked for; today where none was, or nothing that is a day."""
    try:
        return min(date.fromisoformat(text), today()) if text else today()
    except ValueError:
        return today()


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


page(
    "stays.roll", path="day-roll/<uuid:pk>/", title=_("Attendance of the day"), right="stays.view", view=roll
)
