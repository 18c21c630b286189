"""Verbs of campaigns: prepared by one, drawn by another, made public when everything is carried out."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import queries
from songhe.areas.inspections.actions.common import Reason, move, said
from songhe.areas.inspections.limits import terms
from songhe.areas.inspections.models import By, Campaign, CampaignState, Draw, Inspection, State, Why
from songhe.areas.inspections.rules import Listed, list_hash, sample, teams
from songhe.areas.providers.api import Facility, Kind
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import ToOpen, open_case, open_cases
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Level, Region
from songhe.kit.fields import Field

Where = Annotated[Region, Field(label=_("Region"), help=_("A county, or the city"))]
Share = Annotated[int, Field(label=_("Sampling rate, in percent"), least=1, most=100)]
HighShare = Annotated[int, Field(label=_("High-risk sampling rate, in percent"), least=1, most=100)]
EVERY: list[Kind] = []
UNDIVIDED: list[By] = []


@act("inspections.draft")
def draft_campaign(  # noqa: PLR0913  the form asks for each
    *,
    actor: Actor,
    at: datetime,
    title: Annotated[str, Field(label=_("Campaign"), size=120)],
    region: Where,
    until: Annotated[date, Field(label=_("Check due by"))],
    share_percent: Share,
    high_share_percent: HighShare,
    kinds: Annotated[
        list[Kind], Field(label=_("Kinds of facilities"), help=_("None means every kind"))
    ] = EVERY,
    by: Annotated[list[By], Field(label=_("Stratified by"))] = UNDIVIDED,
) -> Campaign:
    """Prepare a campaign; its list of officers is added next, then somebody else draws."""
    if region.level not in (Level.CITY, Level.COUNTY, Level.TOWN):
        raise Refused("region", "A campaign covers a city, a county or a town.", field="region")
    if until < timezone.localdate(at):
        raise Refused("until", "This day is over. Choose a later one.", field="until")
    if not 1 <= share_percent <= high_share_percent <= 100:
        raise Refused(
            "shares",
            "Rates are 1 to 100 percent, and the high-risk rate may not be the lower one.",
            field="high_share_percent",
        )
    clean = normalise(title, field="title")
    if not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field="title")
    made = Campaign(
        id=uuid7(), title=clean[:120], region=region, until=until, share_percent=share_percent,
        high_share_percent=high_share_percent, kinds=[str(kind) for kind in kinds], by=[str(one) for one in by],
        prepared_by_id=actor.id, prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    made.case = open_case("campaign", region_id=region.pk, about=made, actor=actor, at=at)
    made.number = made.case.number
    made.save(force_insert=True)
    return made


@act("inspections.draft")
def list_officers(
    campaign: Campaign,
    *,
    actor: Actor,
    at: datetime,
    officers: Annotated[list[str], Field(label=_("List of officers"), choices=queries.officer_choices)],
) -> Campaign:
    """Name the officers that are drawn from."""
    _need(campaign, CampaignState.DRAFT)
    able = {str(key): name for key, name in queries.able_to_inspect(campaign.region).items()}
    chosen = [key for key in dict.fromkeys(officers) if key in able]
    if len(chosen) != len(set(officers)) or len(chosen) < terms().team:
        raise Refused(
            "officers",
            "At least {team} officers authorised to check here are needed. Choose from the list.",
            field="officers",
            team=terms().team,
        )
    campaign.officers = [[key, able[key]] for key in chosen]
    campaign.prepared_by_id, campaign.prepared_by, campaign.prepared_at = actor.id, actor.name[:80], at
    campaign.save()
    return campaign


@act("inspections.draw")
def draw_campaign(
    campaign: Campaign,
    *,
    actor: Actor,
    at: datetime,
    seed: Annotated[
        str,
        Field(
            label=_("Seed"),
            help=_("Such as a number drawn before witnesses; if left empty, one is generated at random"),
            size=80,
        ),
    ] = "",
) -> Campaign:
    """Draw facilities and officers. List, seed and draw are kept, so that anybody can draw again and compare."""
    _need(campaign, CampaignState.DRAFT)
    four_eyes(campaign.prepared_by_id, actor)
    if len(campaign.officers) < terms().team:
        raise Refused(
            "officers",
            "At least {team} officers authorised to check here are needed. Choose from the list.",
            team=terms().team,
        )
    on_list = queries.pool(campaign, timezone.localdate(at))
    if not on_list:
        raise Refused("empty_list", "No facility in operation is of these kinds here. Change the campaign.")
    listed = [Listed(str(one.key), one.stratum) for one in on_list]
    officers = [key for key, _name in campaign.officers]
    told = normalise(seed, field="seed")[:80] or secrets.token_hex(8)
    digest = list_hash(listed, officers)
    shares = {
        one.stratum: campaign.high_share_percent if "risk=high" in one.stratum else campaign.share_percent
        for one in listed
    }
    keys = sample(told, digest, listed, shares)
    by = teams(told, digest, keys, officers, terms().team)
    Draw.everywhere.create(
        campaign=campaign, region_id=campaign.region_id, pool=[[str(one.key), one.name, one.stratum] for one in on_list],
        officers=campaign.officers, shares=shares, team=terms().team, seed=told, list_hash=digest,
        drawn=[[key, list(by[key])] for key in keys], at=at, by=actor.name[:80],
    )  # fmt: skip
    _open_checks(campaign, {str(one.key): one for one in on_list}, by, actor, at)
    campaign.listed, campaign.drawn = len(on_list), len(keys)
    campaign.drawn_by_id, campaign.drawn_by, campaign.drawn_at = actor.id, actor.name[:80], at
    case = move(campaign.case_id, "draw", actor=actor, at=at, passed={"another"})
    campaign.state = CampaignState(case.state)
    campaign.save()
    add_detail(seed=told, list_hash=digest, listed=len(on_list), drawn=len(keys))
    return campaign


@act("inspections.decide")
def publish_campaign(campaign: Campaign, *, actor: Actor, at: datetime) -> Campaign:
    """Make the results public, once every check is carried out or called off."""
    _need(campaign, CampaignState.DRAWN)
    left = Inspection.everywhere.filter(campaign=campaign, state=State.DRAWN).count()
    if left:
        raise Refused(
            "checks_left",
            "{left} checks are not carried out yet. Carry them out or cancel them first.",
            left=left,
        )
    case = move(campaign.case_id, "publish", actor=actor, at=at, passed={"carried_out"})
    campaign.state = CampaignState(case.state)
    campaign.published_by, campaign.published_at = actor.name[:80], at
    campaign.save()
    return campaign


@act("inspections.draft")
def drop_campaign(campaign: Campaign, *, actor: Actor, at: datetime, reason: Reason) -> Campaign:
    """Drop a campaign that is not drawn."""
    case = move(campaign.case_id, "drop", actor=actor, at=at, note=said(reason, "reason", needed=True))
    campaign.state = CampaignState(case.state)
    campaign.save()
    return campaign


Site = Annotated[Facility, Field(label=_("Facility"))]


@act("inspections.decide")
def order_check(
    *,
    actor: Actor,
    at: datetime,
    facility: Site,
    why: Annotated[
        Why,
        Field(label=_("Reason for the check"), choices=[(w.value, w.label) for w in Why if w != Why.DRAWN]),
    ],
    until: Annotated[date, Field(label=_("Check due by"))],
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=400)],
) -> Inspection:
    """Order a check outside of a campaign: after a complaint, after an incident. Its officers are drawn too."""
    if until < timezone.localdate(at):
        raise Refused("until", "This day is over. Choose a later one.", field="until")
    able = {str(key): name for key, name in queries.able_to_inspect(facility.region).items()}
    if len(able) < terms().team:
        raise Refused(
            "officers", "At least {team} officers authorised to check here are needed.", team=terms().team
        )
    seed = secrets.token_hex(8)
    digest = list_hash([Listed(str(facility.pk))], able)
    team = teams(seed, digest, [str(facility.pk)], list(able), terms().team)[str(facility.pk)]
    made = Inspection(
        id=uuid7(), region_id=facility.region_id, facility=facility, facility_name=facility.name,
        facility_kind=facility.kind, organisation_id=facility.organisation_id, why=why, first_id=UUID(team[0]),
        second_id=UUID(team[1]) if len(team) > 1 else None, officers=" · ".join(able[key] for key in team)[:170],
        due_on=until, reason=said(reason, "reason", needed=True),
    )  # fmt: skip
    made.case = open_case("inspection", region_id=facility.region_id, about=made, actor=actor, at=at)
    made.number = made.case.number
    made.save(force_insert=True)
    add_detail(seed=seed, list_hash=digest)
    return made


def _open_checks(
    campaign: Campaign,
    on_list: dict[str, queries.OnList],
    by: dict[str, tuple[str, ...]],
    actor: Actor,
    at: datetime,
) -> None:
    names = dict(campaign.officers)
    keys = sorted(by)
    fresh = [uuid7() for _key in keys]
    due = timezone.make_aware(datetime.combine(campaign.until, datetime.max.time().replace(microsecond=0)))
    cases = open_cases(
        "inspection",
        [
            ToOpen(about_id=pk, region_id=on_list[key].region, holder_id=None, due_at=due)
            for pk, key in zip(fresh, keys, strict=True)
        ],
        about_kind=Inspection._meta.label_lower,
        actor=actor,
        at=at,
    )
    Inspection.everywhere.bulk_create(
        Inspection(
            id=pk, campaign=campaign, case_id=case, number=number, region_id=on_list[key].region,
            facility_id=on_list[key].key, facility_name=on_list[key].name, facility_kind=on_list[key].kind,
            organisation_id=on_list[key].organisation_id, first_id=UUID(by[key][0]),
            second_id=UUID(by[key][1]) if len(by[key]) > 1 else None,
            officers=" · ".join(names[one] for one in by[key])[:170], due_on=campaign.until,
        )
        for pk, key, (case, number) in zip(fresh, keys, cases, strict=True)
    )  # fmt: skip


def _need(campaign: Campaign, state: CampaignState) -> None:
    if campaign.state != state:
        raise Refused(
            "campaign_state",
            "This is not possible while the campaign is “{state}”. Reload the page and choose again.",
            state=campaign.get_state_display(),
        )
