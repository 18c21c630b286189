"""The policy library: the list, one document as tables with its versions on a time line, and two versions compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.models import HolderKind
from songhe.areas.entitlement.screens import policy_parts as parts
from songhe.areas.entitlement.screens import sheets
from songhe.areas.entitlement.screens.common import effect_of
from songhe.core.refusal import Hidden, Refused
from songhe.core.rules import Document
from songhe.core.rules.difference import differences
from songhe.engines.policies.api import PolicyDraft, PolicyVersion, cited, read_written
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import is_chinese

LIVES = (("in_force", _("In force")), ("to_come", _("Upcoming")), ("ended", _("No longer in force")))
LIFE_WORDS = dict(LIVES)
LIFE_TONES = {"in_force": "ok", "to_come": "info", "ended": "muted"}
WIDE = 1000
"""Units of the time line's width."""


def _life(row: Any) -> str:
    return queries.life_of(row, today())


_STATE = spec.state(
    "life",
    _("State"),
    show=_life,
    tone=lambda row: LIFE_TONES[_life(row)],
    label_of=lambda row: LIFE_WORDS[_life(row)],
)


def _by_life(rows: QuerySet[Any], life: str) -> QuerySet[Any]:
    return queries.of_life(rows, life, today())


def life_lines(versions: list[Any], shown: Any, day: date) -> Mapping[str, Any]:
    """The versions of a policy as bars over the years, with today's mark."""
    ends = [queries.until(row) for row in versions]
    first = min([row.start for row in versions] + [day])
    last = max([end for end in ends if end] + [row.start for row in versions] + [day]) + timedelta(days=200)
    first -= timedelta(days=60)
    scale = WIDE / max((last - first).days, 1)

    def at(moment: date) -> int:
        return int((moment - first).days * scale)

    rows = []
    for row, end in zip(versions, ends, strict=True):
        begins = at(row.start)
        rows.append(
            {
                "version": row,
                "until": end,
                "open": end is None,
                "x": begins,
                "width": max((WIDE if end is None else at(end)) - begins, 4),
                "tone": LIFE_TONES[_life(row)],
                "life": LIFE_WORDS[_life(row)],
                "here": row.pk == shown.pk,
                "url": reverse("policies.detail", args=[row.pk]),
                "compare": ""
                if row.pk == shown.pk
                else reverse("policies.compare", args=sorted_pair(row, shown)),
            }
        )
    years = [(at(date(year, 1, 1)), year) for year in range(first.year + 1, last.year + 1)]
    return {"lives": rows, "years": years, "today_at": at(day), "first": first, "last": last}


def sorted_pair(one: Any, other: Any) -> list[UUID]:
    """The keys of two versions, the earlier first."""
    return [row.pk for row in sorted((one, other), key=lambda row: (row.start, row.loaded_at))]


