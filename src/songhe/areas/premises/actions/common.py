"""What several verbs of premises share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises import queries
from songhe.areas.premises.models import Compound, Step, StepState
from songhe.areas.premises.rules import faults, total
from songhe.areas.providers.api import Frame
from songhe.core.codes import Point, parse_point
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.cases.api import Case, move_case
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
Lon = Annotated[str, Field(label=_("Longitude"), size=24, help=_("Degrees, such as 122.4206"))]
Lat = Annotated[str, Field(label=_("Latitude"), size=24, help=_("Degrees, such as 37.1653"))]
Where = Annotated[Region, Field(label=_("Region"))]
In = Annotated[Frame, Field(label=_("Coordinate system used"), radio=True)]
Photo = Field(label=_("Picture"), accept="image/*")
EARLIEST = date(1949, 10, 1)


def line(text: str, field: str, *, most: int = 120, needed: bool = True) -> str:
    """One line ready to be stored."""
    clean = normalise(text, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def because(text: str, field: str = "reason", *, needed: bool = True) -> str:
    """A reason of several lines ready to be stored."""
    clean = normalise(text, lines=True, field=field)
    if len(clean) > 400 or (needed and not clean):
        raise Refused("reason", "Say in 1 to 400 characters why.", field=field)
    return clean


def past(day: date, *, at: datetime, field: str) -> date:
    """A day that is not in the future and not before the People's Republic."""
    if not EARLIEST <= day <= timezone.localdate(at):
        raise Refused(
            "wrong_day", "{day} cannot be right: it is in the future or too far back.", field=field, day=day
        )
    return day


def placed(lon: str, lat: str, frame: Frame) -> Point | None:
    """A place in WGS-84; None where both fields are empty."""
    if not lon.strip() and not lat.strip():
        return None
    return parse_point(lon.strip(), lat.strip(), frame=Frame(frame).value, field="lon")  # type: ignore[arg-type]


def kept_once(row: models.Model, constraint: str, refusal: Refused) -> None:
    """Save a row; the refusal where it would be the second of its name."""
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding)
    except IntegrityError as fault:
        if constraint not in str(fault):
            raise
        raise refusal from None


def keep_file(
    file: UploadedFile, *, owner: UUID, about: UUID, region: int, actor: Actor, at: datetime  # type: ignore[type-arg]
) -> UUID:  # fmt: skip
    """Keep a picture or PDF, sealed with the owner's key; its key."""
    make_key(owner)
    place = Place(owner_id=owner, about_id=about, region_id=region)
    kept = take_in(file, name=file.name or "file", place=place, actor_id=actor.id, at=at)
    found: UUID = kept.pk
    return found


def move(
    case_id: UUID, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = (), note: str = ""
) -> Case:
    """Move a case; whoever may act on the row acts on its case."""
    with elevated():
        return move_case(Case.everywhere.get(pk=case_id), code, actor=actor, at=at, passed=passed, note=note)


def recount(compounds: Sequence[Compound], on: date) -> int:
    """Work out sums, faults and standing of compounds afresh; how many changed."""
    changed = []
    judged = queries.seen(compounds, on)
    for row in compounds:
        seen = judged[row.pk]
        fresh = {
            "planned_m2": total(seen.parts, "plan"),
            "built_m2": total(seen.parts, "build"),
            "accepted_m2": total(seen.parts, "accept"),
            "standing": queries.standing_of(row, seen, on),
            "faults": [str(fault) for fault in faults(seen, on)],
        }
        if any(getattr(row, name) != value for name, value in fresh.items()):
            for name, value in fresh.items():
                setattr(row, name, value)
            changed.append(row)
    names = ["planned_m2", "built_m2", "accepted_m2", "standing", "faults"]
    Compound.everywhere.bulk_update(changed, names, batch_size=500)
    return len(changed)


def handed_over(compound: Compound) -> None:
    """Add up afresh what the phases of a compound have handed over."""
    compound.delivered_m2 = queries.handed_over(queries.phases_of(compound))
    Compound.everywhere.filter(pk=compound.pk).update(delivered_m2=compound.delivered_m2)


def need_state(step: Step | None, state: StepState) -> Step:
    """The step that is under way, if it stands so."""
    if step is None or step.state != state:
        raise Refused(
            "premises.step", "This step is not in that state any more. Reload the page and choose again."
        )
    return step
