"""What claims put on the home page: to file, to check, to accept, to decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.models import Claim, Dispute, SampleCheck, State, TownPart
from songhe.areas.claims.queries import sums
from songhe.areas.claims.queries.unclaimed import lately
from songhe.areas.claims.screens.claims import claims
from songhe.areas.claims.screens.lines import towns
from songhe.areas.claims.screens.parts import disputes, samples
from songhe.areas.claims.screens.unclaimed import late_visits
from songhe.areas.visits.api import Visit, person_names, who_and_what
from songhe.engines.access.api import Scope
from songhe.kit.links import address_of
from songhe.kit.pages import HomeList, home_panel, waiting
from songhe.kit.words import moment, yuan


def _named(found: list[Claim]) -> Iterable[tuple[Any, ...]]:
    return [
        (
            f"{row.number} · {row.organisation}",
            claims.url_of(row),
            f"{row.get_state_display()} · {yuan(row.claimed_fen)}",
        )
        for row in found
    ]


def _of_organisation(user: Any, scope: Scope, at: datetime) -> HomeList:
    """Drafts to file, scores to look at, returned claims that nobody drew up anew."""
    rows = sums.in_states(user.scope("claims.file"), [State.DRAFT, State.SCORED, State.RETURNED])
    newer = Claim.everywhere.filter(follows__isnull=False).values("follows_id")
    return waiting(rows.filter(agreed_at=None).exclude(pk__in=newer), _named, url=claims.url(), tone="warn")


def _to_sample(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = sums.in_states(user.scope("claims.sample"), [State.FILED]).exclude(filed_by_id=user.pk)
    return waiting(rows, _named, url=f"{claims.url()}?state=filed", tone="warn")


def _to_settle(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = sums.in_states(user.scope("claims.settle"), [State.SCORED])
    rows = rows.exclude(scored_by_id=user.pk).exclude(sampled_by_id=user.pk).exclude(filed_by_id=user.pk)
    return waiting(rows, _named, url=f"{claims.url()}?state=scored")


def _to_check(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = SampleCheck.objects.within(user.scope("claims.check"))
    rows = rows.filter(found="", claim_id__in=sums.being_checked(but_by=user.pk))
    return waiting(rows.select_related("line").order_by("id"), _people, url=f"{samples.url()}?found=")


def _people(found: list[SampleCheck]) -> Iterable[tuple[Any, ...]]:
    names = person_names(row.person_id for row in found)
    return [(names.get(row.person_id, ""), samples.url_of(row), str(row.line)) for row in found]


def _to_accept(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = TownPart.objects.within(user.scope("claims.accept")).filter(is_open=True)
    rows = rows.select_related("region", "organisation").order_by("month", "id")
    return waiting(
        rows,
        lambda found: [(f"{row.organisation} · {row.month:%Y-%m}", towns.url_of(row), yuan(row.claimed_fen)) for row in found],
        url=f"{towns.url()}?open=1",
    )  # fmt: skip


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = Dispute.objects.within(user.scope("claims.decide")).filter(state="open")
    rows = rows.select_related("line", "organisation", "claim").order_by("due_at", "id")
    return waiting(
        rows,
        lambda found: [(f"{row.organisation} · {row}", disputes.url_of(row), moment(row.due_at)) for row in found],
        url=f"{disputes.url()}?state=open",
        tone="warn",
    )  # fmt: skip


def _lapsed(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(lately(user.scope("claims.view"), at), _visits, url=late_visits.url(), tone="warn")


def _visits(found: list[Visit]) -> Iterable[tuple[Any, ...]]:
    return [
        (words, address_of("visits", row.pk), moment(row.starts_at)) for row, words in who_and_what(found)
    ]


panels = [
    home_panel(title=_("Claims to process"), right="claims.file", rows=_of_organisation, icon="receipt", order=10,
               none=_("Every claim is on its way.")),
    home_panel(title=_("Claims to sample and score"), right="claims.sample", rows=_to_sample, icon="checklist", order=20,
               none=_("Every claim filed is scored.")),
    home_panel(title=_("Visits to check by phone or at the door"), right="claims.check", rows=_to_check, icon="phone", order=25,
               none=_("Every sample is checked.")),
    home_panel(title=_("Claims to accept for the town"), right="claims.accept", rows=_to_accept, icon="check", order=30,
               none=_("Your towns have accepted every claim.")),
    home_panel(title=_("Claims to accept"), right="claims.settle", rows=_to_settle, icon="receipt", order=35,
               none=_("Every claim scored is accepted.")),
    home_panel(title=_("Disputes to decide"), right="claims.decide", rows=_to_decide, icon="clipboard-list", order=40,
               none=_("Nothing is disputed.")),
    home_panel(title=_("Visits not claimed in time"), right="claims.view", rows=_lapsed, icon="clock", order=60,
               none=_("Nothing lapsed in the last month.")),
]  # fmt: skip
