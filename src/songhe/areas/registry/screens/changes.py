"""Suspected duplicates, merges, transfers and deaths on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import deaths, duplicates, merging, moves
from songhe.areas.registry.models import Death, Merge, Move, Person, Suspect
from songhe.areas.registry.queries.search import of_persons, search
from songhe.areas.registry.queries.secrets import secrets_of_many
from songhe.areas.registry.screens.columns import sex_and_age
from songhe.engines.access.api import Scope
from songhe.engines.regions.tree import full_name
from songhe.kit import spec
from songhe.kit.finding import either
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb

EVIDENCE = {
    "same_id": _("Same identity number"),
    "near_id": _("Identity numbers differ by one character"),
    "same_name": _("Same name"),
    "near_name": _("Names differ in one character"),
    "same_pinyin": _("Names sound the same"),
    "same_birth": _("Same date of birth"),
    "near_birth": _("Similar dates of birth"),
    "same_phone": _("Same telephone"),
    "same_address": _("Same address"),
    "other_sex": _("Different gender"),
    "other_birth": _("Different date of birth"),
    "other_id": _("Different identity numbers"),
}


def evidence(row: Suspect) -> str:
    """What speaks for and against, in words."""
    return ", ".join(str(EVIDENCE.get(code, code)) for code in row.evidence)


def _beside(row: Suspect, _request: HttpRequest) -> Mapping[str, Any]:
    rows = [row.first, row.second]
    opened = secrets_of_many(rows)
    return {"sides": [(one, opened.get(one.id), full_name(one.region_id), sex_and_age(one)) for one in rows]}


def _suspects(rows: QuerySet[Any], words: str, scope: Scope) -> QuerySet[Any]:
    found = search(Person.objects.within(scope), words, scope).values("pk")
    return either(rows, Q(first__in=found), Q(second__in=found))


def _open(row: Any, user: Any) -> bool:
    return bool(row.state == Suspect.State.OPEN)


suspects = record(
    Suspect,
    slug="suspects",
    right="registry.merge",
    title=_("Suspected duplicates"),
    one=_("Suspected duplicate"),
    columns=[
        spec.link(
            "first",
            _("One"),
            show=lambda row: row.first.name,
            to=spec.url_of,
            note=lambda row: sex_and_age(row.first),
        ),
        spec.text(
            "second",
            _("The other"),
            show=lambda row: row.second.name,
            note=lambda row: sex_and_age(row.second),
        ),
        spec.number("score", sort="score"),
        spec.text("evidence", _("Evidence"), show=evidence),
        spec.region(),
        spec.state("state", tones={"open": "warn"}),
    ],
    filters=[spec.choice("state"), spec.region_filter()],
    search=_suspects,
    order=("-score", "id"),
    join=("first", "second"),
    empty=_("No suspected duplicates."),
    nav=NavItem("people", icon="git-merge", order=50),
    state="state",
    panels={
        _("Side by side"): spec.panel("registry/beside.html", query=_beside),
        _("Evidence"): [
            spec.text("evidence", _("Evidence"), show=evidence, wide=True),
            "score",
            "found_at",
            "decided_at",
        ],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(duplicates.merge_suspects, label=_("Merge"), icon="git-merge", primary=True, when=_open),
        verb(duplicates.distinguish, label=_("These are two persons"), icon="users", when=_open),
    ],
)

WHY_LEFT = {
    "double": _("the kept entry has such a record already"),
    "closed": _("cannot be changed any more"),
}


def left_behind(row: Merge) -> str:
    """What still names the merged entry, by table, and why."""
    return "; ".join(
        f"{merging.table_name(one)} × {len(one['ids'])} ({WHY_LEFT[one['why']]})" for one in row.left_behind
    )


merges = record(
    Merge,
    slug="merges",
    right="registry.merge",
    title=_("Merges"),
    one=_("Merge"),
    columns=[
        spec.link("kept", _("Kept"), show=lambda row: row.kept.name, to=spec.url_of),
        spec.text("gone", _("Merged"), show=lambda row: row.gone.name),
        spec.text("reason"),
        spec.region(),
        spec.when("merged_at", sort="merged_at"),
        spec.when("undone_at"),
    ],
    filters=[spec.region_filter(), spec.date_range("merged_at")],
    order=("-merged_at", "-id"),
    join=("kept", "gone"),
    empty=_("No merges."),
    panels={
        _("Merge"): [
            spec.link("kept"),
            spec.link("gone"),
            "reason",
            "merged_at",
            "undone_at",
            spec.text("left_behind", _("Stays with the merged entry"), show=left_behind, wide=True),
        ]
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(
            merging.undo_merge,
            label=_("Undo the merge"),
            danger=True,
            when=lambda row, user: row.undone_at is None,
        ),
    ],
    nav=NavItem("people", icon="history", order=55),
)


def _proposed(row: Any, user: Any) -> bool:
    return bool(row.state == Move.State.PROPOSED)


def _receives(row: Move, user: Any) -> bool:
    return _proposed(row, user) and user.scope("registry.move").holds(row.to_region_id)


transfers = record(
    Move,
    slug="transfers",
    right="registry.move",
    title=_("Transfers"),
    one=_("Transfer"),
    columns=[
        spec.link("person_name", _("Person")),
        spec.region("region", _("Moves from")),
        spec.region("to_region", _("Moves to")),
        spec.day("effective_on", sort="effective_on"),
        spec.text("reason"),
        spec.state("state", tones={"proposed": "warn", "accepted": "ok", "refused": "danger"}),
    ],
    filters=[spec.choice("state"), spec.date_range("effective_on")],
    search=("person_name",),
    order=("-proposed_at", "-id"),
    empty=_("No outgoing transfers."),
    nav=NavItem("people", icon="send", order=40),
    state="state",
    panels={
        _("Transfer"): ["person_name", spec.region("region", _("Moves from")), spec.region("to_region", _("Moves to")), "effective_on",
                        "with_household", "reason", "proposed_at", "decided_at", "answer"],
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(moves.accept_move, label=_("Accept the transfer"), icon="check", primary=True, when=lambda row, user: _receives(row, user) and row.proposed_by_id != user.pk),
        verb(moves.refuse_move, label=_("Refuse"), icon="x", when=_receives),
        verb(moves.withdraw_move, label=_("Withdraw"), icon="ban",
             when=lambda row, user: _proposed(row, user) and user.scope("registry.move").holds(row.region_id)),
    ],
)  # fmt: skip

death_reports = record(
    Death,
    slug="deaths",
    right="registry.death",
    title=_("Deaths"),
    one=_("Death"),
    columns=[
        spec.link("person", _("Person"), show=lambda row: row.person.name, to=spec.url_of, note=lambda row: sex_and_age(row.person)),
        spec.region(),
        spec.day("died_on", sort="died_on"),
        spec.text("source"),
        spec.when("reported_at", sort="reported_at"),
        spec.state("state", tones={"reported": "warn", "confirmed": "muted", "rejected": "ok", "revoked": "ok"}),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.choice("source"), spec.date_range("died_on")],
    search=of_persons,
    order=("-reported_at", "-id"),
    join=("person",),
    empty=_("No death was reported."),
    nav=NavItem("people", icon="flag", order=45),
    state="state",
    panels={_("Report"): [spec.link("person"), "died_on", "source", "note", "reported_at", "decided_at"]},
    aside={_("History"): spec.history()},
    verbs=[
        verb(deaths.confirm_death, label=_("Confirm"), icon="check", primary=True,
             when=lambda row, user: row.state == Death.State.REPORTED and row.reported_by_id != user.pk),
        verb(deaths.reject_death, label=_("Reject"), icon="x", when=lambda row, user: row.state == Death.State.REPORTED),
        verb(deaths.revoke_death, label=_("Retract"), danger=True,
             when=lambda row, user: row.state == Death.State.CONFIRMED and row.decided_by_id != user.pk),
    ],
)  # fmt: skip
