"""The list of caring calls beside the desk: who is called next, with the number and what to ask about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.models import Caring, State
from songhe.areas.caring.queries import lists
from songhe.areas.caring.screens.common import group_tone
from songhe.areas.registry.api import Person, secrets_of, secrets_of_many
from songhe.engines.acts.api import record_read
from songhe.engines.regions.tree import full_name
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

SHOWN = 30


def context(request: HttpRequest) -> dict[str, Any]:
    """The next calls, masked; the chosen one in full, which is logged."""
    user, at = who(request), now()
    scope = user.scope("caring.call")
    rows = list(lists.to_call(scope, at)[:SHOWN])
    persons = {
        one.pk: one for one in Person.objects.within(scope).filter(pk__in={row.person_id for row in rows})
    }
    secrets = secrets_of_many(persons.values())
    chosen = request.GET.get("call", "")
    return {
        "count": lists.to_call(scope, at).count(),
        "done": Caring.objects.within(scope).filter(way="call", state=State.DONE, done_by_id=user.pk, done_at__date=timezone.localdate(at)).count(),
        "rows": [
            {
                "row": row, "tone": group_tone(row.group), "name": persons[row.person_id].name, "age": persons[row.person_id].age_on(timezone.localdate(at)),
                "place": full_name(row.region_id, below=3), "phone": _phone(row, persons[row.person_id], user, at) if str(row.pk) == chosen else "",
                "masked": secrets[row.person_id].phone_masked if row.person_id in secrets else "", "open": str(row.pk) == chosen,
                "url": reverse("carings.verb", args=[row.pk, "enter_call"]),
            }
            for row in rows if row.person_id in persons
        ],
    }  # fmt: skip


def _phone(row: Caring, person: Person, user: Any, at: Any) -> str:
    record_read("caring.read_phone", row, actor=user, at=at, purpose="caring call")
    return secrets_of(person).phone


calls = page(
    "caring.calls",
    path="caring-calls/",
    title=_("Caring calls"),
    right="caring.call",
    template="caring/calls.html",
    context=context,
    nav=NavItem("today", "phone", 40),
)
