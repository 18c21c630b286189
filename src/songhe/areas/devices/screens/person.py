"""A person's devices, on the person's page, beside what the household gets for calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import queries
from songhe.areas.devices.models import Agreement, Binding, Device
from songhe.areas.devices.screens.common import ANSWERS, answer_of
from songhe.areas.devices.screens.devices import devices
from songhe.areas.entitlement.api import Grant
from songhe.areas.registry.api import Happening, Person, door, had, source, timeline
from songhe.engines.access.api import Scope
from songhe.kit.clock import now
from songhe.kit.spec import panel, panel_on
from songhe.kit.who import who

AGREED, GRANTED = source(Agreement), source(Grant)


def _of_person(person: Person, request: HttpRequest) -> Mapping[str, Any]:
    user, at, found = who(request), now(), had(person, request)
    rows = queries.register.of_person(person, user.scope("devices.view"))
    return {
        "rows": [(row, devices.url_of(row), *ANSWERS[answer_of(row, at)], row.person_id != person.pk) for row in rows],
        "agreed": queries.register.agreement(person.pk) if AGREED in found else None,
        "calls": queries.register.call_subsidy(person, granted=GRANTED in found) if user.may("entitlement.view") else None,
    }  # fmt: skip


panel_on("people", _("Devices"), panel("devices/person.html", query=_of_person, right="devices.view"))


@timeline("devices.view", Binding)
def told(person: Person, scope: Scope) -> Iterable[Happening]:
    """When the person got a device and gave it back."""
    zone = timezone.get_current_timezone()
    rows = Binding.objects.within(scope).filter(person=person).order_by("-since")[:20]
    known = Device.objects.within(scope).in_bulk([row.device_id for row in rows])
    for row in rows:
        device = known.get(row.device_id)
        name, url = (device.kind_label, devices.url_of(device)) if device else (gettext("Device"), "")
        yield Happening(datetime.combine(row.since, time(0), zone), gettext("Received a device: {what}").format(what=name), str(device or ""), url)  # fmt: skip
        if row.until:
            yield Happening(datetime.combine(row.until, time(0), zone), gettext("Returned a device: {what}").format(what=name), row.reason, url, "muted")  # fmt: skip


door(_("Consent to being located"), right="devices.issue", icon="shield-check", url=lambda person: f"{reverse('location-agreements.do', args=['agree'])}?person={person}")  # fmt: skip
