"""Workers who call for help: the phone's way in, the list, and what stands above the board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker, organisation_column, worker_column
from songhe.areas.visits import actions
from songhe.areas.visits.models import Sos
from songhe.core.refusal import Refused
from songhe.engines.access.api import User
from songhe.engines.vault.api import reveal_json
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said
from songhe.kit.spec import flag, link, number, panel, record, region, region_filter, state, text, verb, when
from songhe.kit.who import who

TONES = {"calling": "danger", "answered": "warn", "ended": "muted"}


def worker_of(user: User) -> Worker | None:
    """Whose phone it is."""
    scope = user.scope("visits.check_in")
    found: Worker | None = Worker.objects.within(scope).filter(pk__in=scope.holders).first()
    return found


def _called(request: HttpRequest) -> HttpResponse:
    """A phone calls, or repeats its call; the answer says whether somebody takes care."""
    user = who(request)
    worker = worker_of(user)
    wants_json = request.headers.get("Accept") == "application/json"
    if request.method != "POST" or worker is None:
        return redirect("visits.today")
    try:
        sos = _heard(request, user, worker)
    except Refused as refusal:
        return JsonResponse({"text": said(refusal)}, status=422)
    if not wants_json:
        return redirect("visits.today")
    by = gettext("{name} is handling it.").format(name=sos.answered_by) if sos.answered_at else ""
    return JsonResponse({"answered": sos.answered_at is not None, "by": by})


def _heard(request: HttpRequest, user: User, worker: Worker) -> Sos:
    form = {name: request.POST.get(name, "").strip()[:24] for name in ("lon", "lat", "accuracy")}
    try:
        press = UUID(request.POST.get("press", "")[:40])
    except ValueError:
        press = uuid4()
    exact = int(form["accuracy"]) if form["accuracy"].isdecimal() and form["accuracy"].isascii() else None
    try:
        return actions.call_for_help(
            worker, actor=user, at=now(), press=press, lon=form["lon"], lat=form["lat"], accuracy=exact
        )
    except Refused as refusal:
        if refusal.field != "lon":
            raise
        return actions.call_for_help(worker, actor=user, at=now(), press=press)  # help before places


def _step_name(row: Sos) -> str:
    return str(
        {"calling": _("Calls for help"), "answered": _("Responded"), "ended": _("Call for help ended")}[
            row.step
        ]
    )


def _where(row: Sos, request: Any) -> Mapping[str, Any]:
    return {"place": reveal_json(row.pk, row.place_sealed) if row.place_sealed else None}


def _open(rows: Any, yes: bool) -> Any:
    return rows.filter(ended_at=None) if yes else rows.exclude(ended_at=None)


def calling(user: User) -> list[Sos]:
    """Calls that are not over, the oldest first."""
    rows = Sos.objects.within(user.scope("visits.sos")).filter(ended_at=None)
    return list(rows.order_by("called_at", "id")[:20])


sos_page = page(
    "visits.sos", path="today/sos/", title=_("Call for help"), right="visits.check_in", view=_called
)
calls_for_help = record(
    Sos,
    slug="sos",
    right="visits.sos",
    title=_("Calls for help"),
    one=_("Call for help"),
    columns=[
        link("called_at", _("Called for help at"), show=str, sort="called_at"),
        worker_column(_("Worker")),
        organisation_column(_("Organisation")),
        region("region"),
        number("times"),
        when("last_at"),
        state("step", _("State"), label_of=_step_name, tones=TONES),
    ],
    filters=[region_filter(), flag("open", _("Not ended"), narrow=_open)],
    order=("-called_at", "id"),
    detail_template="visits/detail.html",
    panels={
        _("Call for help"): [
            worker_column(_("Worker")),
            text("phone", _("Telephone"), show=lambda row: row.worker.phone_masked),
            organisation_column(_("Organisation")),
            when("called_at"),
            when("last_at"),
            number("times"),
            when("answered_at", optional=True),
            text("answered_by", optional=True),
            when("ended_at", optional=True),
            text("words", wide=True, optional=True),
        ],
        _("Place"): panel("visits/sos_place.html", query=_where),
    },
    verbs=[
        verb(
            actions.answer_sos,
            label=_("I am handling it"),
            primary=True,
            icon="lifebuoy",
            when=lambda row, user: row.answered_at is None,
        ),
        verb(actions.end_sos, label=_("End the call"), when=lambda row, user: row.ended_at is None),
    ],
    nav=NavItem("service", "lifebuoy", 55),
    empty=_("No worker called for help."),
)
