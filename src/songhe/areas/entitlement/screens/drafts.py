"""Drafts of policies on screen: begun, changed as tables or as text, checked, and decided by somebody else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.screens import policy_parts as parts
from songhe.areas.entitlement.screens import sheets
from songhe.areas.entitlement.screens.common import effect_of
from songhe.areas.entitlement.screens.policies import text_lines
from songhe.core.rules import Document
from songhe.core.rules.difference import differences
from songhe.engines.access.api import Scope
from songhe.engines.policies.api import DraftState, PolicyDraft, PolicyVersion, cited, drafts, holding, said
from songhe.kit import spec
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import is_chinese

S = DraftState
TONES = {
    S.DRAFT: "warn",
    S.CHECKED: "info",
    S.SUBMITTED: "info",
    S.RETURNED: "danger",
    S.APPROVED: "ok",
    S.DROPPED: "muted",
}
STEPS = (
    (S.DRAFT, _("Drafted")),
    (S.CHECKED, _("Check passed")),
    (S.SUBMITTED, _("Submitted")),
    (S.APPROVED, _("Issued")),
)
_STATE = spec.state("state", tones=TONES, sort="state")


def _open(row: PolicyDraft, user: Any) -> bool:
    return row.state in drafts.OPEN


def _may_write(row: PolicyDraft, request: HttpRequest) -> bool:
    return _open(row, None) and who(request).scope("policies.draft").holds(row.region_id)


def _submitted(row: PolicyDraft, user: Any) -> bool:
    return row.state == S.SUBMITTED


def _before(row: PolicyDraft) -> PolicyVersion | None:
    """The version that a draft takes over from: the one that holds when it takes effect, else the one it was copied from."""
    found = holding(row.code, row.start) if row.code and row.start else None
    if found is not None and found.pk == row.version_id:
        found = None
    return found or row.base


def _standing(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    """Where a draft stands, what is wrong with it, and what whoever decides should weigh."""
    reached = [S.DRAFT, S.CHECKED, S.SUBMITTED, S.APPROVED]
    now = S.DRAFT if row.state in (S.RETURNED, S.DROPPED) else S(row.state)
    return {
        "draft": row,
        "steps": [(label, reached.index(step) <= reached.index(now)) for step, label in STEPS],
        "problems": problem_lines(row),
        "warnings": _warnings(row) if row.checked_at else [],
        "edit": reverse("policy-drafts.verb", args=[row.pk, "write"]) if _may_write(row, request) else "",
        "simulate": _simulate(row, request),
        "effect": effect_of(row, who(request)),
    }


def _simulate(row: PolicyDraft, request: HttpRequest) -> str:
    """Where the effect of a draft is asked for; empty where it cannot be, or not by this user."""
    scope = who(request).scope("entitlement.simulate")
    if not scope.areas or row.start is None or not row.code or row.state in (S.APPROVED, S.DROPPED):
        return ""
    region = row.region_id if scope.holds(row.region_id) else scope.areas[0][0]
    query = urlencode({"draft": row.pk, "region": region})
    return f"{reverse('simulations.do', args=['simulate'])}?{query}"


def _own_words(row: PolicyDraft) -> dict[str, str]:
    """A draft's rules and reasons in Chinese, by how a check names them; the longest first."""
    _source, document = _document(row)
    rules = document.rules if document else ()
    found = {rule.code: f"“{rule.label.zh}”" for rule in rules}
    found |= {case.why.en: case.why.zh for rule in rules for case in rule.cases}
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _worded(text: str, words: Mapping[str, str]) -> str:
    """A sentence with the names that are in it replaced, all at once: what stands for one is not looked at again."""
    names = [re.escape(name) for name in words if name in text]
    return re.sub("|".join(names), lambda found: words[found[0]], text) if names else text


def problem_lines(row: PolicyDraft) -> list[dict[str, Any]]:
    """What the latest check found wrong, each with the line it is about."""
    lines, words = row.text.splitlines(), _own_words(row) if is_chinese() else {}
    return [
        {
            **found,
            "text": _worded(said(found["text"]), words),
            "excerpt": lines[found["line"] - 1].strip() if 0 < found["line"] <= len(lines) else "",
        }
        for found in row.report.get("problems", ())
    ]


