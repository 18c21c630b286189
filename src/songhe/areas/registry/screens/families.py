"""Households and enrolments on screen."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import families
from songhe.areas.registry.models import Enrolment, Household, Member, Person
from songhe.areas.registry.queries.search import of_persons, search
from songhe.areas.registry.screens.columns import sex_and_age
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb


def _households(rows: QuerySet[Any], words: str, scope: Scope) -> QuerySet[Any]:
    found = search(Person.objects.within(scope), words, scope)
    return rows.filter(pk__in=Member.everywhere.filter(person__in=found, until=None).values("household_id"))


def _members(row: Household, _request: Any) -> list[Member]:
    return list(
        Member.everywhere.filter(household=row).select_related("person").order_by("until", "since", "id")
    )


households = record(
    Household,
    slug="households",
    right="registry.view",
    title=_("Households"),
    one=_("Household"),
    columns=[
        spec.link("head", _("Head"), show=str, to=spec.url_of),
        spec.text("number"),
        spec.region(),
        spec.day("ended_on", _("Ended")),
        spec.when("created_at", sort="created_at"),
    ],
    filters=[
        spec.region_filter(),
        spec.flag("ended", _("Has ended"), narrow=lambda rows, yes: rows.filter(ended_on__isnull=not yes)),
    ],
    search=_households,
    hint=_("Name of a member"),
    order=("-created_at", "-id"),
    join=("head",),
    empty=_("No households yet. Create one on a person's page."),
    nav=NavItem("people", icon="home", order=20),
    panels={
        _("Members"): spec.grid(
            _members,
            [
                spec.link("person", _("Name"), note=lambda row: sex_and_age(row.person)),
                spec.text("relation", _("Relationship")),
                spec.day("since", _("From")),
                spec.day("until", _("Until")),
            ],
        ),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(
            families.add_member,
            label=_("Add a member"),
            icon="user-plus",
            when=lambda row, user: row.ended_on is None,
        ),
    ],
)

enrolments = record(
    Enrolment,
    slug="enrolments",
    right="registry.view",
    title=_("Enrolments"),
    one=_("Enrolment"),
    columns=[
        spec.link("person", _("Person")),
        spec.text("agreement_no"),
        spec.region(),
        spec.day("since", sort="since"),
        spec.day("until", sort="until"),
        spec.text("leaving"),
    ],
    filters=[
        spec.region_filter(),
        spec.flag("open", _("In the network"), narrow=lambda rows, yes: rows.filter(until__isnull=yes)),
        spec.choice("leaving"),
        spec.date_range("since"),
    ],
    search=of_persons,
    order=("-since", "-id"),
    join=("person",),
    detail=False,
    empty=_("Nobody is enrolled yet. Enrol people on their pages."),
    nav=NavItem("people", icon="heart-handshake", order=30),
)
