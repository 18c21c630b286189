"""The counter of a canteen: a card is scanned or a code typed and the meal is served at once; the names stand below."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import actions
from songhe.areas.canteens.cards import PARAMETER, diner_of
from songhe.areas.canteens.limits import meal_name, terms
from songhe.areas.canteens.models import Canteen, Diner, Meal
from songhe.areas.canteens.queries import table
from songhe.core.refusal import Refused
from songhe.engines.acts.api import once, record_read
from songhe.engines.acts.models import Act
from songhe.engines.acts.once import digest_of
from songhe.engines.vault.api import open_keys, reveal_with
from songhe.kit.clock import now, today
from songhe.kit.pages import page
from songhe.kit.refusals import said as told
from songhe.kit.refusals import status_of
from songhe.kit.who import who
from songhe.kit.words import yuan

RIGHT = "canteens.serve"
READ = "canteens.read_diet"


def _counter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Serve by card, code or name; what is sent twice is done once, a second meal is refused in kind words."""
    user = who(request)
    canteen: Canteen = Canteen.objects.take(pk, user.scope(RIGHT))
    meal = _meal(canteen, request)
    if request.method != "POST":
        return _drawn(request, canteen, meal)
    try:
        _serve(request, canteen, meal)
    except Refused as refusal:
        if status_of(refusal) != 422:
            raise
        return _drawn(request, canteen, meal, refusal=told(refusal))
    return redirect(f"{reverse('canteens.counter', args=[canteen.pk])}?meal={meal}")


def _serve(request: HttpRequest, canteen: Canteen, meal: str) -> None:
    user, at = who(request), now()
    said, diner = request.POST.get("said", "").replace("\0", ""), _key(request.POST.get("diner", ""))
    digest = digest_of([request.path, said, str(diner), meal])
    with once(request.POST.get("_key"), actor=user, digest=digest, at=at) as slot:
        if slot.done is not None:
            messages.success(request, slot.done["text"])
            return
        if diner is not None:
            served = actions.serve_diner(canteen, actor=user, at=at, diner=diner, on=today(), meal=meal)
        else:
            served = actions.serve_card(canteen, actor=user, at=at, said=said, meal=meal)
        text = _words(served)
        slot.store({"text": text})
    messages.success(request, text)


def _words(served: Meal) -> str:
    name, meal = served.diner.person.name, meal_name(served.meal)
    if not served.diner_fen:
        return gettext("{name}: {meal}, free").format(name=name, meal=meal)
    return gettext("{name}: {meal}, {yuan} yuan to pay").format(
        name=name, meal=meal, yuan=yuan(served.diner_fen)
    )


def _drawn(request: HttpRequest, canteen: Canteen, meal: str, *, refusal: str = "") -> HttpResponse:
    user, day = who(request), today()
    found = table.today_of(canteen, day, meal)
    notes = _diets(found.expected, user)
    rows = [
        {
            "diner": one,
            "name": one.person.name,
            "meal": found.served.get(one.person_id),
            "diet": notes.get(one.pk, ""),
        }
        for one in found.expected
    ]
    rows.sort(key=lambda row: row["meal"] is not None)
    context = {
        "page_title": canteen.name,
        "canteen": canteen,
        "back": reverse("canteens.detail", args=[canteen.pk]),
        "meal": meal,
        "meal_name": meal_name(meal),
        "meals": [(code, meal_name(code)) for code in canteen.meals],
        "day": day,
        "rows": rows,
        "guests": found.guests,
        "came": found.came,
        "count": found.count,
        "closed": found.closed,
        "said": request.GET.get(PARAMETER, "")[:400],
        "key": uuid4().hex,
        "refusal": refusal,
        "others": _others(
            canteen, day, {one.pk for one in found.expected}, {one.person_id for one in found.guests}
        ),
    }
    return render(request, "canteens/counter.html", context, status=422 if refusal else 200)


def _others(canteen: Canteen, on: date, expected: set[UUID], served: set[UUID]) -> list[Diner]:
    """Diners who are not expected today and may come all the same."""
    return [
        one for one in table.enrolled(canteen, on) if one.pk not in expected and one.person_id not in served
    ]


def _diets(diners: list[Diner], user: Any) -> dict[UUID, str]:
    """Diet notes for whoever serves; that they were read is logged once a day for each."""
    wanted = [one for one in diners if one.has_diet]
    if not wanted:
        return {}
    at = now()
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    seen = set(
        Act.objects.filter(
            verb=READ, actor_id=user.pk, subject_id__in=[one.pk for one in wanted], at__gte=start
        ).values_list("subject_id", flat=True)
    )
    for one in wanted:
        if one.pk not in seen:
            record_read(READ, one, actor=user, at=at, purpose="kitchen")
    keys = open_keys(one.person_id for one in wanted)
    return {
        one.pk: reveal_with(keys[one.person_id], one.person_id, one.diet_sealed)
        for one in wanted
        if one.person_id in keys
    }


def _meal(canteen: Canteen, request: HttpRequest) -> str:
    asked = request.POST.get("meal") or request.GET.get("meal") or ""
    if asked in canteen.meals:
        return asked
    here = terms().meal_now(timezone.localtime(now()).time())
    return here if here in canteen.meals else canteen.meals[0]


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _card(request: HttpRequest) -> HttpResponse:
    """Where the code of a card leads: to the counter of its canteen, for whoever serves there."""
    diner = diner_of(request.GET.get(PARAMETER, ""))
    canteen: Canteen = Canteen.objects.take(diner.canteen_id, who(request).scope(RIGHT))
    said = request.GET.get(PARAMETER, "")
    return redirect(f"{reverse('canteens.counter', args=[canteen.pk])}?{PARAMETER}={said}")


counter = page(
    "canteens.counter",
    path="canteen-counter/<uuid:pk>/",
    title=_("Serving meals"),
    right=RIGHT,
    view=_counter,
)
card = page("canteens.card", path="meal-card/", title=_("Meal card"), right=RIGHT, view=_card)