def _warnings(row: PolicyDraft) -> list[str]:
    report = row.report
    if report.get("problems"):
        return []
    found = []
    if not row.simulated_at:
        found.append(gettext("Not yet simulated: it is not known whom it affects and what it costs."))
    if report.get("retroactive") and row.state != S.APPROVED:
        found.append(gettext("It takes effect on a past date. Months already decided stay as they are."))
    if count := len(report.get("untried", ())):
        found.append(
            ngettext("{n} case is tried by no example.", "{n} cases are tried by no example.", count).format(
                n=count
            )
        )
    if codes := report.get("uncited"):
        found.append(
            gettext("No value and no case rests on these clauses: {codes}").format(codes=", ".join(codes))
        )
    if codes := report.get("assumed"):
        found.append(
            ngettext(
                "{n} parameter has values that are not in the published text.",
                "{n} parameters have values that are not in the published text.",
                len(codes),
            ).format(n=len(codes))
        )
    if why := report.get("unworkable"):
        found.append(gettext("Not every kind of person could be calculated: {why}").format(why=said(why)))
    return found


def _readable(row: PolicyDraft) -> bool:
    return queries.read_draft(row.text)[1] is not None


def _document(row: PolicyDraft) -> tuple[Any, Document | None]:
    return queries.read_draft(row.text)


def _edit(row: PolicyDraft, request: HttpRequest) -> dict[str, Any] | None:
    """Where single values of a draft are changed; None for those who may not."""
    if not _may_write(row, request):
        return None
    verbs = {"set": "set_value", "add": "add_value", "case": "set_case", "expected": "set_expected"}
    return {name: reverse("policy-drafts.verb", args=[row.pk, verb]) for name, verb in verbs.items()} | {
        "revision": str(row.revision)
    }


