"""What lies on the agents' desks: who was called back, a draw, a nuisance number, services at hand, an article to approve."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from songhe.areas.hotline import actions
from songhe.areas.hotline.models import Favourite, FollowUp, Nuisance, Outcome
from songhe.areas.visits.api import Order, OrderState
from songhe.core.refusal import Refused
from songhe.engines.access.api import User
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

AT_HAND = ("0103", "0101", "0106", "0111", "0129", "0604")
UNREACHED = 9
"""Of so many called back, one was not reached."""


def put_in_order(city: City) -> None:
    """Everything beside the calls themselves."""
    agent = city.users["hotline"]
    _called_back(city)
    _at_hand(city, agent)
    _nuisance(city, agent)
    _article(city, agent)
    _draw(city)


def _called_back(city: City) -> None:
    """How far the calls about served orders have come, in one statement."""
    asked = Order.everywhere.filter(
        state__in=[OrderState.FOLLOWED_UP, OrderState.SETTLED], completed_at__isnull=False
    )
    rows = [_row(order, place) for place, order in enumerate(asked.order_by("completed_at", "id")[:3000])]
    FollowUp.everywhere.bulk_create(rows, batch_size=1000)


def _row(order: Order, place: int) -> FollowUp:
    served = order.completed_at
    assert served is not None  # the query asks for it
    reached = order.rating is not None and place % UNREACHED
    return FollowUp(
        id=uuid7(), order=order, person_id=order.person_id, region_id=order.region_id, item=order.item,
        organisation_id=order.organisation_id, served_at=served, attempts=0 if reached else 3,
        state=FollowUp.State.DONE if reached else FollowUp.State.UNREACHABLE,
        rating=order.rating if reached else None, ended_at=_later(order.followed_up_at, served),
    )  # fmt: skip


def _later(ended: datetime | None, served: datetime) -> datetime:
    return ended or served + timedelta(days=1)


def _at_hand(city: City, agent: User) -> None:
    low = next((low for low, _high in agent.scope("hotline.answer").areas), city.shown)
    Favourite.everywhere.bulk_create(
        Favourite(region_id=low, agent_id=agent.pk, item=item, since=city.at - timedelta(days=place))
        for place, item in enumerate(AT_HAND)
    )


def _nuisance(city: City, agent: User) -> None:
    """A number that rang for nothing yesterday, marked for a month."""
    with acting(agent):
        call = actions.answer(actor=agent, at=city.at - timedelta(hours=20), number="17000001234")
        actions.mark_nuisance(
            call,
            actor=agent,
            at=city.at - timedelta(hours=20),
            reason=Nuisance.Reason.SALES,
            note="推销保健品,一周三次",
        )
        actions.hang_up(call, actor=agent, at=city.at - timedelta(hours=20), outcome=Outcome.WRONG_NUMBER)


def _article(city: City, agent: User) -> None:
    region = Region.objects.filter(
        code=next((low for low, _high in agent.scope("hotline.write").areas), 0)
    ).first()
    if region is None:
        return
    with acting(agent):
        actions.write_article(
            actor=agent, at=city.at - timedelta(hours=3), region=region, title_zh="春节期间热线与上门服务安排",
            title_en="Hotline and home services over the Spring Festival",
            body_zh="热线24小时值守。除夕至初三只受理助急、助医和送餐,其余服务顺延。",
            body_en="The line is staffed day and night. From New Year's Eve to the third day only urgent help, doctor and meals.",
            since=localtime(city.at).date(), branches=["enquiry_helps", "enquiry_living"], words="过年 放假 值班",
        )  # fmt: skip


def _draw(city: City) -> None:
    """Of those served until the day before yesterday some are drawn, by the county's officer."""
    officer = city.users.get("county")
    region = Region.objects.filter(code=city.shown).first()
    if officer is None or region is None or not officer.may("hotline.draw"):
        return
    with acting(officer):
        try:
            actions.draw_follow_ups(
                actor=officer,
                at=city.at,
                region=region,
                on=localtime(city.at).date() - timedelta(days=2),
                seed="38210",
            )
        except Refused:
            return  # nobody waits in a very small city
