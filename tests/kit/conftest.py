"""Two small records over the engines' own tables, so that the kit is tested without any area."""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

from tests import make

from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Tie
from songhe.engines.acts.api import act
from songhe.engines.regions.models import Region
from songhe.kit import spec
from songhe.kit.fields import Field
from songhe.kit.pages import HomeList, NavItem, home_panel, page
from songhe.kit.places import reachable
from songhe.kit.spec import record, verb


@act("registry.edit")
def carry(
    tie: Tie,
    *,
    actor: Actor,
    at: datetime,
    to: Annotated[Region, Field(label="Region")],
    reason: Annotated[str, Field(label="Reason", long=True)] = "",
) -> Tie:
    """Carry a tie to another region; not to the one it is in."""
    if to.pk == tie.region_id:
        raise Refused(
            "already_there", "It is already in {place}. Choose another region.", field="to", place=to
        )
    tie.region_id = to.pk
    tie.save(update_fields=["region_id"])
    return tie


@act("registry.edit")
def close(tie: Tie, *, actor: Actor, at: datetime, device_at: datetime | None = None) -> Tie:
    """End a tie on the day on which the phone says so, else today."""
    tie.until = (device_at or at).date()
    tie.save(update_fields=["until"])
    return tie


@act("registry.create")
def begin(
    *,
    actor: Actor,
    at: datetime,
    region: Region,
    kind: Tie.Kind,
    since: date,
) -> Tie:
    """Begin a tie of a person nobody knows."""
    return Tie.everywhere.create(person_id=uuid4(), holder_id=uuid4(), kind=kind, region=region, since=since)


def ties(n: int, region: int, *, since: date = date(2026, 1, 2), kind: str = Tie.Kind.WORKER) -> list[Tie]:
    """Saved ties in a region."""
    return [
        Tie.everywhere.create(
            person_id=UUID(int=i + 1), holder_id=uuid4(), kind=kind, region_id=region, since=since
        )
        for i in range(n)
    ]


TIES = record(
    Tie,
    slug="ties",
    right="registry.view",
    title="Ties",
    columns=[
        spec.link("person_id", "Person"),
        spec.state("kind", tones={"worker": "ok"}, sort="kind"),
        spec.region(),
        spec.day("since", sort="since"),
        spec.day("until", sort="until"),
    ],
    filters=[spec.choice("kind"), spec.region_filter(), spec.date_range("since")],
    search=("kind",),
    order=("-since", "-id"),
    panels={"Tie": ["kind", "since", spec.region()]},
    verbs=[
        verb(carry, label="Carry"),
        verb(close, label="End", when=lambda tie, user: tie.until is None, danger=True, offline=True),
        verb(begin, label="Begin", primary=True),
    ],
    nav=NavItem("people", icon="users"),
    state="kind",
    offline="/ties/",
)
REGIONS = record(
    Region,
    slug="places",
    right="registry.view",
    title="Places",
    rows=reachable,
    columns=[spec.link("name"), spec.state("level"), spec.region("parent", "Above")],
    search=("name",),
    order=("code",),
)
page(
    "board",
    path="board/<int:n>/",
    title="Board",
    right="cockpit.view",
    template="kit/refused.html",
    context=lambda request, n: {"text": f"Board {n}"},
)
home_panel(
    title="Open ties",
    right="registry.view",
    rows=lambda user, scope, at: HomeList(3, [("A tie", "/ties/", "note")]),
)

for place in ("areas", "edges"):
    for found in (Path(__file__).parents[1] / place).glob("*/samples.py"):
        import_module(f"tests.{place}.{found.parent.name}.samples")
make.SAMPLES["ties"] = ties
make.SAMPLES["places"] = lambda n, region: list(Region.objects.filter(code__gte=region)[:n])