def _parameters(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    _source, document = _document(row)
    if document is None:
        return {"unread": True}
    edit = _edit(row, request)
    found = {"parameters": parts.parameter_lines(document, edit), "may": bool(edit)}
    return {**found, "sheet": sheets.parameter_links("policy-drafts", row, edit)}


def _rules(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    source, document = _document(row)
    if document is None:
        return {"unread": True}
    _given, tried = parts.tried_by(source, document)
    edit = _edit(row, request)
    places = parts.places_of_rules(source, document)
    if edit:
        edit["places"] = places
    tables = parts.rule_tables(document, document.start, tried, edit)
    rules = sheets.with_case_links(tables, "policy-drafts", row, places, edit)
    return {"rules": rules, "may": bool(edit)}


def _examples(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    source, document = _document(row)
    if document is None:
        return {"unread": True}
    given, tried = parts.tried_by(source, document)
    return {
        "examples": parts.example_lines(document, given, tried, _edit(row, request)),
        "untried": len(row.report.get("untried", ())),
        "unknown": not row.checked_at or bool(row.report.get("problems")),
        "untried_lines": parts.untried_cases(document, row.report.get("untried", ())),
    }


def _changes(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    """What is different from the version that it takes over from."""
    _source, document = _document(row)
    before = _before(row)
    old = queries.readable(before) if before else None
    if document is None or old is None:
        return {"unread": document is None, "before": before}
    return {"before": before, "parts": parts.change_lines(differences(old, document))}


def _kinds(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    """The kinds of person that are treated differently, as the latest check found."""
    _source, document = _document(row)
    report = row.report
    if document is None or not report.get("kinds"):
        return {"unchecked": True}
    against = PolicyVersion.objects.filter(pk=report["against"]).first() if report.get("against") else None
    old = queries.readable(against) if against else None
    return {
        "against": against,
        "kinds": report["kinds"],
        "all_kinds": report.get("all_kinds", True),
        "found": parts.kind_lines(report, document, old),
    }


def _clauses(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    _source, document = _document(row)
    return {"clauses": parts.clause_lines(document, cited(document))} if document else {"unread": True}


def _assumed(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    _source, document = _document(row)
    return {"assumed": parts.assumed_lines(document)} if document else {"unread": True}


def _text(row: PolicyDraft, request: HttpRequest) -> Mapping[str, Any]:
    marked: dict[int, list[str]] = {}
    for found in row.report.get("problems", ()):
        marked.setdefault(found["line"], []).append(said(found["text"]))
    return text_lines(row.text, marked)


def _head(row: PolicyDraft, user: Any) -> Mapping[str, Any]:
    return {
        "revision": row.revision,
        "number": row.number,
        "title_zh": row.title_zh,
        "title_en": row.title_en,
        "effective": row.start,
        "expires": row.end,
    }


def _latest(row: PolicyDraft, user: Any) -> Mapping[str, Any]:
    return {"revision": row.revision}


_IN_TABLES = (
    (actions.set_value, _("Change a value")),
    (actions.add_value, _("Add a value")),
    (actions.set_case, _("Change a line")),
    (actions.upload_parameters, _("Upload parameters")),
    (actions.upload_cases, _("Upload the lines of a rule")),
    (actions.set_expected, _("Change the expected result")),
)
"""Verbs that are reached from the tables of a draft."""

record(
    PolicyDraft,
    slug="policy-drafts",
    right="policies.view",
    title=_("Policy drafts"),
    one=_("Policy draft"),
    join=("region", "version", "base"),
    columns=[
        spec.link("title", _("Policy"), show=str),
        _STATE,
        spec.text("number"),
        spec.region(),
        spec.day("start", sort="start"),
        spec.text("prepared_by"),
        spec.when("changed_at", sort="changed_at"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("start")],
    search=("number", "title_zh", "title_en", "code", "prepared_by"),
    order=("-changed_at", "-id"),
    nav=NavItem("planning", "pencil", 62),
    state=_STATE,
    exports=False,
    subheading=lambda row: row.number,
    empty=_("No draft yet. Begin one from a file, from a text, from the outline, or as a copy of a policy."),
    detail_template="entitlement/policies/page.html",
    panels={
        _("Where it stands"): panel("entitlement/policies/standing.html", query=_standing),
        _("What changes"): panel("entitlement/policies/changes.html", query=_changes, when=_readable),
        _("Kinds of person that are treated differently"): panel(
            "entitlement/policies/kinds.html", query=_kinds, when=_readable
        ),
        _("Parameters"): panel("entitlement/policies/parameters.html", query=_parameters, when=_readable),
        _("Rules"): panel("entitlement/policies/rules.html", query=_rules, when=_readable),
        _("Examples"): panel("entitlement/policies/examples.html", query=_examples, when=_readable),
        _("Text as data"): panel("entitlement/policies/text.html", query=_text),
    },
    aside={
        _("Draft"): [
            spec.text("number"),
            spec.region(),
            spec.day("start"),
            spec.day("end"),
            spec.text("prepared_by"),
            spec.text("changed_by"),
            spec.when("changed_at"),
            spec.when("checked_at"),
            spec.when("submitted_at"),
            spec.text("decided_by"),
            spec.link("base"),
            spec.link("version"),
        ],
        _("Assumed"): panel("entitlement/policies/assumed.html", query=_assumed, when=_readable),
        _("Clauses"): panel("entitlement/policies/clauses.html", query=_clauses, when=_readable),
        _("Processing history"): spec.history(),
    },
    verbs=[
        verb(
            actions.start_draft,
            label=_("New draft"),
            name="start",
            primary=True,
            icon="plus",
            ask=_("Choose a file, or paste a text, or begin with the outline."),
        ),
        verb(
            actions.submit_draft,
            label=_("Submit"),
            name="submit",
            primary=True,
            when=lambda row, user: row.state == S.CHECKED,
            ask=_("Somebody who did not work on the draft decides."),
        ),
        verb(actions.check_draft, label=_("Check"), name="check", when=_open),
        verb(
            actions.write_text,
            label=_("Edit the text"),
            name="write",
            when=_open,
            initial=lambda row, user: {"revision": row.revision, "text": row.text},
            template="entitlement/policies/editor.html",
        ),
        verb(actions.set_head, label=_("Number, title, dates"), name="head", when=_open, initial=_head),
        *(verb(one, label=label, button=False, when=_open, initial=_latest) for one, label in _IN_TABLES),
        verb(
            actions.approve_draft,
            label=_("Approve"),
            name="approve",
            primary=True,
            when=_submitted,
            initial=lambda row, user: {"revision": row.revision},
            ask=_("It takes effect on its date and can no longer be changed."),
        ),
        verb(actions.return_draft, label=_("Return"), name="return", when=_submitted),
        verb(actions.drop_draft, label=_("Abandon"), name="drop", danger=True, when=_open),
    ],
)


def _lines(found: list[PolicyDraft]) -> list[tuple[str, str, str]]:
    return [(str(row), reverse("policy-drafts.detail", args=[row.pk]), row.submitted_by) for row in found]


def _to_approve(user: Any, scope: Scope, at: datetime) -> HomeList:
    url = reverse("policy-drafts.list") + "?state=submitted"
    return waiting(queries.to_approve_policies(user.scope("policies.approve")), _lines, url=url, tone="warn")


home_panel(
    title=_("Policies to approve"),
    right="policies.approve",
    rows=_to_approve,
    order=60,
    area="entitlement",
    icon="file-text",
    none=_("No policies to approve."),
)
