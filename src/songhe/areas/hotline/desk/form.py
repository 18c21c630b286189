"""The one form of an open call: everything that it may bring; what is not needed stays empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import queries
from songhe.areas.hotline.actions import Closing, Newcomer, Triaged, Wish, triage
from songhe.areas.hotline.city import branch_of, tree
from songhe.areas.hotline.models import Consent, Outcome, Purpose, Relation
from songhe.areas.hotline.rules import Window, quick_windows, window_of
from songhe.areas.hotline.rules.windows import repeat_of
from songhe.areas.providers.api import Organisation, grouped_items, said
from songhe.areas.visits.api import PaidBy
from songhe.kit.fields import MomentField
from songhe.kit.picker import RegionField

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
REPEAT_NAMES = [
    ("", _("Once")),
    ("daily7", _("Every day, 7 times")),
    ("weekly4", _("Every week, 4 times")),
    ("weekly8", _("Every week, 8 times")),
    ("weekly12", _("Every week, 12 times")),
    ("fortnight6", _("Every two weeks, 6 times")),
    ("monthly3", _("Every month, 3 times")),
]
TRIAGE = "triage_"
"""Answers of a triage are fields of their own: this and the code of the question."""


class DeskForm(forms.Form):
    """Everything that one call may bring, on one form; what is not needed stays empty."""

    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    new_name = forms.CharField(label=_("Name"), max_length=60, required=False)
    new_address = forms.CharField(label=_("Address"), max_length=200, required=False)
    relation = forms.ChoiceField(label=_("Caller"), choices=Relation.choices, initial=Relation.SELF)
    caller = forms.CharField(label=_("Name of the caller"), max_length=60, required=False)
    consent = forms.ChoiceField(
        label=_("How the person agrees"), choices=[("", "—"), *Consent.choices], required=False
    )
    matter = forms.ChoiceField(label=_("Matter"), required=False)
    item = forms.ChoiceField(label=_("Service"), required=False)
    window = forms.ChoiceField(label=_("When"), required=False, widget=forms.RadioSelect)
    wanted_from = MomentField(label=_("Wanted from"), required=False)
    wanted_until = MomentField(label=_("Wanted until"), required=False)
    repeat = forms.ChoiceField(label=_("How often"), choices=REPEAT_NAMES, required=False)
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
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.at = timezone.localtime(at)
        scope = user.scope("hotline.answer")
        self.fields["new_region"] = RegionField(scope=scope, label=_("Lives in"), required=False)
        self.organisations: Mapping[str, Organisation] = {
            str(row.pk): row for row in queries.organisations(user.scope("providers.view").shared)
        }
        groups = [(name, [(i.code, said(i.label)) for i in items]) for name, items in grouped_items()]
        self._choose("item", [("", gettext("No service")), *groups])
        self._choose(
            "matter", [("", "—"), *((code, said(one.label)) for code, one in tree().branches.items())]
        )
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
            self.add_error("window", _("Choose when somebody should come."))
            return
        values["wanted_from"], values["wanted_until"] = found.since, found.until

    def newcomer(self) -> Newcomer | None:
        """The person entered as new."""
        values = self.cleaned_data
        if not values["new_name"] or values["person"]:
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
            repeat=repeat_of(values["repeat"]),
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
            matter=values["matter"],
            caller=values["caller"],
            consent=values["consent"],
            triage=self.triaged(),
        )

    def triaged(self) -> Triaged | None:
        """What the answers of the triage led to; None where nothing was asked."""
        branch = branch_of(self.cleaned_data["matter"])
        answers = answers_in(self.data)
        return triage(branch.triage, answers, at=self.at) if branch and branch.triage and answers else None


def answers_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The answers of a triage among the fields of a form."""
    return {
        name.removeprefix(TRIAGE): str(data[name])[:40]
        for name in data
        if name.startswith(TRIAGE) and data[name]
    }


def _window_text(window: Window) -> str:
    return f"{WINDOW_NAMES[window.code]} {window.since:%H:%M}–{window.until:%H:%M}"
