"""Persons: the list, the file of one person, and showing what is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import (
    deaths,
    erasing,
    families,
    moves,
    network,
    persons,
    proving,
    tagging,
)
from songhe.areas.registry.models import Consent, Fact, Kind, Person, Sex, State
from songhe.areas.registry.models.terms import terms
from songhe.areas.registry.queries.doors import ways
from songhe.areas.registry.queries.facts import MOST_FACTS, SEALED, aged, carrying, history, told_first
from songhe.areas.registry.queries.having import had, source
from songhe.areas.registry.queries.people import contacts_of, housemates
from songhe.areas.registry.queries.search import narrowed, search
from songhe.areas.registry.queries.secrets import contact_phones, masked_phone, secrets_of
from songhe.areas.registry.queries.timeline import happenings
from songhe.areas.registry.rules.ages import birthday_after
from songhe.areas.registry.screens.columns import sex_and_age, tags
from songhe.core.refusal import Refused
from songhe.engines.access.api import Tie
from songhe.engines.regions.tree import full_name, name_of
from songhe.engines.vault.models import Attachment
from songhe.kit import spec
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem, file_guard, page
from songhe.kit.refusals import said
from songhe.kit.spec import record, verb
from songhe.kit.who import who

_CONSENTS = source(Consent)
AGES = ((60, 70), (70, 80), (80, 90), (90, 100), (100, 200))


def _aged(rows: Any, value: str) -> Any:
    low, high = AGES[int(value)]
    day = today()
    return aged(rows, birthday_after(day, high), birthday_after(day, low))


def _alive(row: Any, user: Any) -> bool:
    return bool(row.is_living)


def _linked(row: Any, user: Any) -> bool:
    return bool(Tie.everywhere.filter(person_id=row.id, kind=Tie.Kind.KIN, until=None).exists())


def _who(row: Person, request: HttpRequest) -> Mapping[str, Any]:
    user = who(request)
    return {
        "secrets": secrets_of(row),
        "lives_in": full_name(row.region_id),
        "registered_in": full_name(row.household_region_id) if row.household_region_id else "",
        "may_reveal": user.may("registry.reveal") and user.scope("registry.reveal").holds(row.region_id),
    }


def _doors(row: Person, request: HttpRequest) -> Mapping[str, Any]:
    return {"doors": ways(row.pk, who(request))}


def _fact_value(fact: Fact) -> str:
    if fact.kind in SEALED:
        return "***"
    if fact.kind == Kind.SEX and fact.value in Sex.values:
        return str(Sex(fact.value).label)
    if fact.kind in (Kind.RESIDENCE, Kind.REGISTERED):
        return name_of(int(fact.value)) if fact.value else ""
    if fact.kind == Kind.TAG:
        known = terms().get(fact.term)
        grade = known.grade_label((fact.value or {}).get("grade", "")) if known else ""
        return grade or (known.label if known else fact.term)
    return str(fact.value or "")


def _days(fact: Fact) -> str:
    return " – ".join(day.isoformat() if day else "…" for day in (fact.valid_from, fact.valid_to))


def _known(fact: Fact) -> str:
    return "" if fact.recorded_until is None else str(_("later corrected"))


def _source(fact: Fact) -> str:
    return str(fact.get_source_display() if fact.source else _("Not recorded"))


def _paper() -> Any:
    return spec.link(
        "evidence_id",
        _("Document"),
        show=lambda row: str(_("Open")) if row.evidence_id else "",
        to=lambda row: reverse("files", args=[row.evidence_id, "full"]) if row.evidence_id else None,
    )


@file_guard
def _opens(file: Attachment, user: Any) -> bool:
    """Papers about a person are opened by whoever kept them, and by those who may have the person's numbers shown."""
    if file.about_id != file.person_id or file.added_by_id == user.pk:
        return True
    return bool(user.may("registry.reveal") and user.scope("registry.reveal").holds(file.region_id))


def _consents(row: Person, request: HttpRequest) -> list[Consent]:
    if _CONSENTS not in had(row, request):
        return []
    return list(Consent.everywhere.filter(person=row).order_by("kind", "-given_on"))


