"""Entitlements, people and policies for the suite over every record."""

from __future__ import annotations

from datetime import date

from tests import make
from tests.areas.assessment.samples import person
from tests.conftest import AT

from songhe.areas.entitlement.api import Entitlement, State, Unit
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.ids import uuid7


def policies(n: int, region: int) -> list[PolicyVersion]:
    """Policies of one region; their text is not read."""
    return [
        PolicyVersion.objects.create(
            code=f"policy-{uuid7()}",
            number=f"示例〔2026〕{i}号",
            title_en=f"Policy {i}",
            title_zh=f"政策{i}",
            issuer_en="Bureau",
            issuer_zh="民政局",
            region_id=region,
            start=date(2026, 1, 1),
            file=f"{i}.yaml",
            content_hash=uuid7().hex,
            text="clauses: {}",
            loaded_at=AT,
        )
        for i in range(n)
    ]


def entitlements(n: int, region: int) -> list[Entitlement]:
    """Drafts of n people under one policy."""
    (policy,) = policies(1, region)
    return [
        Entitlement.everywhere.create(
            person=person(region, name=f"李大娘{i}"),
            region_id=region,
            policy=policy,
            rule="home_service_minutes",
            name_en="Home service",
            name_zh="居家上门服务时长",
            unit=Unit.MINUTE,
            amount=1800,
            month=date(2026, 11, 1),
            state=State.DRAFT,
            reason={"steps": [], "assumed": []},
            prepared_by_id=SYSTEM.id,
            prepared_at=AT,
        )
        for i in range(n)
    ]


def people(n: int, region: int) -> list[Person]:
    """People whose entitlements may be looked at."""
    return [person(region, name=f"赵大爷{i}") for i in range(n)]


make.SAMPLES["entitlements"] = entitlements
make.SAMPLES["entitled-people"] = people
make.SAMPLES["policies"] = policies
