"""Runs on screen: the list, one run with what it comes to, and each posting with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import Grant, names_of_benefits, told
from songhe.areas.payments import actions, queries
from songhe.areas.payments.models import BatchState, Cause, Posting, Run, RunState
from songhe.areas.payments.queries.paid import InBatch, batches_of
from songhe.areas.payments.screens.common import BATCH_TONES, benefit, named, whose_link
from songhe.areas.registry.api import Happening, Person, timeline
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.charts import progress
from songhe.kit.clock import today
from songhe.kit.finding import either
from songhe.kit.links import address_of
from songhe.kit.pages import HomeList, NavItem, home_panel, live_topic, waiting
from songhe.kit.refusals import retold
from songhe.kit.spec import Figure, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import yuan

R = RunState
TONES = {R.COMPUTING: "info", R.READY: "warn", R.POSTED: "ok", R.DISCARDED: "muted", R.FAILED: "danger"}
CAUSE_TONES = {Cause.STOPPED: "warn", Cause.DIED: "warn", Cause.FACT: "info", Cause.POLICY: "info"}
_STATE = spec.state("state", tones=TONES, sort="state")


def _month(row: Any) -> str:
    return f"{row.month:%Y-%m}"


def note_of(row: Run) -> str:
    """What was said of a run."""
    if row.note == "job_ended":
        return gettext(
            "It was interrupted by a fault, and nothing was posted. Prepare it again; report it if this happens twice."
        )
    return gettext("Nothing has changed since the last run.") if row.note == "unchanged" else retold(row.note)


def _shares(by: str) -> Any:
    def query(row: Run, request: HttpRequest) -> Mapping[str, Any]:
        found = queries.shares(row, by, who(request).scope("payments.view"))
        names = names_of_benefits() if by == "benefit" else {key: str(text) for key, text in Cause.choices}
        most = max((abs(share.fen) for share in found), default=0) or 1
        list_url = f"{reverse('payment-postings.list')}?q={row.number}"
        return {
            "head": gettext("Benefit") if by == "benefit" else gettext("Why it changes"),
            "lines": [
                {
                    "name": names.get(share.key, share.key),
                    "grants": share.grants,
                    "fen": yuan(share.fen),
                    "more": yuan(share.more),
                    "less": yuan(share.less) if share.less else "—",
                    "bar": progress(
                        abs(share.fen),
                        most,
                        title=names.get(share.key, share.key),
                        tone="warn" if share.fen < 0 else "",
                    ),
                    "url": list_url + (f"&cause={share.key}" if by == "cause" else ""),
                }
                for share in found
            ],
        }

    return query


def _figures(request: HttpRequest) -> list[Figure]:
    """This month: how much was posted, and what waits."""
    user = who(request)
    scope = user.scope("payments.view")
    month = today().replace(day=1)
    posted = list(
        Run.objects.within(scope).filter(state=R.POSTED, month=month).values_list("fen", "back_fen")
    )
    waiting_here = queries.under_way(scope).count()
    return [
        Figure(
            label=_("Posted for this month (yuan)"),
            value=yuan(sum(fen for fen, _back in posted)),
            note=gettext("{n} runs").format(n=len(posted)),
        ),
        Figure(label=_("Of which for earlier months (yuan)"), value=yuan(sum(back for _fen, back in posted))),
        Figure(
            label=_("Not posted yet"),
            value=waiting_here,
            url=f"{reverse('payment-runs.list')}?state=ready",
            tone="warn" if waiting_here else "",
        ),
    ]


def _may_post(row: Run, user: Any) -> bool:
    return bool(row.state == R.READY and row.prepared_by_id != user.pk)


def _last_month(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("payments.prepare").areas
    return {"month": today(), **({"region": areas[0][0]} if areas else {})}


def _batches(row: Run, request: HttpRequest) -> list[InBatch]:
    return batches_of(row, who(request).scope("payments.view"))


def _batch_url(row: InBatch) -> str | None:
    return reverse("payment-batches.detail", args=[row.batch_id]) if row.batch_id else None


def _proof(row: Run, request: HttpRequest) -> Mapping[str, Any]:
    return {"run": row, "kept": yuan(row.fen)}


runs = record(
    Run,
    slug="payment-runs",
    right="payments.view",
    title=_("Payment runs"),
    one=_("Payment run"),
    intro=_("What is due under each grant for a month, and any difference for earlier months. Nothing is paid twice."),
    columns=[
        spec.link("number", note=_month, sort="number", css="number"),
        spec.region("region"),
        _STATE,
        spec.number("postings"),
        spec.money("fen", sort="fen"),
        spec.money("back_fen"),
        spec.number("pending"),
        spec.text("prepared_by"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("month")],
    search=("number", "region.name"),
    order=("-month", "-prepared_at", "id"),
    join=("region",),
    state=_STATE,
    subheading=lambda row: f"{row.region} · {_month(row)}",
    refresh=lambda row: row.state == R.COMPUTING,
    panels={
        _("By benefit"): panel("payments/shares.html", query=_shares("benefit")),
        _("Why it changes"): panel("payments/shares.html", query=_shares("cause")),
        _("Batches that pay it"): spec.grid(
            _batches,
            [
                spec.link("number", _("Payment batch"), show=lambda row: row.number or gettext("In no batch yet"), to=_batch_url),
                benefit(),
                spec.state("state", _("State"), tones=BATCH_TONES, label_of=lambda row: BatchState(row.state).label if row.state else gettext("Waiting")),
                spec.number("people", _("Recipients")),
                spec.money("fen", _("Amount (yuan)")),
            ],
            none=_("None of it is due for payment yet. What a run posts is gathered into batches."),
        ),
        _("How it was calculated"): panel("payments/proof.html", query=_proof),
    },
    aside={
        _("Totals"): [
            spec.money("fen"), spec.money("back_fen"), spec.number("postings"), spec.number("grants"),
            spec.number("pending"),
        ],
        _("Who decided"): [
            spec.text("month", show=_month), spec.text("first_month", show=lambda row: f"{row.first_month:%Y-%m}"),
            "prepared_by", "prepared_at", "decided_by", "decided_at", spec.text("note", show=note_of),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.prepare_run, label=_("Prepare a run"), icon="plus", primary=True, initial=_last_month,
             ask=_("Every grant in force in the county is recalculated for this month and the months before.")),
        verb(actions.post_run, name="post", label=_("Post"), icon="check", primary=True, when=_may_post,
             ask=_("Changes take effect now and are paid with the next batch. This cannot be undone, only corrected by another run.")),
        verb(actions.discard, label=_("Void"), danger=True,
             when=lambda row, user: row.state in (R.READY, R.COMPUTING)),
    ],
    nav=NavItem("money", "refresh", 5),
    figures=_figures,
    empty=_("No run yet. Prepare one for a month."),
)  # fmt: skip


def _search(rows: QuerySet[Any], typed: str, scope: Scope) -> QuerySet[Any]:
    return either(rows, Q(run__number=typed.strip().upper()), *named(typed, scope))


def _why(row: Posting, request: HttpRequest) -> Mapping[str, Any]:
    return told(queries.explained(row))


record(
    Posting,
    slug="payment-postings",
    right="payments.view",
    title=_("Postings"),
    one=_("Posting"),
    columns=[
        spec.link("benefit", show=lambda row: row.grant.name),
        whose_link(),
        spec.text("month", show=_month, sort="month"),
        spec.money("fen", sort="fen"),
        spec.state("cause", tones=CAUSE_TONES),
        spec.region("region"),
        spec.link("run", note=lambda row: str(row.run.get_state_display())),
    ],
    filters=[spec.choice("cause"), spec.region_filter(), spec.date_range("month")],
    search=_search,
    hint=_("A person, an organisation, or the number of a run"),
    order=("-id",),
    join=("person", "grant", "region", "run", "policy"),
    heading=lambda row: row.grant.name,
    subheading=lambda row: f"{row.held_by} · {_month(row)}",
    state=spec.state("cause", tones=CAUSE_TONES),
    panels={
        _("Posting"): [
            whose_link(), spec.link("grant", _("Benefit grant")), spec.link("policy"), spec.region("region"),
            spec.text("month", show=_month), spec.money("fen"), spec.money("due"), spec.link("run"),
        ],
        _("Why"): panel("payments/why.html", query=_why),
    },
    nav=NavItem("money", "list", 6),
    empty=_("Nothing was posted yet."),
)  # fmt: skip

live_topic("payment-runs", right="payments.view")


@timeline("entitlement.view", Grant)
def _happened(person: Person, scope: Scope) -> Iterable[Happening]:
    """What runs posted for a person."""
    for row in queries.posted_for(person.pk, scope):
        yield Happening(
            row.run.decided_at or row.run.prepared_at,
            f"{row.grant.name} · {yuan(row.fen)}",
            " · ".join((_month(row), str(row.get_cause_display()))),
            address_of("payment-postings", row.pk),
            "warn" if row.fen < 0 else "ok",
        )


def _line(row: Run) -> tuple[str, str, str]:
    return f"{row.region} · {_month(row)}", runs.url_of(row), yuan(row.fen)


def _to_post(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.to_post(user.scope("payments.approve"), user.pk).select_related("region")
    return waiting(rows, lambda found: map(_line, found), url=f"{runs.url()}?state=ready", tone="warn")


def _open(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = queries.under_way(user.scope("payments.prepare")).select_related("region")
    late = rows.filter(Q(state=R.FAILED) | Q(prepared_at__lt=at - timedelta(days=3))).exists()
    return waiting(rows, lambda found: map(_line, found), url=runs.url(), tone="danger" if late else "")


home_panel(title=_("Payment runs to post"), right="payments.approve", rows=_to_post, icon="refresh", order=5)
home_panel(title=_("Payment runs under way"), right="payments.prepare", rows=_open, icon="refresh", order=40)
