"""Rows of claims for the conformance suite."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from tests import make
from tests.areas.providers import made as providers
from tests.areas.visits import samples as visits

from songhe.areas.claims.actions.billing import accounts
from songhe.areas.claims.models import (
    Bill,
    Claim,
    ClaimLine,
    Dispute,
    LineState,
    PayConsent,
    SampleCheck,
    TownPart,
    Why,
)
from songhe.areas.visits.api import Visit, VisitState
from songhe.core.codes.region import COUNTY, TOWN, at_level
from songhe.engines.access.api import SYSTEM
from songhe.engines.cases.api import open_case
from songhe.engines.ledger.api import carry, post
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, seal

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def claim(region: int) -> Claim:
    """A draft of an organisation of its own."""
    organisation = providers.organisation(at_level(region, COUNTY))
    made = Claim(
        id=uuid7(), organisation=organisation, region_id=at_level(region, COUNTY), month=date(2026, 10, 1), hash="0" * 64,
        drawn_up_at=AT,
    )  # fmt: skip
    made.case = open_case("claim", region_id=made.region_id, about=made, actor=SYSTEM, at=AT)
    made.number = made.case.number
    made.save(force_insert=True)
    make_key(made.pk)
    return made


def lines(n: int, region: int) -> list[ClaimLine]:
    """Lines of one claim, each of another visit."""
    of = claim(region)
    person = make.person(region=region)
    return [
        ClaimLine.everywhere.create(
            claim=of, visit_id=uuid4(), person_id=person.pk, organisation_id=of.organisation_id, region_id=region, item="0103",
            on=date(2026, 10, 5), minutes=60, claimed_minutes=60, payable_minutes=60, unit_fen=8_000, full_fen=8_000,
            claimed_fen=8_000, net_fen=8_000, state=LineState.PAYABLE,
        )
        for _ in range(n)
    ]  # fmt: skip


def towns(n: int, region: int) -> list[TownPart]:
    """A town's parts in claims."""
    return [
        TownPart.everywhere.create(
            claim=of, organisation_id=of.organisation_id, region_id=at_level(region, TOWN), month=of.month, visits=1,
            claimed_fen=8_000,
        )
        for of in (claim(region) for _ in range(n))
    ]  # fmt: skip


def checks(n: int, region: int) -> list[SampleCheck]:
    """Drawn visits."""
    return [
        SampleCheck.everywhere.create(
            claim=line.claim, line=line, person_id=line.person_id, region_id=region, why=Why.CHANCE
        )
        for line in lines(n, region)
    ]


def disputes(n: int, region: int) -> list[Dispute]:
    """Disputes of lines."""
    return [
        Dispute.everywhere.create(
            claim=line.claim, line=line, region_id=line.claim.region_id, organisation_id=line.organisation_id,
            words_sealed=seal(line.claim_id, "已上门"), filed_by="王经理", filed_at=AT, due_at=AT + timedelta(days=9),
        )
        for line in lines(n, region)
    ]  # fmt: skip


make.SAMPLES |= {
    "claims": lambda n, region: [claim(region) for _ in range(n)],
    "claim-lines": lines,
    "town-acceptances": towns,
    "claim-samples": checks,
    "claim-disputes": disputes,
}


def bills(n: int, region: int) -> list[Bill]:
    """Open bills of one person."""
    organisation, person = providers.organisation(at_level(region, COUNTY)), make.person(region=region)
    owes, owed = accounts(person, organisation, at=AT)
    return [
        Bill.everywhere.create(
            number=f"ZD-{uuid4().hex[:12]}", person=person, organisation=organisation, region_id=region, month=date(2026, 10, 1),
            fen=8_000, made_by="王经理", made_at=AT,
            journal=post(carry(owes.pk, owed.pk, 8_000), key=str(uuid4()), kind="claims.bill", at=AT, actor=SYSTEM),
        )
        for _ in range(n)
    ]  # fmt: skip


def consents(n: int, region: int) -> list[PayConsent]:
    """Consents of persons."""
    organisation = providers.organisation(at_level(region, COUNTY))
    return [
        PayConsent.everywhere.create(
            person=make.person(region=region), organisation=organisation, region_id=region, since=date(2026, 10, 1),
            given_by="本人", document="同意书", by="王经理", at=AT,
        )
        for _ in range(n)
    ]  # fmt: skip


make.SAMPLES |= {"bills": bills, "pay-consents": consents}


def lapsed(n: int, region: int) -> list[Visit]:
    """Visits that were given and not claimed in time."""
    found = visits.visits(n, region)
    done = {
        "state": VisitState.DONE,
        "arrived_at": AT,
        "left_at": AT + timedelta(hours=1),
        "minutes": 60,
        "lapsed_at": AT,
    }
    Visit.everywhere.filter(pk__in=[visit.pk for visit in found]).update(**done)
    return list(Visit.everywhere.filter(pk__in=[visit.pk for visit in found]))


make.SAMPLES |= {"unclaimed-visits": lapsed}
