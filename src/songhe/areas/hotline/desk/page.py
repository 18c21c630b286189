"""The agent's desk: from the ringing telephone to the order on one page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import actions, queries
from songhe.areas.hotline.actions import Closing, Newcomer, Wish
from songhe.areas.hotline.line import line
from songhe.areas.hotline.models import Call, Outcome, Purpose, Relation
from songhe.areas.hotline.rules import Window, quick_windows, window_of
from songhe.areas.providers.api import Organisation, grouped_items, said
from songhe.areas.registry.api import Person
from songhe.areas.stays.api import PLACES, BedKind, summed, vacancies
from songhe.areas.visits.api import PaidBy, person_names
from songhe.core.refusal import Refused
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.fields import MomentField
from songhe.kit.picker import RegionField
from songhe.kit.refusals import said as refusal_text
from songhe.kit.refusals import status_of
from songhe.kit.who import who

OTHER_TIME = "other"
NEAREST, LATER = "nearest", "later"
WINDOW_NAMES = {
    "soon": _("As soon as possible"),
    "today_am": _("This morning"),
    "today_pm": _("This afternoon"),
    "tomorrow_am": _("Tomorrow morning"),
    "tomorrow_pm": _("Tomorrow afternoon"),
    "after_am": _("Morning after next"),
    "after_pm": _("Afternoon after next"),
}


class DeskForm(forms.Form):
    """Everything that one call may bring, on one form; what is not needed stays empty."""

    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    new_name = forms.CharField(label=_("Name"), max_length=60, required=False)
    new_address = forms.CharField(label=_("Address"), max_length=200, required=False)
    relation = forms.ChoiceField(label=_("Caller"), choices=Relation.choices, initial=Relation.SELF)
    item = forms.ChoiceField(label=_("Service"), required=False)
    window = forms.ChoiceField(label=_("When"), required=False, widget=forms.RadioSelect)
    wanted_from = MomentField(label=_("Wanted from"), required=False)
    wanted_until = MomentField(label=_("Wanted until"), required=False)
    paid_by = forms.ChoiceField(
        label=_("Paid by"), choices=PaidBy.choices, widget=forms.RadioSelect, required=False
    )
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    purpose = forms.ChoiceField(
        label=_("Matter"),
        choices=[p for p in Purpose.choices if p[0] != Purpose.FOLLOW_UP],
        initial=Purpose.ORDER,
    )
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, user: Any, at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.at = timezone.localtime(at)
        scope = user.scope("hotline.answer")
        self.fields["new_region"] = RegionField(scope=scope, label=_("Lives in"), required=False)
        self.organisations: Mapping[str, Organisation] = {
            str(row.pk): row for row in queries.organisations(user.scope("providers.view"))[:200]
        }
        groups = [(name, [(i.code, said(i.label)) for i in items]) for name, items in grouped_items()]
        self._choose("item", [("", gettext("No service")), *groups])
        self._choose(
            "window",
            [*((w.code, _window_text(w)) for w in quick_windows(self.at)), (OTHER_TIME, _("Another time"))],
        )
        picks = [(NEAREST, _("Nearest that is free")), (LATER, _("Decide later"))]
        self._choose("organisation", [*picks, *((key, row.name) for key, row in self.organisations.items())])
        left_out = (Outcome.ORDERED, Outcome.RATED, Outcome.COMPLAINED)
        self._choose("outcome", [(o.value, o.label) for o in Outcome if o not in left_out])

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field by its declaration

    def clean(self) -> dict[str, Any]:
        """What one field alone cannot tell."""
        values = super().clean() or {}
        if values.get("new_name") and not values.get("new_region") and "new_region" not in self.errors:
            self.add_error("new_region", _("Say in which village or community the person lives."))
        if values.get("item"):
            self._clean_window(values)
        return values

    def _clean_window(self, values: dict[str, Any]) -> None:
        chosen = values.get("window") or ""
        if chosen == OTHER_TIME:
            if not values.get("wanted_from") or not values.get("wanted_until"):
                self.add_error("window", _("Fill in both times, or choose one of those offered."))
            return
        found = window_of(chosen, self.at)
        if found is None:
            self.add_error("window", _("Choose when somebody shall come."))
            return
        values["wanted_from"], values["wanted_until"] = found.since, found.until

    def newcomer(self) -> Newcomer | None:
        """The person entered as new."""
        values = self.cleaned_data
        if not values["new_name"]:
            return None
        return Newcomer(name=values["new_name"], region=values["new_region"], address=values["new_address"])

    def wish(self) -> Wish | None:
        """What is to be ordered."""
        values = self.cleaned_data
        if not values["item"]:
            return None
        return Wish(
            item=values["item"],
            wanted_from=values["wanted_from"],
            wanted_until=values["wanted_until"],
            paid_by=PaidBy(values["paid_by"] or PaidBy.ENTITLEMENT),
            organisation=self.organisations.get(values["organisation"]),
            nearest=values["organisation"] in ("", NEAREST),
        )

    def closing(self) -> Closing:
        """How the call ends."""
        values = self.cleaned_data
        complaint = values["purpose"] == Purpose.COMPLAINT
        return Closing(
            purpose=Purpose(values["purpose"]),
            outcome=Outcome.COMPLAINED if complaint else Outcome(values["outcome"] or Outcome.ANSWERED),
            relation=Relation(values["relation"]),
            note=values["note"],
        )


def _window_text(window: Window) -> str:
    return f"{WINDOW_NAMES[window.code]} {window.since:%H:%M}–{window.until:%H:%M}"


def desk(request: HttpRequest) -> HttpResponse:
    """The number of a new call, and calls that are still open."""
    user = who(request)
    error = ""
    if request.method == "POST":
        try:
            call = actions.answer(actor=user, at=now(), number=request.POST.get("number", ""))
            return redirect("hotline.call", pk=call.pk)
        except Refused as refusal:
            error = refusal_text(refusal)
    context = {
        "page_title": gettext("Desk"),
        "line": line(),
        "line_name": said(line().name),
        "open_calls": queries.open_calls(user.pk)[:10],
        **_waiting(user),
        "free": _free(user, timezone.localdate(now())),
        "number": request.POST.get("number", "")[:30],
        "error": error,
    }
    return render(request, "hotline/desk.html", context, status=422 if error else 200)


def _waiting(user: Any) -> dict[str, Any]:
    """What an agent can do between two calls; a scope without the right reaches nothing."""
    due = queries.due(user.scope("hotline.follow_up"))
    rows = list(due[:8])
    names = person_names(row.person_id for row in rows)
    return {
        "due": due.count(),
        "due_rows": [(row, names.get(row.person_id, "")) for row in rows],
        "complaints": queries.open_complaints(user.scope("hotline.escalate"))[:6],
    }


def _free(user: Any, day: date) -> list[tuple[str, int]]:
    """What is free today of each kind in the agent's regions; counts alone."""
    if not user.may("stays.vacancy"):
        return []
    counts = summed(
        row for low, high in user.scope("stays.vacancy").areas for row in vacancies(day, low=low, high=high)
    )
    kinds = (*BedKind.choices, (PLACES, gettext("Day places")))
    return [(str(label), counts[code].free) for code, label in kinds if code in counts]


