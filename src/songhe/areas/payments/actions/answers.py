"""Verbs of the bank's lists: brought in and checked, then booked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments.models import RESULTS
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.imports import api as imports
from songhe.engines.imports.api import ImportRun
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

Place = Annotated[
    Region, Field(label=_("Paying region"), help=_("Every payment of the list must be this purchaser's."))
]
Upload = Annotated[
    UploadedFile, Field(label=_("File"), accept=".xlsx,.csv,.txt", help=_("The bank's list, .xlsx or .csv."))
]


@act("payments.release", verb="payments.bring_results")
def bring_results(*, actor: Actor, at: datetime, region: Place, file: Upload) -> ImportRun:  # type: ignore[type-arg]  # generic in its stubs only
    """Bring in what the bank did and check every row; nothing is booked yet."""
    found = imports.spec_of(RESULTS)
    run = imports.take_in(file, name=file.name or "", spec=found, region_id=region.code, actor=actor, at=at)
    return imports.start_check(run, actor=actor, at=at)


@act("payments.release", verb="payments.book_results")
def book_results(run: ImportRun, *, actor: Actor, at: datetime) -> ImportRun:
    """Book the good rows; what is booked already stays as it is."""
    _of_bank(run)
    return imports.start_write(run, actor=actor, at=at)


@act("payments.release", verb="payments.drop_results")
def drop_results(run: ImportRun, *, actor: Actor, at: datetime) -> ImportRun:
    """Put a list aside; rows already booked stay booked."""
    _of_bank(run)
    return imports.stop(run, at=at)


def _of_bank(run: ImportRun) -> None:
    if run.spec != RESULTS:
        raise Refused("payments.no_bank_list", "This is not a list from a bank.")
