"""The worklist of persons who need an assessment, with several to be asked for at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment import actions
from songhe.areas.assessment.actions.asking import AT_ONCE
from songhe.areas.assessment.queries.needs import condition, needing, why_of
from songhe.areas.assessment.rules.needs import Need, Why
from songhe.areas.registry.api import Person, search
from songhe.core.refusal import Refused
from songhe.kit import filters, spec
from songhe.kit.clock import now, today
from songhe.kit.columns import Link, Plain, Text
from songhe.kit.markup import escaped, filled
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import record
from songhe.kit.views.lists import narrowed
from songhe.kit.who import who

WORDS = {
    Need.REQUESTED: _("Requested"),
    Need.DISCHARGED: _("Recently discharged"),
    Need.EXPIRING: _("Result expiring"),
    Need.AGE: _("Reached an age threshold"),
    Need.NEVER: _("Never assessed"),
}
TONES = {
    Need.REQUESTED: "info",
    Need.DISCHARGED: "warn",
    Need.EXPIRING: "warn",
    Need.AGE: "muted",
    Need.NEVER: "muted",
}


def said(why: Why) -> str:
    """One reason in words."""
    if why.need is Need.AGE:
        return gettext("Reached {age}").format(age=why.age)
    if why.day is None:
        return str(WORDS[why.need])
    return gettext("{what}: {day}").format(what=WORDS[why.need], day=why.day)


@dataclass(frozen=True, kw_only=True)
class Chosen(Link):
    """A person with a box to tick, which belongs to the form below the list."""

    def draw(self, value: object, row: Any) -> SafeString:
        """The box and the name."""
        label = gettext("Choose {name}").format(name=row)
        box = filled(
            '<input type="checkbox" form="ask" name="person" value="{}" aria-label="{}">', row.pk, label
        )
        return filled("{} {}", box, super().draw(value, row))


@dataclass(frozen=True, kw_only=True)
class Reasons(Text):
    """Why each person needs an assessment; the reasons of all rows are worked out at once."""

    def bind(self, rows: Sequence[Any]) -> Callable[[Any], SafeString]:
        """Badges, one for each reason."""
        found = why_of(rows, today())

        def draw(row: Any) -> SafeString:
            badges = (
                filled('<span class="badge {}">{}</span>', TONES[why.need], said(why))
                for why in found[row.pk]
            )
            return SafeString(" ".join(badges))

        return draw

    def bind_plain(self, rows: Sequence[Any]) -> Callable[[Any], Plain]:
        """Words, one reason after the other."""
        found = why_of(rows, today())
        return lambda row: " · ".join(said(why) for why in found[row.pk])

    def html(self, row: Any) -> SafeString:
        """The reasons of one row."""
        return escaped(self.bind([row])(row))


def _only(rows: Any, value: str) -> Any:
    return rows.filter(condition(Need(value), today()))


def _age(row: Person) -> str:
    years = row.age_on(today())
    return "" if years is None else gettext("{years} years").format(years=years)


worklist = record(
    Person,
    main=False,
    slug="assessment-needs",
    right="assessment.request",
    title=_("Who needs an assessment"),
    one=_("Person"),
    rows=lambda scope: needing(scope, today()),
    columns=[
        Chosen(name="name", note=_age, sort="name_pinyin", to=spec.url_of),
        spec.region("region", _("Lives in")),
        Reasons(name="reasons", label=_("Reasons")),
        spec.day("born", _("Born"), sort="born"),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("need", _("Reason"), options=list(WORDS.items()), narrow=_only),
        spec.date_range("born"),
    ],
    search=search,
    order=("region_id", "name_pinyin", "id"),
    detail=False,
    list_template="assessment/needs.html",
    nav=NavItem("people", "clipboard-list", 39, label=_("Needs an assessment")),
    empty=_("Nobody here needs an assessment now."),
    intro=_(
        "Requested, back from hospital, result expiring, reached an age threshold, never assessed. Tick some and request their assessments together."
    ),
)


def ask_for_many(request: HttpRequest) -> HttpResponse:
    """Ask for the assessments of those ticked, or of everybody whom the list shows."""
    user = who(request)
    scope = user.scope(worklist.right)
    if request.method == "POST":
        if "all" in request.POST:
            form = filters.bound(worklist.filters, Person, request, scope)
            rows = narrowed(worklist, request, form)
        else:
            rows = worklist.visible(user).filter(pk__in=_keys(request.POST.getlist("person")))
        persons = list(rows.order_by("region_id", "id")[: AT_ONCE + 1])
        made = actions.request_many(actor=user, at=now(), persons=persons, note=request.POST.get("note", ""))
        _tell(request, made, len(persons) - made)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(worklist.url() + query)


def _tell(request: HttpRequest, made: int, left: int) -> None:
    text = ngettext("{n} assessment was asked for.", "{n} assessments were asked for.", made).format(n=made)
    if left:
        more = ngettext("{n} was under way already.", "{n} were under way already.", left).format(n=left)
        text = f"{text} {more}"
    messages.success(request, text)


def _keys(sent: Iterable[str]) -> list[UUID]:
    keys = []
    for text in sent:
        try:
            keys.append(UUID(text))
        except ValueError:
            raise Refused(
                "assessment.unknown_person", "One of those ticked is not known. Load the list again."
            ) from None
    return keys


page(
    "assessment.ask",
    path="assessment-needs/ask/",
    title=_("Request assessments"),
    right="assessment.request",
    view=ask_for_many,
)
