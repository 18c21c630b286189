"""Many take one order at the same moment: one has it, and there is one effect."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.visits import made

from songhe.areas.visits import actions
from songhe.areas.visits.actions.common import move_order
from songhe.areas.visits.models import Offer, Order, OrderState, PaidBy, Result
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, User, entered

pytestmark = pytest.mark.long

TAKERS = 50


def test_of_fifty_who_take_at_once_one_has_it(apart: str) -> None:
    with entered(Scope.EVERYTHING):
        here = made.town()
        bodies = [providers.organisation() for _ in range(TAKERS)]
        order = made.order(here, paid_by=PaidBy.SELF, item="0106")
        Order.everywhere.filter(pk=order.pk).update(organisation=None)
        order = Order.everywhere.get(pk=order.pk)
        move_order(order, "offer", actor=SYSTEM, at=timezone.now())
        order.save()
        Offer.everywhere.filter(order=order).update(result=Result.WITHDRAWN)
        users = [make.user("dispatcher", make.COUNTY, holder_id=one.pk) for one in bodies]
        offers = [
            Offer.everywhere.create(
                order=order, organisation=one, number=order.number, region_id=order.region_id, item=order.item,
                offered_at=timezone.now(),
            )
            for one in bodies
        ]  # fmt: skip
    begin = threading.Barrier(TAKERS)

    def press(user: User, offer: Offer) -> str:
        try:
            begin.wait(timeout=60)
            with entered(user.scope()):
                actions.take(offer, actor=user, at=timezone.now())
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "taken by me"

    with ThreadPoolExecutor(TAKERS) as pool:
        came = Counter(pool.map(press, users, offers))
    assert came == {"taken by me": 1, "taken": TAKERS - 1}
    with entered(Scope.EVERYTHING):
        order.refresh_from_db()
        assert order.state == OrderState.TAKEN
        held = Offer.everywhere.get(order=order, result=Result.TAKEN)
        assert held.organisation_id == order.organisation_id
        assert Offer.everywhere.filter(order=order, result=Result.GONE).count() == TAKERS - 1
