"""Beds: the list, one bed, and the house as a board of rooms on the facility's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility, Kind
from songhe.areas.stays import actions
from songhe.areas.stays.actions.waiting import in_turn
from songhe.areas.stays.models import Bed, BedKind
from songhe.areas.stays.queries import beds as houses
from songhe.areas.stays.queries.vacancy import vacancies
from songhe.areas.stays.rules import Fen
from songhe.areas.stays.screens.common import BED_TONES, BED_WORDS, BedNow, facility, facility_url, person
from songhe.areas.stays.screens.stays import stays
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, panel_on, record, verb
from songhe.kit.who import who

RESIDENTIAL = (Kind.NURSING_HOME, Kind.TOWNSHIP_HOME, Kind.EMBEDDED, Kind.MEDICAL_CARE, Kind.GERIATRIC)
_NOW = BedNow(name="pk", label=_("Today"))


def _state(row: Bed) -> str:
    return houses.states_of([row], today())[row.pk]


def _free(row: Bed, user: Any) -> bool:
    return row.until is None and _state(row) == houses.FREE


def _open_to_live(row: Bed, user: Any) -> bool:
    return row.kind != BedKind.DAY and _free(row, user)


def _only_free(rows: Any, yes: bool) -> Any:
    free = houses.unused(Bed.everywhere.all(), today()).values("pk")
    return rows.filter(pk__in=free) if yes else rows.exclude(pk__in=free)


def _first_in_line(row: Any, user: Any) -> dict[str, Any]:
    """Whoever comes first is chosen already: a second click offers the bed."""
    line = in_turn(row, user)
    return {"application": line[0][0]} if line else {}


def _first(row: Any, user: Any) -> dict[str, Any]:
    return {"since": today(), "bed_fee": Fen(0)}


beds = record(
    Bed,
    slug="beds",
    right="stays.view",
    title=_("Beds"),
    one=_("Bed"),
    columns=[
        spec.link("label", _("Bed"), sort="label"),
        facility(),
        spec.region(),
        spec.text("room.building", _("Building")),
        spec.number("room.floor", _("Floor")),
        spec.text("kind", sort="kind"),
        _NOW,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("kind"),
        spec.flag("free", _("Free today"), narrow=_only_free),
    ],
    search=("label", "facility.name"),
    order=("facility", "label"),
    join=("room",),
    heading=lambda row: f"{row.facility} · {row.label}",
    subheading=lambda row: row.get_kind_display(),
    state=_NOW,
    panels={
        _("Occupants"): grid(
            lambda row, request: houses.lived_in_bed(row),
            [person(), spec.day("since", _("From")), spec.day("until", _("Until")),
             spec.link("stay", _("Stay"), show=lambda row: row.stay)],
            none=_("No occupants yet."),
        ),
        _("Out of service"): grid(
            lambda row, request: houses.closures_of(row),
            [spec.day("since", _("From")), spec.day("until", _("Back in service on")), spec.text("reason", _("Reason")),
             spec.text("entered_by", _("Entered by"))],
            none=_("Never."),
        ),
    },
    aside={
        _("Bed"): [
            facility(), spec.text("room.building", _("Building")), spec.number("room.floor", _("Floor")),
            spec.text("room.number", _("Room")), "kind", spec.region(), "since", spec.day("until", optional=True),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.enter_beds, label=_("Enter beds"), icon="plus", primary=True,
             ask=_("For a whole floor at once: rooms 301-312, two nursing beds each."),
             then=lambda result, row: spec.url_of(result) or ""),
        verb(actions.offer, label=_("Offer"), icon="send", primary=True, when=_open_to_live, initial=_first_in_line,
             ask=_("Those waiting for such a bed are ranked by the rules; the first in the list comes first."),
             then=lambda result, row: facility_url(result)),
        verb(actions.admit, label=_("Admit"), icon="login-2", primary=True, when=_open_to_live, initial=_first,
             then=lambda result, row: stays.url_of(result)),
        verb(actions.change_bed, label=_("Change bed type"), icon="pencil", when=_free,
             initial=lambda row, user: {"kind": row.kind}),
        verb(actions.close_bed, label=_("Take out of service"), icon="tools", when=_free,
             initial=lambda row, user: {"since": today()}),
        verb(actions.open_bed, label=_("Return to service"), icon="check",
             when=lambda row, user: _state(row) == houses.CLOSED, initial=lambda row, user: {"on": today()}),
        verb(actions.remove_bed, label=_("Remove bed"), danger=True, when=_free, initial=lambda row, user: {"on": today()}),
    ],
    nav=NavItem("providers", "bed", 25),
    empty=_("No bed is entered yet. Enter the rooms of a house floor by floor, or import its list."),
)  # fmt: skip


def _board(row: Facility, request: HttpRequest) -> Mapping[str, Any]:
    """The house by floors and rooms, with what the register says beside it."""
    user = who(request)
    found = houses.cells(row.pk, user.scope("stays.view"), today())
    counts = Counter(cell.state for cell in found)
    said = next(
        iter(vacancies(today(), low=row.region_id, high=row.region_id + 1, facilities=[row.pk])), None
    )
    total = said.beds.total if said else 0
    nursing = said.counts[BedKind.NURSING].total if said and BedKind.NURSING in said.counts else 0
    may = {name: user.may(f"stays.{name}") for name in ("offer", "admit", "beds")}
    return {
        "floors": houses.floors(found),
        "legend": [(state, BED_WORDS[state], counts[state], BED_TONES[state]) for state in BED_WORDS],
        "total": total, "nursing": nursing, "said": row.beds, "said_nursing": row.nursing_beds,
        "differences": list(_differences(total - row.beds, nursing - row.nursing_beds)),
        "enter_url": f"{reverse('beds.do', args=['enter_beds'])}?facility={row.pk}" if may["beds"] else "",
        "walk_in_url": f"{reverse('waiting-list.do', args=['apply_by_number'])}?facility={row.pk}" if may["admit"] else "",
        "words": BED_WORDS,
        **may,
    }  # fmt: skip


def _differences(beds_: int, nursing: int) -> Any:
    """What does not agree between the facility register and the beds entered here, in words."""
    for number, fewer, more in (
        (beds_, _("{n} beds of the facility register are not entered here."),
         _("{n} more beds are entered here than the facility register says.")),
        (nursing, _("{n} nursing beds of the facility register are not entered here as such."),
         _("{n} more nursing beds are entered here than the facility register says.")),
    ):  # fmt: skip
        if number:
            yield str(fewer if number < 0 else more).format(n=abs(number))


def _shows(row: Facility) -> bool:
    return row.kind in RESIDENTIAL or row.beds > 0 or Bed.everywhere.filter(facility=row).exists()


board = panel("stays/board.html", query=_board, right="stays.view", when=_shows)
panel_on("facilities", _("Rooms and beds"), board)
