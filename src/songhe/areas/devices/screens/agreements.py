"""Agreements to be located, and the areas that are watched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import actions, queries
from songhe.areas.devices.models import Agreement, Fence
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.map.drawing import draw
from songhe.kit.map.shapes import Area, Map, Mark
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, url_of, verb
from songhe.kit.who import who

READ_FENCE = "devices.read_fence"
LABELS[READ_FENCE] = _("Safe area viewed")
_GIVEN = spec.state(
    "state", _("State"), show=lambda row: "ended" if row.withdrawn_at else "given",
    label_of=lambda row: _("Withdrawn") if row.withdrawn_at else _("In force"), tones={"given": "ok", "ended": "muted"},
)  # fmt: skip
_WATCHED = spec.state(
    "state", _("State"), show=lambda row: "ended" if row.ended_at else "watched",
    label_of=lambda row: _("No longer monitored") if row.ended_at else _("Monitored"), tones={"watched": "ok", "ended": "muted"},
)  # fmt: skip


def _shown(row: Fence, request: HttpRequest) -> Mapping[str, Any]:
    """The shape, which tells where the home is; looking is logged."""
    record_read(READ_FENCE, row, actor=who(request), at=now(), purpose="map")
    shapes: list[Any] = []
    for fence, shape in queries.places.fences_of([row.person_id]):
        if fence.pk == row.pk:
            edge = queries.places.outline(shape)
            tone = "info" if row.keep_in else "danger"
            shapes = [Area(points=edge, label=row.name, tone=tone)]
            shapes += [Mark(label=row.name, point=edge[0], tone=tone, word=_("Edge"))]
    return {"map": draw(Map(title=row.name, shapes=tuple(shapes), empty=_("It is no longer monitored.")))}


agreements = record(
    Agreement,
    slug="location-agreements",
    right="devices.view",
    title=_("Location consents"),
    one=_("Location consent"),
    intro=_("Without a valid consent no location is kept; once it is withdrawn, earlier locations are hidden too."),
    columns=[
        spec.link("person", sort="person__name_pinyin"),
        spec.region("region"),
        spec.text("given_by", note=lambda row: row.giver),
        spec.when("given_at", sort="given_at"),
        spec.when("withdrawn_at"),
        _GIVEN,
    ],
    filters=[
        spec.flag("in_force", _("In force"), narrow=lambda rows, yes: rows.filter(withdrawn_at__isnull=yes)),
        spec.choice("given_by"),
        spec.region_filter(),
    ],
    search=("person.name",),
    order=("-given_at", "id"),
    join=("person",),
    heading=lambda row: row.person,
    state=_GIVEN,
    panels={_("Location consent"): [spec.link("person"), "given_by", spec.text("giver", optional=True), "given_at", "recorded_by", spec.when("withdrawn_at", optional=True), spec.text("withdrawn_by", optional=True)]},
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.agree, label=_("Record a location consent"), icon="shield-check"),
        verb(actions.withdraw_agreement, label=_("Withdraw"), danger=True, when=lambda row, user: row.withdrawn_at is None,
             ask=_("From now on no location is kept, and earlier ones are no longer shown.")),
    ],
    nav=NavItem("service", "shield-check", 64),
    empty=_("No consent yet. Record the first one."),
)  # fmt: skip

fences = record(
    Fence,
    slug="safe-areas",
    right="devices.view",
    title=_("Safe areas"),
    one=_("Safe area"),
    intro=_("When a device leaves an area that its person should stay in, or enters one to keep out of, an alarm is raised."),
    columns=[
        spec.link("name", sort="name"),
        spec.link("person"),
        spec.region("region"),
        spec.text("keep_in", _("Kind"), show=lambda row: _("Stay inside") if row.keep_in else _("Keep out")),
        spec.text("made_by"),
        spec.when("made_at", sort="made_at"),
        _WATCHED,
    ],
    filters=[
        spec.flag("watched", _("Monitored"), narrow=lambda rows, yes: rows.filter(ended_at__isnull=yes)),
        spec.region_filter(),
    ],
    search=("person.name", "name"),
    order=("-made_at", "id"),
    join=("person",),
    subheading=lambda row: row.person,
    state=_WATCHED,
    panels={_("Place on the map"): panel("kit/map.html", query=_shown, right="devices.locate")},
    aside={
        _("Safe area"): [spec.link("person"), spec.region("region"), "made_by", "made_at", spec.when("ended_at", optional=True)],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draw_circle, label=_("Draw a circle"), icon="map-pin", then=lambda made, row: str(url_of(made))),
        verb(actions.draw_ring, label=_("Draw an area"), icon="map", then=lambda made, row: str(url_of(made))),
        verb(actions.end_fence, label=_("Stop monitoring"), danger=True, when=lambda row, user: row.ended_at is None),
    ],
    nav=NavItem("service", "map-pin", 66),
    empty=_("No area is monitored yet. Draw the first one."),
)  # fmt: skip
