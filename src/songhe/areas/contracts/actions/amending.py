"""Amendments: new terms from a day on, prepared by one and approved by another; what was agreed stays readable."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import queries
from songhe.areas.contracts.actions.common import Reason, check_whole, need, not_before_last, opened
from songhe.areas.contracts.actions.effects import cut
from songhe.areas.contracts.models import Contract, Service, Stage, State, Use, Version, VersionState
from songhe.areas.providers.api import item_name
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.fields import Field

AMENDABLE = (State.APPROVED, State.IN_FORCE, State.SUSPENDED)


@act("contracts.draft")
def amend(
    contract: Contract,
    *,
    actor: Actor,
    at: datetime,
    since: Annotated[
        date,
        Field(
            label=_("Effective from"),
            help=_("Prices count for services dated from this day on, whenever they were planned"),
        ),
    ],
    document: Annotated[
        str, Field(label=_("Agreement number"), help=_("Number of the supplementary agreement"), size=120)
    ],
) -> Contract:
    """Begin an amendment with the terms as they are; change them, then let somebody else approve it."""
    need(contract, *AMENDABLE)
    if queries.open_version(contract) is not None:
        raise Refused("amendment_open", "An amendment waits to be approved. Finish that one first.")
    if not contract.since <= since <= contract.until:
        raise Refused("term", "An amendment must take effect within the term.", field="since")
    before = queries.versions_of(contract)
    last = not_before_last(contract, since)
    made = Version(
        contract=contract, region_id=contract.region_id, organisation_id=contract.organisation_id,
        number=before[0].number + 1, since=since, until=last.until, ceiling_fen=last.ceiling_fen,
        ceiling_minutes=last.ceiling_minutes, document=normalise(document, field="document"),
        prepared_by_id=actor.id, prepared_by=actor.name[:80], prepared_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    Service.everywhere.bulk_create(
        [
            Service(
                version=made, region_id=one.region_id, organisation_id=one.organisation_id, item=one.item,
                unit=one.unit, fen=one.fen, charged=one.charged,
            )
            for one in queries.services_of(last)
        ]
    )  # fmt: skip
    add_detail(version=made.number, since=since.isoformat(), document=made.document)
    return contract


@act("contracts.approve")
def approve_amendment(contract: Contract, *, actor: Actor, at: datetime) -> Contract:
    """Let an amendment hold that somebody else prepared; not below what is used, nor before the last day on which something was
    given, nor without what is promised.

    Where it shortens the term, what is promised for later and nobody has begun comes back, to be assigned anew.
    """
    need(contract, *AMENDABLE)
    version = opened(contract)
    four_eyes(version.prepared_by_id, actor)
    let_go = cut(contract, version.until, actor=actor, at=at) if version.until < contract.until else 0
    _check_used(contract, version)
    _check_services(contract, version)
    check_whole(contract, version)
    contract.until = version.until
    contract.ceiling_fen, contract.ceiling_minutes = version.ceiling_fen, version.ceiling_minutes
    contract.save()
    decide(version, VersionState.APPROVED, actor=actor, at=at)
    add_detail(version=version.number, since=version.since.isoformat(), let_go=let_go)
    return contract


@act("contracts.draft")
def drop_amendment(contract: Contract, *, actor: Actor, at: datetime, reason: Reason) -> Contract:
    """Drop an amendment that is not approved; the terms stay as they are."""
    need(contract, *AMENDABLE)
    version = opened(contract)
    add_detail(version=version.number, reason=normalise(reason, lines=True, field="reason"))
    decide(version, VersionState.DROPPED, actor=actor, at=at)
    return contract


def decide(version: Version, state: VersionState, *, actor: Actor, at: datetime) -> None:
    """Close a version."""
    version.state, version.decided_by_id, version.decided_by, version.decided_at = (
        state,
        actor.id,
        actor.name[:80],
        at,
    )
    version.save()


def _check_used(contract: Contract, version: Version) -> None:
    used = queries.standings([contract])[contract.pk].used
    if version.ceiling_fen < used.fen or (version.ceiling_minutes or used.minutes) < used.minutes:
        raise Refused(
            "ceiling_below_used",
            "{fen} yuan and {minutes} minutes of this contract are used or promised already, which is more than the new "
            "ceiling. Raise the ceiling.",
            field="ceiling",
            fen=f"{used.fen // 100}.{used.fen % 100:02d}",
            minutes=used.minutes,
        )
    with elevated():  # orders in all of its regions
        rows = Use.everywhere.filter(contract=contract).exclude(stage=Stage.RELEASED)
        last: date | None = rows.aggregate(last=Max("on"))["last"]
    if last is not None and version.until < last:
        raise Refused(
            "given_later",
            "Services were given, or are being given, until {day}. Extend the contract until then.",
            field="until",
            day=last.isoformat(),
        )


def _check_services(contract: Contract, version: Version) -> None:
    """Refuse terms without a service that is promised or given and not paid for days from theirs on: it would have no price."""
    held = [one.item for one in queries.services_of(version)]
    with elevated():  # as above
        rows = Use.everywhere.filter(
            contract=contract, stage__in=[Stage.PROMISED, Stage.GIVEN], on__gte=version.since
        )
        left = rows.exclude(item__in=held).order_by("-on").first()
    if left is not None:
        raise Refused(
            "promised_service",
            "“{item}” is promised until {day} and not among the new services. Add it, or call those orders off first.",
            item=item_name(left.item),
            day=left.on.isoformat(),
        )