def _lives(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    seen = who(request).scope("entitlement.view")
    allowed = set(queries.policies_for(seen).filter(code=row.code).values_list("pk", flat=True))
    return life_lines([one for one in queries.versions_of(row) if one.pk in allowed], row, today())


def _read(row: PolicyVersion) -> Document | None:
    return queries.readable(row)


def _parameters(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    document = _read(row)
    if document is None:
        return {}
    return {"parameters": parts.parameter_lines(document), "sheet": sheets.parameter_links("policies", row)}


def _grants(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    """What a policy grants and who receives it."""
    document = _read(row)
    found = [rule for rule in document.rules if rule.grants] if document else []
    return {
        "rows": [
            (rule.label.zh if is_chinese() else rule.label.en, HolderKind(rule.beneficiary).label)
            for rule in found
        ]
    }


def _rules(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    document = _read(row)
    if document is None:
        return {}
    source = read_written(row.text)
    _given, tried = parts.tried_by(source, document)
    tables = parts.rule_tables(document, max(row.start, today()), tried)
    places = parts.places_of_rules(source, document)
    return {"rules": sheets.with_case_links(tables, "policies", row, places)}


def _examples(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    document = _read(row)
    if document is None:
        return {}
    source = read_written(row.text)
    given, tried = parts.tried_by(source, document)
    return {
        "examples": parts.example_lines(document, given, tried),
        "untried": parts.untried_lines(source, document),
    }


def _clauses(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    document = _read(row)
    return {"clauses": parts.clause_lines(document, cited(document))} if document else {}


def _assumed(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    document = _read(row)
    return {"assumed": parts.assumed_lines(document) if document else []}


def _origin(row: PolicyVersion, request: HttpRequest) -> Mapping[str, Any]:
    """The draft that a version was issued from, and what its simulation said."""
    user = who(request)
    scope = user.scope("policies.view")
    draft = PolicyDraft.objects.within(scope).filter(version=row).first()
    if draft is None:
        return {}
    return {"draft": draft, "effect": effect_of(draft, user)}


def text_lines(text: str, marked: Mapping[int, list[str]] | None = None) -> Mapping[str, Any]:
    """A text line by line, with what was found at each."""
    return {
        "lines": [
            {"n": n, "text": line, "marks": (marked or {}).get(n, [])}
            for n, line in enumerate(text.splitlines(), start=1)
        ]
    }


def _own(row: PolicyVersion, user: Any) -> bool:
    held: bool = user.scope("policies.draft").holds(row.region_id)
    return held


record(
    PolicyVersion,
    slug="policies",
    right="entitlement.view",
    title=_("Policies"),
    rows=queries.policies_for,
    join=("region",),
    columns=[
        spec.link("title", _("Policy"), show=str),
        _STATE,
        spec.text("number"),
        spec.text("issuer", _("Issued by")),
        spec.region(),
        spec.day("start", sort="start"),
        spec.day("end", _("Until"), show=queries.until),
    ],
    filters=[
        spec.choice("life", _("State"), options=LIVES, narrow=_by_life),
        spec.region_filter(),
        spec.date_range("start"),
    ],
    search=("number", "title_zh", "title_en", "issuer_zh", "issuer_en", "code"),
    order=("code", "-start"),
    nav=NavItem("planning", "file-text", 60),
    state=_STATE,
    subheading=lambda row: row.number,
    empty=_("No policy is loaded yet. Load the city's policies."),
    detail_template="entitlement/policies/page.html",
    panels={
        _("Policy"): [
            spec.text("number"),
            spec.text("issuer", _("Issued by")),
            spec.region(),
            spec.day("start"),
            spec.day("end"),
            spec.text("approved_by"),
        ],
        _("Versions"): panel("entitlement/policies/lives.html", query=_lives),
        _("Parameters"): panel("entitlement/policies/parameters.html", query=_parameters),
        _("What it grants"): panel("entitlement/policies/grants.html", query=_grants),
        _("Rules"): panel("entitlement/policies/rules.html", query=_rules),
        _("Examples"): panel("entitlement/policies/examples.html", query=_examples),
        _("Text as data"): panel(
            "entitlement/policies/text.html", query=lambda row, request: text_lines(row.text)
        ),
    },
    aside={
        _("Assumed"): panel("entitlement/policies/assumed.html", query=_assumed),
        _("Clauses"): panel("entitlement/policies/clauses.html", query=_clauses),
        _("Drafting history"): panel("entitlement/policies/origin.html", query=_origin),
        _("Source"): [
            spec.text("code", _("Code")),
            spec.text("file"),
            spec.when("loaded_at"),
            spec.text("content_hash", _("Hash of the text")),
        ],
    },
    verbs=[
        verb(
            actions.copy_version,
            label=_("Draft a new version"),
            name="copy",
            primary=True,
            when=_own,
            initial=lambda row, user: {"number": row.number},
            then=lambda result, row: reverse("policy-drafts.detail", args=[result.pk]),
            ask=_("The draft begins as a copy with these dates. Its examples move by whole years with it."),
        ),
        verb(actions.load_policies, label=_("Load the city's policies"), primary=True),
    ],
)


def _compared(request: HttpRequest, old: UUID, new: UUID) -> Mapping[str, Any]:
    """Two versions side by side, in words."""
    seen = queries.policies_for(who(request).scope("entitlement.view")).in_bulk([old, new])
    if old not in seen or new not in seen:
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=PolicyVersion._meta.verbose_name,
        )
    before, after = _read(seen[old]), _read(seen[new])
    if before is None or after is None:
        raise Refused(
            "policies.unreadable",
            "One of the two texts is from an earlier time and can no longer be parsed. Read it as text.",
        )
    return {
        "old": seen[old],
        "new": seen[new],
        "parts": parts.change_lines(differences(before, after)),
    }


page(
    "policies.compare",
    path="policies/<uuid:old>/compare/<uuid:new>/",
    title=_("What changed"),
    right="entitlement.view",
    template="entitlement/policies/compare.html",
    context=_compared,
)