def _facts(row: Person, request: HttpRequest) -> list[Fact]:
    """Everything recorded, and what the first entry said and nobody changed."""
    rows = history(row)
    return [*rows, *told_first(row, rows)] if len(rows) < MOST_FACTS else rows


def _contacts(row: Person, request: HttpRequest) -> list[Any]:
    rows = contacts_of(row)
    phones = contact_phones(rows)
    for found in rows:
        found.masked = masked_phone(phones.get(found.id, ""))  # type: ignore[attr-defined]  # for the column below
    return rows


people = record(
    Person,
    slug="people",
    right="registry.view",
    title=_("People"),
    one=_("Person"),
    columns=[
        spec.link("name", note=sex_and_age, sort="name_pinyin"),
        spec.region("region", _("Lives in")),
        tags(),
        spec.yes_no("is_enrolled", _("Enrolled"), yes=_("Enrolled"), no="—"),
        spec.state("state", tones={"alive": "ok"}),
        spec.day("born", _("Born"), sort="born"),
    ],
    filters=[
        spec.region_filter(narrow=narrowed),
        spec.choice(
            "age",
            _("Age"),
            options=[
                (str(at), f"{low}–{high - 1}" if high < 200 else f"{low}+")
                for at, (low, high) in enumerate(AGES)
            ],
            narrow=_aged,
        ),
        spec.choice(
            "tag",
            _("Tag"),
            options=lambda request: [(found.code, found.label) for found in terms().values()],
            narrow=lambda rows, value: carrying(rows, value, today()),
        ),
        spec.flag("is_enrolled", _("Enrolled")),
        spec.choice("state"),
        spec.flag("is_provisional", _("Provisional")),
    ],
    search=search,
    hint=_("Name, pinyin, initials, identity number or telephone"),
    order=("name_pinyin", "id"),
    intro=_("A search by name shows at most 200 people; choose a region to narrow it."),
    empty=_("No matches. Register a person, or import a list."),
    nav=NavItem("people", icon="users", order=10),
    state=spec.state("state", tones={"alive": "ok"}),
    detail_template="registry/person.html",
    subheading=lambda row: f"{sex_and_age(row)} · {name_of(row.region_id)}",
    panels={
        _("Basic details"): spec.panel("registry/who.html", query=_who),
        _("Tags today"): (tags(),),
        _("Household"): spec.grid(
            lambda row, request: housemates(row),
            [
                spec.link("person", _("Name")),
                spec.text("relation", _("Relationship")),
                spec.day("since", _("Since")),
            ],
            none=_("No household on record."),
        ),
        _("Contacts"): spec.grid(
            _contacts,
            [
                spec.text("name", _("Name")),
                spec.text("relation", _("Relationship")),
                spec.text("masked", _("Telephone")),
                spec.yes_no("is_emergency", _("In an emergency")),
            ],
            none=_("No contacts on record."),
        ),
        _("What happened"): spec.timeline(
            lambda row, request: happenings(row, who(request), found=had(row, request))
        ),
        _("Facts and their sources"): spec.grid(
            _facts,
            [
                spec.text("kind", _("Fact")),
                spec.text("value", _("Recorded value"), show=_fact_value),
                spec.text("valid_from", _("In effect"), show=_days),
                spec.text("source", _("Source"), show=_source, note=lambda fact: fact.source_note),
                spec.when("recorded_at", _("Recorded"), note=_known),
                _paper(),
            ],
            none=_("Nothing was recorded beyond the entry itself."),
        ),
        _("Consents"): spec.grid(
            _consents,
            [
                spec.text("kind", _("Consents to")),
                spec.day("given_on", _("Agreed on")),
                spec.text("given_by", _("Given by")),
                spec.day("withdrawn_on", _("Withdrawn on")),
                _paper(),
            ],
            none=_("No consent is on record."),
        ),
    },
    aside={
        _("Continue to"): spec.panel("registry/doors.html", query=_doors),
        _("History"): spec.history(),
    },
    verbs=[
        verb(persons.register, label=_("Register a person"), primary=True, icon="user-plus"),
        verb(
            persons.correct,
            label=_("Correct"),
            icon="pencil",
            when=lambda row, user: row.state in ("alive", "dead"),
            initial=lambda row, user: {
                "name": row.name,
                "sex": row.sex,
                "born": row.born,
                "household_region": row.household_region_id,
            },
        ),
        verb(persons.identify, label=_("Identity number"), icon="id", when=_alive),
        verb(persons.reach, label=_("Telephone and address"), icon="phone", when=_alive),
        verb(
            tagging.tag,
            label=_("Add a tag"),
            icon="tag",
            when=_alive,
            initial=lambda row, user: {"since": today()},
        ),
        verb(tagging.untag, label=_("End a tag"), icon="tags", initial=lambda row, user: {"on": today()}),
        verb(
            proving.keep_evidence,
            label=_("Keep a document"),
            icon="paperclip",
            when=lambda row, user: row.state in ("alive", "dead"),
        ),
        verb(tagging.note, label=_("Write a note"), icon="message-circle"),
        verb(
            network.enrol,
            label=_("Enrol"),
            icon="heart-handshake",
            when=lambda row, user: row.is_living and not row.is_enrolled and not row.is_provisional,
            initial=lambda row, user: {"since": today()},
        ),
        verb(
            network.leave,
            label=_("End enrolment"),
            icon="door",
            when=lambda row, user: row.is_enrolled,
            initial=lambda row, user: {"until": today()},
        ),
        verb(
            network.consent,
            label=_("Record a consent"),
            icon="certificate",
            when=_alive,
            initial=lambda row, user: {"given_on": today()},
        ),
        verb(network.withdraw_consent, label=_("Withdraw a consent"), icon="ban", when=_alive),
        verb(families.add_contact, label=_("Add a contact"), icon="phone", when=_alive),
        verb(families.remove_contact, label=_("Remove a contact"), icon="trash"),
        verb(families.link_relative, label=_("Link a relative's log-in"), icon="link", when=_alive),
        verb(families.unlink_relatives, label=_("Unlink relatives"), icon="lock", when=_linked),
        verb(families.found_household, label=_("Create a household"), icon="home", when=_alive),
        verb(
            families.leave_household,
            label=_("Leave the household"),
            icon="door",
            initial=lambda row, user: {"on": today()},
        ),
        verb(
            moves.relocate,
            label=_("Move within the area"),
            icon="map-pin",
            when=_alive,
            initial=lambda row, user: {"on": today()},
        ),
        verb(
            moves.propose_move,
            label=_("Transfer to another area"),
            icon="send",
            when=_alive,
            initial=lambda row, user: {"on": today()},
            then=lambda made, row: spec.url_of(made) or "/people/",
        ),
        verb(deaths.report_death, label=_("Report a death"), icon="flag", when=_alive, danger=True),
        verb(
            erasing.erase,
            label=_("Erase"),
            icon="trash",
            danger=True,
            when=lambda row, user: row.state not in (State.MERGED, State.ERASED),
            ask=_("Entries that were merged into this one are erased with it. This cannot be undone."),
        ),
    ],
)


def _reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the purpose, log it, and show number, telephone and address once."""
    user = who(request)
    row = Person.objects.take(pk, user.scope("registry.reveal"))
    context: dict[str, Any] = {
        "row": row,
        "record": people,
        "page_title": _("Show identity number and telephone"),
    }
    status = 200
    if request.method == "POST":
        try:
            context["secrets"] = persons.reveal(
                row, actor=user, at=now(), purpose=request.POST.get("purpose", "")
            )
        except Refused as refused:
            context["fault"], status = said(refused), 422
        else:
            rows = contacts_of(row)
            phones = contact_phones(rows)
            context["contacts"] = [(found.name, phones.get(found.id, "")) for found in rows]
    return render(request, "registry/reveal.html", context, status=status)


page(
    "registry.reveal",
    path="people/<uuid:pk>/reveal/",
    title=_("Show identity number and telephone"),
    right="registry.reveal",
    view=_reveal,
)