def call_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One open call: who, what they may have, what they want."""
    user = who(request)
    at = now()
    call: Call = Call.objects.take(pk, user.scope("hotline.answer"))
    if not call.is_open:
        return redirect("calls.detail", pk=call.pk)
    if request.method == "POST":
        form = DeskForm(request.POST, user=user, at=at)
        if form.is_valid():
            done = _served(request, call, form, at)
            if done is not None:
                return done
        return _shown(request, call, form, at, status=422)
    return _shown(
        request, call, DeskForm(user=user, at=at, initial={"organisation": NEAREST, "window": "soon"}), at
    )


def _served(request: HttpRequest, call: Call, form: DeskForm, at: datetime) -> HttpResponse | None:
    user = who(request)
    content = {
        name: request.POST.getlist(name)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "_key")
    }
    try:
        with once(
            request.POST.get("_key"), actor=user, digest=digest_of([request.path, content]), at=at
        ) as slot:
            if slot.done is None:
                done = actions.serve(
                    call,
                    actor=user,
                    at=at,
                    closing=form.closing(),
                    person=_person(user, form.cleaned_data["person"]),
                    newcomer=form.newcomer(),
                    wish=form.wish(),
                )
                slot.store({"order": str(done.order_id or "")})
    except Refused as refusal:
        if status_of(refusal) != 422:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal_text(refusal))
        return None
    messages.success(request, gettext("The call is closed."))
    return redirect("hotline.desk")


def _person(user: Any, pk: UUID | None) -> Person | None:
    return Person.objects.take(pk, user.scope("registry.view")) if pk else None


def _shown(
    request: HttpRequest, call: Call, form: DeskForm, at: datetime, *, status: int = 200
) -> HttpResponse:
    user = who(request)
    scope = user.scope("registry.view")
    words = request.GET.get("q", "")
    persons = queries.found(words, scope) if words else queries.callers(call.number, scope)
    picked = _picked(request, form, persons, scope)
    known = queries.standing(picked, user.scope("visits.view"), timezone.localdate(at)) if picked else None
    if not form.is_bound and known:
        form.initial["person"] = known.person.pk
        form.initial["paid_by"] = PaidBy.ENTITLEMENT if known.minutes_left > 0 else PaidBy.SELF
    context = {
        "page_title": gettext("Call"),
        "call": call,
        "form": form,
        "persons": persons,
        "picked": picked,
        "known": known,
        "words": words,
        "key": request.POST.get("_key") or uuid4().hex,
    }
    return render(request, "hotline/call.html", context, status=status)


def _picked(request: HttpRequest, form: DeskForm, persons: list[Person], scope: Any) -> Person | None:
    asked = request.POST.get("person") if form.is_bound else request.GET.get("person")
    if asked:
        try:
            return Person.objects.within(scope).filter(pk=UUID(asked)).first()
        except ValueError:
            return None
    return persons[0] if len(persons) == 1 and not request.GET.get("new") and not form.is_bound else None
