"""What finders wrote, for the desk that calls them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import queries
from songhe.areas.devices.models import Finding
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.map.drawing import draw
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record
from songhe.kit.who import who

READ = "devices.read_finding"
LABELS[READ] = _("Finder's message viewed")


def _opened(row: Finding, request: HttpRequest) -> Mapping[str, Any]:
    """Number, words and place; reading is logged."""
    record_read(READ, row, actor=who(request), at=now(), purpose="call back")
    found = queries.places.finding(row)
    mark = Mark(label=_("Where the finder is"), point=found.place, tone="danger", word=_("Found here"))
    return {
        "found": found,
        "map": draw(Map(title=_("Where the finder is"), shapes=(mark,), empty=_("No location was sent."))) if found.place else None,
    }  # fmt: skip


findings = record(
    Finding,
    slug="finder-messages",
    right="devices.locate",
    title=_("Finders' messages"),
    one=_("Finder's message"),
    intro=_("Messages from people who scanned a tag. Each one also raises an alarm."),
    columns=[
        spec.link("at", show=str, sort="at"),
        spec.link("device", note=lambda row: row.device.kind_label),
        spec.link("person"),
        spec.region("region"),
    ],
    filters=[spec.region_filter(), spec.date_range("at")],
    search=("person.name", "device.code"),
    order=("-at", "id"),
    join=("device", "person"),
    subheading=lambda row: row.person or row.device,
    panels={_("Finder's message"): panel("devices/finding.html", query=_opened)},
    aside={_("About"): [spec.link("person"), spec.link("device"), spec.region("region"), "at"], _("History"): spec.history()},
    nav=NavItem("service", "message-circle", 67),
    empty=_("No messages through tags yet."),
)  # fmt: skip
