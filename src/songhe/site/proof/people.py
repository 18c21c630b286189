"""People for the courses of alarms: agents, neighbours with telephones, and elders who wear the bracelets. Run as a process."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import datetime
from itertools import product
from typing import Any

_CALLED = "安平和宁康健福寿乐怡"


def main() -> None:
    """Make so many agents and neighbours as the first argument says, an elder for each device, and print who they are."""
    from songhe.site.installation import set_up

    set_up()
    from songhe.engines.access.api import Scope, entered

    with entered(Scope.EVERYTHING):
        print(json.dumps(made(int(sys.argv[1]))))


def made(side: int) -> dict[str, Any]:
    """Each neighbour lives in a town of its own, and the elders go round these towns."""
    from songhe.areas.devices.actions import install_device, issue_device
    from songhe.areas.devices.models import Device
    from songhe.areas.registry.api import register
    from songhe.engines.access.api import SYSTEM
    from songhe.engines.regions.models import Level, Region
    from songhe.kit.clock import now

    at, word = now(), secrets.token_urlsafe(12)
    towns = Region.objects.filter(level=Level.TOWN).order_by("code")[:side]
    homes = [
        Region.objects.filter(level=Level.VILLAGE, code__gt=town.pk).order_by("code")[0] for town in towns
    ]
    city = Region.objects.get(level=Level.CITY)
    desks = [_user(f"desk{n}", "hotline_agent", city, word, at=at) for n in range(side)]
    helpers = [_helper(f"helper{n}", home, word, at=at) for n, home in enumerate(homes)]
    names = ["陈" + "".join(signs) for signs in product(_CALLED, repeat=3)]
    elders = {}
    for n, device in enumerate(Device.everywhere.order_by("code")):
        name, home = names[n], homes[n % side]
        elder = register(
            actor=SYSTEM, at=at, name=name, region=home, phone=f"1380000{n:04}", address=f"{n + 1}号"
        )
        issue_device(device, actor=SYSTEM, at=at, person=elder)
        install_device(device, actor=SYSTEM, at=at)
        elders[device.code] = name
    return {"word": word, "desks": desks, "helpers": helpers, "elders": elders}


def _user(name: str, role: str, region: Any, word: str, holder: Any = None, *, at: datetime) -> str:
    from django.utils import timezone

    from songhe.engines.access.api import Grant, User

    user = User(username=name, name=name, created_at=at)
    user.set_password(word)
    user.save(force_insert=True)
    since = timezone.localdate(at)
    Grant.objects.create(user=user, role=role, region=region, holder_id=holder, since=since)
    return name


def _helper(name: str, home: Any, word: str, *, at: datetime) -> tuple[str, str]:
    """The log-in of a neighbour, and by which key a page sends them."""
    from django.utils import timezone

    from songhe.areas.grid.actions import add_helper, link_helper
    from songhe.areas.grid.api import HelperKind
    from songhe.engines.access.api import SYSTEM

    today, phone = timezone.localdate(at), f"1390000{home.pk % 10_000:04}"
    helper = add_helper(
        actor=SYSTEM, at=at, name="孙邻居", kind=HelperKind.NEIGHBOUR, region=home, phone=phone, since=today, consented_on=today
    )  # fmt: skip
    _user(name, "helper", home, word, helper.pk, at=at)
    link_helper(helper, actor=SYSTEM, at=at, username=name)
    return name, f"helper:{helper.pk}"


if __name__ == "__main__":
    main()
