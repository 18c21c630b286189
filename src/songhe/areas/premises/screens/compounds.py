"""The register of compounds and the page of one: what it owes and gives stands first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import actions, queries
from songhe.areas.premises.limits import say, step_name, terms
from songhe.areas.premises.models import FAULTS, Compound, CompoundKind, Phase, Standing
from songhe.areas.premises.rules import STEPS, reasons
from songhe.areas.premises.screens.common import PHASE_TONES, STANDING_TONES, said
from songhe.kit import spec
from songhe.kit.charts import progress
from songhe.kit.clock import today
from songhe.kit.map.panel import map_panel
from songhe.kit.map.shapes import Map, Mark
from songhe.kit.pages import NavItem
from songhe.kit.spec import Figure, grid, panel, record, verb
from songhe.kit.who import who

_STATE = spec.state("standing", tones=STANDING_TONES, sort="standing", note=lambda row: row.fault_names)


def _owed(row: Compound, request: HttpRequest) -> Mapping[str, Any]:
    standard = next((one for one in terms().standards if one.code == row.standard), None)
    given = (row.planned_m2, row.built_m2, row.accepted_m2, row.delivered_m2)
    return {
        "homes": f"{row.households:,}",
        "rate": row.per_100,
        "least": row.least_m2,
        "owed": f"{row.required_m2:,}",
        "standard": say(standard.label) if standard else row.standard,
        "certain": row.certain,
        "source": say(standard.source) if standard else "",
        "rows": [
            (
                step_name(step),
                f"{m2:,}",
                progress(
                    m2, row.required_m2 or 1, title=step_name(step), width=160,
                    tone="" if m2 >= row.required_m2 else "warn",
                ),
                m2 * 100 // row.required_m2 if row.required_m2 else 100,
            )
            for step, m2 in zip(STEPS, given, strict=True)
        ],
    }  # fmt: skip


def _why(row: Compound, request: HttpRequest) -> Mapping[str, Any]:
    found = queries.seen([row], today())[row.pk]
    return {"reasons": [said(reason) for reason in reasons(found, today())]}


def _phases(row: Compound, request: HttpRequest) -> list[Phase]:
    return queries.phases_of(row)


def _map(row: Compound, request: HttpRequest) -> Map:
    mark = Mark(
        label=row.name,
        point=row.point,
        tone=STANDING_TONES[row.standing],
        word=str(row.get_standing_display()),
        note=row.address,
    )
    return Map(title=_("Where it is located"), shapes=(mark,), empty=_("Enter its location."))


def _figures(request: HttpRequest) -> list[Figure]:
    rows = Compound.objects.within(who(request).scope("premises.view"))
    new = rows.filter(kind=CompoundKind.NEW)
    owing = new.exclude(standing=Standing.STRUCK).filter(permitted_on__lte=today()).count()
    good, bad = (new.filter(standing=one).count() for one in (Standing.COMPLIES, Standing.FAILS))
    rate = f"{good * 1000 // owing / 10:g} %" if owing else "—"
    note = gettext("{good} of {all} new compounds with a permit").format(good=good, all=owing)
    url = compounds.url()
    return [
        Figure(_("New compounds in order"), rate, note, f"{url}?kind=new&standing=complies"),
        Figure(_("Not in order"), bad, "", f"{url}?kind=new&standing=fails", "danger" if bad else ""),
        Figure(_("Not yet judged"), rows.filter(standing=Standing.OPEN).count(), "", f"{url}?standing=open"),
    ]


def _known(row: Compound, user: Any) -> dict[str, Any]:
    names = ("name", "kind", "households", "developer", "permit_no", "permitted_on")
    return {name: getattr(row, name) for name in names}


def _live(row: Compound, user: Any) -> bool:
    return row.standing != Standing.STRUCK


compounds = record(
    Compound,
    slug="compounds",
    right="premises.view",
    title=_("Residential compounds"),
    one=_("Compound"),
    intro=_("The care premises that compounds must provide: planned, built, accepted and handed over with their homes."),
    columns=[
        spec.link("name", sort="name", note=lambda row: row.developer),
        spec.region("region"),
        spec.text("kind"),
        spec.number("households", sort="households"),
        spec.number("required_m2", sort="required_m2"),
        spec.number("planned_m2", sort="planned_m2"),
        spec.number("delivered_m2", sort="delivered_m2"),
        _STATE,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("standing"),
        spec.choice("kind"),
        spec.choice(
            "fault",
            _("Reason"),
            options=[(str(code), label) for code, label in FAULTS.items()],
            narrow=lambda rows, value: rows.filter(faults__contains=[value]),
        ),
        spec.date_range("permitted_on"),
    ],
    search=("name", "developer", "permit_no", "address"),
    order=("name", "id"),
    state=_STATE,
    subheading=lambda row: row.developer,
    figures=_figures,
    panels={
        _("Why it is not in order"): panel("premises/why.html", query=_why, when=lambda row: bool(row.faults)),
        _("Required and provided"): panel("premises/owed.html", query=_owed),
        _("Phases"): grid(
            _phases,
            [
                spec.link("number", _("Phase"), show=lambda row: row.number),
                spec.number("households"),
                spec.number("asked_m2", _("Premises (m²)")),
                spec.state("state", _("State"), tones=PHASE_TONES),
                spec.day("due_on", _("Next step due")),
                spec.number("delivered_m2", _("Handed over (m²)")),
            ],
            none=_("No phase yet. Add the first one with its households and premises."),
        ),
        _("Map"): map_panel(_map),
    },
    aside={
        _("Compound"): [
            spec.region("region"), "kind", "developer", "address", "households", "permit_no", "permitted_on",
            spec.text("reason", optional=True),
        ],
        _("Entry details"): ["registered_by", "registered_at"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.register_compound, label=_("Enter a compound"), icon="plus", primary=True,
             initial=lambda row, user: {"kind": CompoundKind.NEW},
             ask=_("Its required premises follow from its households and the local standard.")),
        verb(actions.add_phase, label=_("Add a phase"), icon="plus", primary=True, when=_live),
        verb(actions.describe_compound, label=_("Edit"), icon="pencil", when=_live, initial=_known),
        verb(actions.place_compound, label=_("Set the location"), icon="map-pin", when=_live,
             initial=lambda row, user: {"address": row.address, "lon": row.lon, "lat": row.lat}),
        verb(actions.strike_compound, label=_("Strike off"), danger=True, when=_live),
    ],
    nav=NavItem("planning", "building-community", 30),
    empty=_("No compound is entered here yet. Enter the first one, or import the county's list."),
)  # fmt: skip
