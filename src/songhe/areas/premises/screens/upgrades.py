"""Rural upgrade projects: milestones, money, beds before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import actions, queries
from songhe.areas.premises.limits import say, terms
from songhe.areas.premises.models import Upgrade, UpgradeState
from songhe.areas.premises.screens.common import UPGRADE_TONES, pictures
from songhe.kit import spec
from songhe.kit.charts import progress
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import Figure, panel, record, verb
from songhe.kit.who import who

_STATE = spec.state("state", tones=UPGRADE_TONES, sort="state")


def _milestones(row: Upgrade, request: HttpRequest) -> Mapping[str, Any]:
    day, found = today(), queries.milestones_of([row])[row.pk]
    spent = sum(one.spent_fen for one in found)
    over = spent > row.planned_fen
    return {
        "rows": [
            {
                "one": one,
                "late": one.is_late(day) and row.state == UpgradeState.UNDER_WAY,
                "behind": one.done_on is not None and one.done_on > one.planned_on,
            }
            for one in found
        ],
        "planned": row.planned_fen,
        "spent": spent,
        "bar": progress(
            spent, max(row.planned_fen, 1), title=_("Money spent"), tone="danger" if over else "", width=240
        ),
    }


def _figures(request: HttpRequest) -> list[Figure]:
    rows = Upgrade.objects.within(who(request).scope("premises.view"))
    late = queries.late_upgrades(rows, today()).count()
    url = upgrades.url()
    return [
        Figure(_("In progress"), rows.filter(state=UpgradeState.UNDER_WAY).count(), "", f"{url}?state=under_way"),
        Figure(_("Past due"), late, "", f"{url}?late=1", "danger" if late else ""),
        Figure(_("Completed"), rows.filter(state=UpgradeState.FINISHED).count(), "", f"{url}?state=finished"),
    ]  # fmt: skip


def _beds(row: Upgrade) -> str:
    after = row.beds_after if row.beds_after is not None else row.beds_planned
    return f"{row.beds_before:,} → {after:,}"


def _nursing(row: Upgrade) -> str:
    after = row.nursing_after if row.nursing_after is not None else row.nursing_planned
    return gettext("nursing beds {before} → {after}").format(before=row.nursing_before, after=after)


def _in(*states: UpgradeState) -> Any:
    return lambda row, user: row.state in states


def _other(state: UpgradeState) -> Any:
    return lambda row, user: row.state == state and row.prepared_by_id != user.pk


upgrades = record(
    Upgrade,
    slug="upgrade-projects",
    right="premises.view",
    title=_("Rural upgrade projects"),
    one=_("Upgrade project"),
    columns=[
        spec.link("name", sort="name", note=lambda row: row.kind_label),
        spec.region("region"),
        spec.text("beds_before", _("Beds"), show=_beds, note=_nursing),
        spec.money("planned_fen", sort="planned_fen"),
        spec.day("due", sort="due"),
        _STATE,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.choice("kind", options=lambda request: [(one.code, say(one.label)) for one in terms().projects]),
        spec.flag(
            "late",
            _("Past due"),
            narrow=lambda rows, yes: (
                queries.late_upgrades(rows, today())
                if yes
                else rows.exclude(pk__in=queries.late_upgrades(rows, today()).values("pk"))
            ),
        ),
        spec.date_range("due"),
    ],
    search=("name", "number"),
    order=("due", "id"),
    state=_STATE,
    subheading=lambda row: f"{row.number} · {row.kind_label}",
    figures=_figures,
    panels={
        _("Milestones"): panel("premises/milestones.html", query=_milestones),
        _("Beds"): [
            "beds_before", "nursing_before", "beds_planned", "nursing_planned", spec.number("beds_after"),
            spec.number("nursing_after"),
        ],
        _("Pictures"): panel("premises/photos.html", query=pictures),
    },
    aside={
        _("Project"): [
            spec.region("region"), spec.text("kind", show=lambda row: row.kind_label), spec.link("facility"), "due",
            spec.money("planned_fen"), spec.day("finished_on", optional=True), spec.text("reason", optional=True),
        ],
        _("Who decided"): ["prepared_by", "prepared_at", "approved_by", "approved_at"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draft_upgrade, label=_("Draft a project"), icon="plus", primary=True),
        verb(actions.plan_milestone, label=_("Add a milestone"), icon="flag", primary=True, when=_in(UpgradeState.DRAFT)),
        verb(actions.plan_beds, label=_("Beds"), icon="bed", when=_in(UpgradeState.DRAFT),
             initial=lambda row, user: {n: getattr(row, n) for n in ("beds_before", "nursing_before", "beds_planned", "nursing_planned")}),
        verb(actions.approve_upgrade, label=_("Approve"), icon="check", primary=True, when=_other(UpgradeState.DRAFT)),
        verb(actions.reach_milestone, label=_("Milestone reached"), icon="flag", primary=True, when=_in(UpgradeState.UNDER_WAY),
             initial=lambda row, user: {"done_on": today()}),
        verb(actions.photograph_upgrade, label=_("Add a picture"), icon="camera",
             when=_in(UpgradeState.DRAFT, UpgradeState.UNDER_WAY)),
        verb(actions.finish_upgrade, label=_("Finish"), icon="check", when=_other(UpgradeState.UNDER_WAY),
             initial=lambda row, user: {"finished_on": today(), "beds_after": row.beds_planned, "nursing_after": row.nursing_planned}),
        verb(actions.drop_upgrade, label=_("Abandon"), danger=True, when=_in(UpgradeState.DRAFT, UpgradeState.UNDER_WAY)),
    ],
    nav=NavItem("planning", "tools", 33),
    empty=_("No project yet. Draft the first one."),
)  # fmt: skip
