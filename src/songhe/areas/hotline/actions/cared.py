"""What friendly visits and caring calls lead to: an order or a complaint of what somebody needs, an alarm for who is lost."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from songhe.areas.alarms.api import Source, cry
from songhe.areas.caring.api import (
    Caring,
    Leads,
    Search,
    item_of,
    leads_to,
    link_order,
    need_name,
    when_called,
    when_lost,
)
from songhe.areas.hotline.actions.complaining import complaint_of_caring
from songhe.areas.hotline.rules import quick_windows
from songhe.areas.registry.api import Person
from songhe.areas.visits import api as visits
from songhe.areas.visits.api import Order, PaidBy
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import add_detail
from songhe.engines.vault.api import reveal

MISSING = "missing"
NUMBERS_MOST = 40


@when_called
def follow_needs(caring: Caring, actor: Actor, at: datetime) -> None:
    """One order for each service that is needed, and a complaint; what is refused waits with the visit or call as it is."""
    wanted = leads_to(caring)
    numbers: list[str] = []
    with elevated():  # the person may be tied to the helper only; orders and complaints go to the desk
        placed = (_ordered(caring, code, actor=actor, at=at) for code in wanted.get(Leads.ORDER, []))
        numbers += [order.number for order in placed if order is not None]
        if complaints := wanted.get(Leads.COMPLAINT):
            said = "、".join(need_name(code) for code in complaints)
            words = reveal(caring.person_id, caring.words_sealed) if caring.words_sealed else ""
            numbers.append(complaint_of_caring(caring, words or said, actor=actor, at=at).number)
        if numbers:
            link_order(caring, actor=actor, at=at, number=" ".join(numbers)[:NUMBERS_MOST])


def _ordered(caring: Caring, code: str, *, actor: Actor, at: datetime) -> Order | None:
    """An order for the next window of the day after; none where no service fits or it may not be ordered."""
    item, local = item_of(code), timezone.localtime(at)
    window = next(one for one in quick_windows(local) if one.code == "tomorrow_am")
    if not item:
        return None
    person = Person.everywhere.get(pk=caring.person_id)
    left = visits.free_minutes(person.pk, window.since.date())
    try:
        with transaction.atomic():
            return visits.place_order(
                actor=actor, at=at, person=person, item=item, wanted_from=window.since, wanted_until=window.until,
                paid_by=PaidBy.ENTITLEMENT if left > 0 else PaidBy.SELF,
                note=f"{caring.get_way_display()} · {need_name(code)}",
            )  # fmt: skip
    except Refused as refusal:
        add_detail(**{f"refused_{code}": refusal.code})
        return None


@when_lost
def raise_for_lost(search: Search, actor: Actor, at: datetime) -> str:
    """An alarm for somebody whom neither village nor town has found."""
    with elevated():  # whoever searches may not see alarms
        person = Person.everywhere.get(pk=search.person_id)
        return cry(
            MISSING, actor=actor, at=at, source=Source.VISIT, person=person, words=search.number
        ).number
