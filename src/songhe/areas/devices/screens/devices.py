"""Devices on screen: the register, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices import actions, queries
from songhe.areas.devices.models import Binding, Chore, Device, Finding, Movement, Place, Signal, Tag
from songhe.areas.devices.screens.common import (
    ANSWERS,
    BECAME_TONES,
    COMMAND_TONES,
    PLACE_TONES,
    answer_of,
    kinds_filter,
    share,
)
from songhe.areas.registry.api import Happening
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.engines.commands.api import Command, of_device
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.map.drawing import draw
from songhe.kit.map.shapes import Area, Line, Map, Mark, Shape
from songhe.kit.pages import NavItem
from songhe.kit.spec import Figure, grid, panel, record, timeline, url_of, verb
from songhe.kit.who import who
from songhe.kit.words import moment

LOCATE = "devices.locate_device"
LABELS[LOCATE] = _("Location viewed")
TRACK_DAYS = 2
_PLACE = spec.state("place", tones=PLACE_TONES, sort="place")
_ANSWER = spec.state(
    "answer", _("Connection"), show=lambda row: answer_of(row, now()), label_of=lambda row: ANSWERS[answer_of(row, now())][0],
    tone=lambda row: ANSWERS[answer_of(row, now())][1],
)  # fmt: skip


def _battery(row: Device) -> str:
    return "" if row.last.battery is None else f"{row.last.battery} %"


def _figures(request: HttpRequest) -> list[Figure]:
    rows = Device.objects.within(who(request).scope("devices.view"))
    out = Q(person__isnull=False)
    found = rows.aggregate(
        issued=Count("pk", filter=out),
        installed=Count("pk", filter=out & Q(installed_at__isnull=False)),
        connected=Count("pk", filter=out & Q(installed_at__isnull=False, last__connected_at__isnull=False)),
        used=Count("pk", filter=out & Q(last__first_used_at__isnull=False)),
        low=Count("pk", filter=out & Q(last__battery_low=True)),
    )
    dormant, url = queries.register.dormant(rows, now()).count(), devices.url()
    return [
        Figure(_("Given out"), found["issued"], "", f"{url}?place=issued"),
        Figure(_("Installed"), found["installed"], share(found["installed"], found["issued"]), f"{url}?installed=1"),
        Figure(_("Connected"), found["connected"], share(found["connected"], found["installed"]), f"{url}?connected=1"),
        Figure(_("Used by its person"), found["used"], share(found["used"], found["connected"]), f"{url}?used=1"),
        Figure(_("Silent too long"), dormant, share(dormant, found["installed"]), f"{url}?dormant=1", "danger" if dormant else ""),
        Figure(_("Battery low"), found["low"], "", f"{url}?low=1", "warn" if found["low"] else ""),
    ]  # fmt: skip


def _steps(row: Device, request: HttpRequest) -> Mapping[str, Any]:
    """Issued, installed, connected, used: each with its own moment."""
    at, kind, last = now(), row.terms, row.last
    moments = (
        (_("Given out"), row.issued_at, _("given to somebody")),
        (_("Installed"), row.installed_at, _("on the wrist or the wall")),
        (_("Connected"), last.connected_at, _("was heard at least once")),
        (_("Used by its person"), last.first_used_at, _("the person used it at least once")),
    )
    answer = answer_of(row, at)
    return {
        "steps": moments if row.person_id else [],
        "answer": ANSWERS[answer][0],
        "answer_tone": ANSWERS[answer][1],
        "last": last,
        "battery_tone": "danger" if last.battery_low else "ok",
        "test_due": queries.register.test_is_due(row, at),
        "kind": kind,
        "heartbeat": int(kind.heartbeat.total_seconds() // 60) if kind else 0,
        "silence": int(kind.silence.total_seconds() // 3600) if kind else 0,
        "assumed": bool(kind and kind.assumed),
    }


def _where(row: Device, request: HttpRequest) -> Mapping[str, Any]:
    """The last place and the way there, only for who may see it and while the person agrees; looking is logged."""
    user, at = who(request), now()
    agreed = queries.register.agreement(row.person_id)
    if agreed is None or row.person_id is None:
        return {"agreed": None}
    record_read(LOCATE, row, actor=user, at=at, purpose="map")
    seen = queries.places.last_places([row.pk]).get(row.pk)
    track = queries.places.track(row.pk, row.person_id, since=at - timedelta(days=TRACK_DAYS))
    shapes: list[Shape] = []
    for fence, shape in queries.places.fences_of([row.person_id]):
        shapes.append(Area(points=queries.places.outline(shape), label=fence.name, tone="info" if fence.keep_in else "danger"))  # fmt: skip
    if len(track) > 1:
        shapes.append(Line(points=tuple(one.point for one in track), label=gettext("Route of the last two days"), dashed=True))  # fmt: skip
    if seen:
        note = gettext("within {n} m").format(n=round(seen.accuracy)) if seen.accuracy is not None else ""
        shapes.append(Mark(label=moment(seen.at), point=seen.point, tone="danger", word=_("Last location"), note=note))  # fmt: skip
    return {
        "agreed": agreed,
        "map": draw(
            Map(title=_("Last location"), shapes=tuple(shapes), empty=_("No location reported yet."))
        ),
    }


def _told(row: Device, request: HttpRequest) -> list[Happening]:
    """What it said, as far as it is kept, and what happened to it."""
    said = (
        Signal.everywhere.filter(device=row).exclude(kind__in=["position", "heartbeat"]).order_by("-at")[:40]
    )
    found = [
        Happening(
            one.at, one.kind_label,
            " · ".join(filter(None, [str(one.get_became_display()) if one.became != "kept" else "",
                                     gettext("the clock was {how}").format(how=one.get_clock_display()) if one.clock else ""])),
            "", BECAME_TONES.get(one.became, ""),
        )
        for one in said
    ]  # fmt: skip
    moves = Movement.everywhere.filter(device=row).order_by("-at")[:20]
    found += [
        Happening(one.at, str(one.get_move_display()), " · ".join(filter(None, [one.by, one.note])), "", "info") for one in moves
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)


def _bindings(row: Device, request: HttpRequest) -> list[Binding]:
    rows = Binding.objects.within(who(request).scope("devices.view")).filter(device=row)
    return list(rows.select_related("person").order_by("-since", "-bound_at"))


def _chores(row: Device, request: HttpRequest) -> list[Chore]:
    return list(Chore.everywhere.filter(device=row).order_by("-opened_at")[:10])


def _commands(row: Device, request: HttpRequest) -> list[Command]:
    with elevated():  # the commands of a device that the reader sees
        return list(of_device(row.pk)[:10])


def _commanded(row: Device, user: Any) -> bool:
    return row.enabled and row.place == Place.ISSUED


def _code(row: Device, request: HttpRequest) -> Mapping[str, Any]:
    tag = Tag.everywhere.filter(device=row, revoked_at=None).first()
    found = Finding.everywhere.filter(device=row).order_by("-at").first()
    return {"tag": tag, "sheet": reverse("devices.labels", args=[row.pk]) if tag else "", "found": found}


def _out(*places: Place) -> Any:
    return lambda row, user: row.place in places


def _installs(row: Device, user: Any) -> bool:
    return row.place == Place.ISSUED and row.installed_at is None


def _narrow_dormant(rows: Any, yes: bool) -> Any:
    silent = queries.register.dormant(rows, now())
    return silent if yes else rows.exclude(pk__in=silent.values("pk"))


def _given(path: str) -> Any:
    return lambda rows, yes: rows.filter(**{f"{path}__isnull": not yes}, person__isnull=False)


devices = record(
    Device,
    slug="devices",
    right="devices.view",
    title=_("Devices"),
    one=_("Device"),
    columns=[
        spec.link("code", sort="code", note=lambda row: row.kind_label),
        spec.link("person"),
        spec.region("region"),
        _PLACE,
        _ANSWER,
        spec.when("last.heard_at", _("Last signal")),
        spec.text("battery", _("Battery"), show=_battery),
        spec.text("helper"),
    ],
    filters=[
        kinds_filter(),
        spec.choice("place"),
        spec.region_filter(),
        spec.flag("installed", _("Installed"), narrow=_given("installed_at")),
        spec.flag("connected", _("Connected"), narrow=_given("last__connected_at")),
        spec.flag("used", _("Used by its person"), narrow=_given("last__first_used_at")),
        spec.flag("dormant", _("Silent too long"), narrow=_narrow_dormant),
        spec.flag("low", _("Battery low"), narrow=lambda rows, yes: rows.filter(last__battery_low=yes)),
        spec.flag("lying", _("Clock is wrong"), narrow=lambda rows, yes: rows.exclude(last__clock="") if yes else rows.filter(last__clock="")),
        spec.date_range("issued_at"),
    ],
    search=("code", "person.name", "model"),
    order=("code", "id"),
    join=("last", "person"),
    state=_PLACE,
    subheading=lambda row: row.kind_label,
    figures=_figures,
    panels={
        _("State of the device"): panel("devices/state.html", query=_steps),
        _("Place on the map"): panel("devices/where.html", query=_where, right="devices.locate"),
        _("Signal history"): timeline(_told),
        _("Commands to the device"): grid(
            _commands,
            [spec.text("kind", show=lambda row: row.get_kind_display()), spec.state("state", tones=COMMAND_TONES), spec.when("queued_at"),
             spec.when("sent_at"), spec.when("acknowledged_at"), spec.when("expires_at")],
            none=_("No commands have been sent to it yet."),
        ),
        _("Tasks for this device"): grid(
            _chores,
            [spec.link("kind", show=lambda row: row.get_kind_display()), spec.when("opened_at"), spec.day("due_on"),
             spec.text("outcome", show=lambda row: row.get_outcome_display() if row.outcome else _("Not done yet"), note=lambda row: row.note),
             spec.text("closed_by", note=lambda row: moment(row.closed_at) if row.closed_at else "")],
            none=_("There were no tasks for it."),
        ),
        _("Who has it"): grid(
            _bindings,
            [spec.link("person"), spec.day("since"), spec.day("until"), spec.yes_no("is_free"), spec.text("bound_by"), spec.text("reason")],
            none=_("Not issued to anybody yet."),
        ),
    },
    aside={
        _("Device"): [
            spec.text("kind", show=lambda row: row.kind_label), spec.text("model", optional=True), spec.link("person"),
            spec.region("region"), spec.link("holder", optional=True), spec.text("helper", optional=True), spec.yes_no("enabled"),
            spec.when("secret_at", optional=True), spec.text("reason", optional=True), "registered_at",
        ],
        _("Secret of a device"): panel("devices/secret_panel.html", query=lambda row, request: {"row": row, "url": reverse("devices.secret", args=[row.pk])}, right="devices.register"),
        _("Scannable code"): panel("devices/code.html", query=_code, right="devices.tag"),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.register_device, label=_("Enter a device"), icon="plus", primary=True),
        verb(actions.issue_device, label=_("Issue to somebody"), icon="user-plus", primary=True, when=_out(Place.STOCK)),
        verb(actions.install_device, label=_("Installed"), icon="home-check", primary=True, when=_installs),
        verb(actions.press_device, label=_("Simulate a press"), icon="bell", when=lambda row, user: settings.DEMO and row.place == Place.ISSUED and row.installed_at is not None,
             initial=lambda row, user: {"kind": "sos"}),
        verb(actions.locate_now, label=_("Locate now"), icon="map-pin", when=lambda row, user: _commanded(row, user) and row.person_id is not None,
             ask=_("The device will be asked for its location. This look-up is logged.")),
        verb(actions.ring_device, label=_("Let it ring"), icon="bell", when=_commanded),
        verb(actions.switch_to_test, label=_("Switch the device to its test mode"), icon="checklist", when=_commanded),
        verb(actions.begin_test, label=_("Test mode"), icon="checklist", when=lambda row, user: row.place == Place.ISSUED and not row.tests(now()),
             ask=_("For a while a press counts as a test, and nobody is called.")),
        verb(actions.end_test, label=_("End test mode"), icon="checklist", primary=True, when=lambda row, user: row.tests(now())),
        verb(actions.set_helper, label=_("Helper"), icon="users", when=lambda row, user: row.person_id is not None,
             initial=lambda row, user: {"helper": str(row.helper_id or "")}),
        verb(actions.return_device, label=_("Take the device back"), icon="package", when=_out(Place.ISSUED, Place.LOST, Place.BROKEN, Place.REPAIR)),
        verb(actions.rebind_device, label=_("Give to somebody else"), icon="refresh", when=lambda row, user: row.place == Place.ISSUED and row.person_id is not None),
        verb(actions.report_lost, label=_("Lost"), icon="alert-triangle", when=_out(Place.ISSUED, Place.STOCK)),
        verb(actions.found_again, label=_("Found again"), icon="check", when=_out(Place.LOST)),
        verb(actions.report_broken, label=_("Broken"), icon="tools", when=_out(Place.ISSUED, Place.STOCK)),
        verb(actions.send_to_repair, label=_("Send for repair"), icon="tools", when=_out(Place.BROKEN)),
        verb(actions.repaired, label=_("Repaired"), icon="check", when=_out(Place.BROKEN, Place.REPAIR)),
        verb(actions.hand_over, label=_("Transfer to another stock"), icon="arrow-right", when=_out(Place.STOCK),
             initial=lambda row, user: {"region": row.region_id, "holder": row.holder_id}),
        verb(actions.make_code, label=_("Generate a code"), icon="tag", when=lambda row, user: row.place != Place.RETIRED,
             ask=_("The code is printed on a label and scanned by whoever finds the person. Any earlier code is deactivated at once."), then=lambda made, row: str(url_of(row))),
        verb(actions.revoke_code, label=_("Deactivate the code"), icon="ban", danger=True,
             when=lambda row, user: Tag.everywhere.filter(device=row, revoked_at=None).exists()),
        verb(actions.disable_device, label=_("Disable the device"), icon="ban", danger=True, when=lambda row, user: row.enabled),
        verb(actions.enable_device, label=_("Re-enable the device"), icon="check", when=lambda row, user: not row.enabled and row.place != Place.RETIRED),
        verb(actions.retire_device, label=_("Retire the device"), danger=True, when=_out(Place.STOCK, Place.LOST, Place.BROKEN, Place.REPAIR)),
    ],
    nav=NavItem("service", "device-watch", 60),
    empty=_("No device is entered here yet. Enter the first one, or import a list."),
)  # fmt: skip
