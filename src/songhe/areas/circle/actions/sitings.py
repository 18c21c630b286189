"""Asking where to build next."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from songhe.areas.circle.actions.scenarios import Area, Fen, Service, reaches
from songhe.areas.circle.book import book, say
from songhe.areas.circle.models import Each, Goal, Scenario, Siting
from songhe.areas.circle.queries.candidates import GIVEN, IDLE, VILLAGES, candidates, listed, named
from songhe.areas.circle.queries.choosing import answer, plain
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Scope
from songhe.engines.acts.api import act
from songhe.engines.jobs.api import start
from songhe.kit.fields import Field

STOPPED = gettext_noop("The search was stopped. Run it again.")
BROKEN = gettext_noop(
    "The search was interrupted, but not because of what was asked. Run it again; if it is interrupted again, give your administrator this reference: {job}"
)
WHERE = [
    (VILLAGES, _("The centre of every village and community")),
    (IDLE, _("Idle premises")),
    (GIVEN, _("The points below")),
]
TIMES = [(1, _("the same as everybody")), (2, _("twice")), (3, _("three times")), (5, _("five times"))]


def group_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """The groups beside everybody as choices."""
    return [(group.code, say(group.label)) for group in book().groups[1:]]


@act("circle.plan")
def ask_sites(  # noqa: PLR0913  what a planner decides
    *, actor: Actor, at: datetime, region: Area, kind: Service,
    goal: Annotated[Goal, Field(label=_("Goal"), radio=True)],
    where: Annotated[str, Field(label=_("Candidate locations"), choices=WHERE, radio=True)],
    sites: Annotated[int | None, Field(label=_("Number of sites"), help=_("If phased: sites per year"), least=0, most=500)] = None,
    budget: Annotated[Fen | None, Field(label=_("Budget (yuan)"), help=_("If phased: money per year"))] = None,
    share: Annotated[int | None, Field(label=_("Target share (percent)"), least=1, most=100)] = None,
    years: Annotated[int | None, Field(label=_("Years"), least=2, most=10)] = None,
    places: Annotated[int | None, Field(label=_("Places per site"), help=_("Only for the goal of places"), least=1, most=10_000)] = None,
    need: Annotated[int | None, Field(label=_("Places needed per 1,000 people"), help=_("Only for the goal of places"), least=1, most=1000)] = None,
    cost: Annotated[Fen | None, Field(label=_("Cost of one site (yuan)"), help=_("Used where no other price is known"))] = None,
    weighed: Annotated[list[str], Field(label=_("Priority groups"), choices=group_choices)] = [],  # noqa: B006
    times: Annotated[int, Field(label=_("Weight of each"), choices=TIMES, radio=True, help=_("Anyone in two groups gets the weight of both"))] = 1,
    floor: Annotated[int | None, Field(label=_("Minimum coverage of every region (percent)"), help=_("Of those whose location is known; for goals of most people or of a share"), least=1, most=100)] = None,
    floor_by: Annotated[Each, Field(label=_("Regions for the minimum coverage"), radio=True)] = Each.COUNTY,
    given: Annotated[str, Field(label=_("Points on the map"), long=True, help=_("One per line: name, longitude, latitude, cost in yuan"))] = "",
    musts: Annotated[str, Field(label=_("Must be built"), long=True, help=_("Names of villages, premises or points, one per line; they count towards the number of sites"))] = "",
    nevers: Annotated[str, Field(label=_("Must not be built"), long=True, help=_("Names, one per line"))] = "",
    least_m2: Annotated[int | None, Field(label=_("Smallest floor area (m²)"), help=_("For idle premises"), least=1, most=100_000)] = None,
    scenario: Annotated[Scenario | None, Field(label=_("Own proposal to compare with"))] = None,
) -> Siting:  # fmt: skip
    """Ask for the best sites; they are worked out in the background."""
    reaches(region, actor)
    asked = Siting(
        region=region, kind=kind, goal=goal, sites=sites, budget_fen=budget, share=share, years=years, places=places,
        need=need, cost_fen=cost or 0, weighed=sorted(weighed), times=times, candidates=where, given=listed(given) if where == GIVEN else [], scenario=scenario,
        least_m2=least_m2, floor=floor, floor_by=floor_by if floor else "",
        asked_by_id=actor.id, asked_by=actor.name[:80], asked_at=at,
    )  # fmt: skip
    _possible(asked)
    _even(asked)
    if scenario is not None and scenario.kind != kind:
        raise Refused(
            "circle.other_kind",
            "The proposal is about another service. Choose one about this service.",
            field="scenario",
        )
    known = candidates(asked, actor.scope("circle.plan"))
    if not known:
        raise Refused(
            "circle.no_candidates",
            "No candidate locations: no village location, idle premises or point is known. Choose another source.",
            field="where",
        )
    asked.musts, asked.nevers = named(musts, known, "musts"), named(nevers, known, "nevers")
    if both := [name for code, name in asked.musts.items() if code in asked.nevers]:
        raise Refused(
            "circle.must_and_never",
            "“{name}” cannot be on both the must-build and the must-not-build list. Remove it from one.",
            field="nevers",
            name=both[0],
        )
    _begin(asked, actor=actor, at=at)
    asked.save(force_insert=True)
    return asked


@act("circle.plan")
def ask_again(siting: Siting, *, actor: Actor, at: datetime) -> Siting:
    """Ask once more what found no answer."""
    if siting.state not in (Siting.State.FAILED, Siting.State.BROKEN):
        raise Refused("circle.not_failed", "Only a search without a result can be run again.")
    siting.state, siting.note, siting.result, siting.done_at = Siting.State.WORKING, "", {}, None
    _begin(siting, actor=actor, at=at)
    siting.save()
    return siting


@act("circle.plan", verb="circle.site_broken")
def broken(siting: Siting, *, actor: Actor, at: datetime, job: UUID, stopped: bool) -> Siting:
    """Say of a search whose job came to nothing that there is no answer."""
    if siting.state != Siting.State.WORKING or siting.job_id != job:
        return siting
    siting.state, siting.done_at = Siting.State.BROKEN, at
    siting.result = {"refused": [STOPPED if stopped else BROKEN, {"job": str(job)}]}
    siting.save()
    return siting


def _begin(asked: Siting, *, actor: Actor, at: datetime) -> None:
    asked.job_id = start("circle.site", {"siting": str(asked.pk)}, actor=actor, at=at, key=str(asked.pk)).pk


def answer_now(siting: Siting, *, actor: Actor, at: datetime, seconds: float = 20.0) -> Siting:
    """Work an asked question out; what cannot be is kept as the answer."""
    scope: Scope = actor.scope("circle.plan")
    try:
        siting.result, siting.state = answer(siting, scope, at=at, seconds=seconds), Siting.State.DONE
    except Refused as refused:
        siting.state, siting.note = Siting.State.FAILED, str(refused)[:400]
        siting.result = {"refused": [refused.message, plain(refused.values)]}
    siting.done_at = at
    return siting


def _possible(asked: Siting) -> None:
    needs: dict[str, tuple[tuple[str, Any], ...]] = {
        Goal.COVER: (("sites", asked.sites),),
        Goal.BUDGET: (("budget", asked.budget_fen),),
        Goal.SHARE: (("share", asked.share),),
        Goal.MEDIAN: (("sites", asked.sites),),
        Goal.CENTRE: (("sites", asked.sites),),
        Goal.PLACES: (("sites", asked.sites), ("places", asked.places), ("need", asked.need)),
        Goal.STAGED: (("years", asked.years), ("sites", asked.sites or asked.budget_fen)),
    }
    for field, value in needs[asked.goal]:
        if not value:
            raise Refused("circle.goal_needs", "This goal needs a number of 1 or more here.", field=field)
    if asked.goal in (Goal.BUDGET, Goal.SHARE) and asked.candidates == VILLAGES and not asked.cost_fen:
        raise Refused(
            "circle.cost_needed", "Enter the cost of one site, since villages have no price.", field="cost"
        )


def _even(asked: Siting) -> None:
    """Who counts more, and what every region has to reach, where the goal knows of it."""
    if bool(asked.weighed) != (asked.times > 1):
        raise Refused(
            "circle.weighed",
            "Choose both the priority groups and their weight, or neither.",
            field="times" if asked.weighed else "weighed",
        )
    if asked.weighed and asked.goal in (Goal.SHARE, Goal.CENTRE):
        raise Refused(
            "circle.all_alike", "For this goal everybody counts alike. Leave the groups out.", field="weighed"
        )
    if asked.floor and asked.goal not in (Goal.COVER, Goal.BUDGET, Goal.SHARE):
        raise Refused(
            "circle.no_floor",
            "This goal does not support a minimum coverage. Leave it empty, or choose a goal of most people or of a share.",
            field="floor",
        )
