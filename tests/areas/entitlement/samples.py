"""Entitlements, people and policies for the suite over every record."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from tests import make
from tests.areas.assessment.samples import person
from tests.areas.providers import made as providers
from tests.conftest import AT

from songhe.areas.entitlement.api import Entitlement, State, Unit
from songhe.areas.entitlement.models import (
    Appeal,
    Application,
    Award,
    BodyApplication,
    BodyFact,
    DepartmentList,
    Finding,
    Grant,
    GrantSpan,
    LifeCheck,
    Mismatch,
    NationalVoucher,
    Simulation,
    VoucherSuspect,
)
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM
from songhe.engines.cases.api import open_case
from songhe.engines.policies.api import PolicyDraft, PolicyVersion, drafts
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


def policy_drafts(n: int, region: int) -> list[PolicyDraft]:
    """Drafts of n policies of one region, not checked yet."""
    outline = (settings.DATA / "nation/policy_outline.yaml").read_text(encoding="utf-8")
    return [
        drafts.begin(
            outline.replace("370000000000", str(region)).replace("new-policy", f"policy-{uuid7()}"),
            region_id=region,
            actor=SYSTEM,
            at=AT,
        )
        for _ in range(n)
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


def applications(n: int, region: int) -> list[Application]:
    """Applications of n people that nobody has taken up."""
    (policy,) = policies(1, region)
    out = []
    for i in range(n):
        who = person(region, name=f"孙大娘{i}")
        case = open_case("application", region_id=region, person_id=who.pk, actor=SYSTEM, at=AT)
        out.append(
            Application.everywhere.create(
                person=who,
                region_id=region,
                case=case,
                number=case.number,
                policy=policy,
                rule="home_service_minutes",
                name_en="Home service",
                name_zh="居家上门服务时长",
                channel="village",
                received_on=AT.date(),
                received_by="village",
                filed_at=AT,
                filed_by_id=SYSTEM.id,
            )
        )
    return out


def grants(n: int, region: int) -> list[Grant]:
    """Grants in force of n people."""
    (policy,) = policies(1, region)
    rows = [
        Grant.everywhere.create(
            person=person(region, name=f"周大爷{i}"),
            region_id=region,
            number=f"威民待〔2026〕{i}号",
            benefit="home_service_minutes",
            name_en="Home service",
            name_zh="居家上门服务时长",
            policy=policy,
            from_month=date(2026, 11, 1),
            prepared_by_id=SYSTEM.id,
            approved_by_id=uuid7(),
            granted_at=AT,
            changed_at=AT,
        )
        for i in range(n)
    ]
    for row in rows:
        GrantSpan.everywhere.create(
            grant=row, person_id=row.person_id, region_id=region, state="in_force", from_month=row.from_month, why="granted",
            at=AT, by_id=row.approved_by_id, by_name="审批人",
        )  # fmt: skip
    return rows


def findings(n: int, region: int) -> list[Finding]:
    """One change for each of n grants."""
    return [
        Finding.everywhere.create(
            grant=grant,
            person_id=grant.person_id,
            region_id=region,
            month=date(2026, 11, 1),
            kind="status_lost",
            sign="low_income",
            detail={"en": "Minimum living allowance", "zh": "低保"},
            found_at=AT,
        )
        for grant in grants(n, region)
    ]


def life_checks(n: int, region: int) -> list[LifeCheck]:
    """Certifications of n people that are due."""
    return [
        LifeCheck.everywhere.create(
            person=person(region, name=f"吴大娘{i}"),
            region_id=region,
            due_on=date(2026, 12, 1),
            opened_at=AT,
        )
        for i in range(n)
    ]


def appeals(n: int, region: int) -> list[Appeal]:
    """Appeals against n stops."""
    out = []
    for grant in grants(n, region):
        case = open_case("appeal", region_id=region, person_id=grant.person_id, actor=SYSTEM, at=AT)
        out.append(
            Appeal.everywhere.create(
                person=grant.person,
                region_id=region,
                case=case,
                number=case.number,
                grant=grant,
                against_by_id=uuid7(),
                against_at=AT,
                filed_at=AT,
                filed_by_id=SYSTEM.id,
            )
        )
    return out


def mismatches(n: int, region: int) -> list[Mismatch]:
    """What one list says otherwise of n people."""
    as_of = date(2026, 10, 1) + timedelta(days=DepartmentList.everywhere.count())
    of = DepartmentList.everywhere.create(source="relief", region_id=region, as_of=as_of, imported_at=AT)
    return [
        Mismatch.everywhere.create(
            of=of,
            source="relief",
            person=person(region, name=f"郑大爷{i}"),
            region_id=region,
            kind="no_tag",
            term="low_income",
            as_of=of.as_of,
            found_at=AT,
        )
        for i in range(n)
    ]


make.SAMPLES["comparisons"] = mismatches
make.SAMPLES["life-checks"] = life_checks
make.SAMPLES["appeals"] = appeals
make.SAMPLES["applications"] = applications
make.SAMPLES["benefit-grants"] = grants
make.SAMPLES["benefit-reviews"] = findings
make.SAMPLES["entitlements"] = entitlements
make.SAMPLES["entitled-people"] = people
make.SAMPLES["policies"] = policies


def vouchers(n: int, region: int) -> list[NationalVoucher]:
    """Vouchers of n people."""
    return [
        NationalVoucher.everywhere.create(
            number=f"XFQ-{uuid7()}",
            person=person(region, name=f"钱大娘{i}"),
            region_id=region,
            month=date(2026, 11, 1),
            kind="home",
            percent=45,
            most_fen=80_000,
            imported_at=AT,
        )
        for i in range(n)
    ]


def suspects(n: int, region: int) -> list[VoucherSuspect]:
    """Vouchers used after the death of n people."""
    return [
        VoucherSuspect.everywhere.create(
            person=voucher.person,
            region_id=region,
            month=voucher.month,
            kind="after_death",
            sign=str(voucher.pk),
            voucher=voucher,
            voucher_fen=45_000,
            city_fen=0,
            found_at=AT,
        )
        for voucher in vouchers(n, region)
    ]


make.SAMPLES["national-vouchers"] = vouchers
make.SAMPLES["voucher-suspects"] = suspects
make.SAMPLES["policy-drafts"] = policy_drafts


def body_applications(n: int, region: int) -> list[BodyApplication]:
    """Applications of n facilities."""
    out = []
    for site in (providers.facility(providers.organisation(region)) for _ in range(n)):
        case = open_case("body_application", region_id=region, holder_id=site.pk, actor=SYSTEM, at=AT)
        out.append(
            BodyApplication.everywhere.create(
                holder_kind="facility",
                holder_id=site.pk,
                organisation_id=site.organisation_id,
                holder_name=site.name,
                region_id=region,
                case=case,
                number=case.number,
                policy=policies(1, region)[0],
                rule="centre_building",
                name_en="Building",
                name_zh="建设补贴",
                filed_at=AT,
                filed_by_id=SYSTEM.id,
                filed_by="张三",
            )
        )
    return out


make.SAMPLES["body-applications"] = body_applications


def body_facts(n: int, region: int) -> list[BodyFact]:
    """Facts of n grants that wait for a second person."""
    out = []
    for site in (providers.facility(providers.organisation(region)) for _ in range(n)):
        grant = Grant.everywhere.create(
            holder_kind="facility", holder_id=site.pk, holder_name=site.name, region_id=region, number="T1",
            benefit="canteen_meals", name_en="Meals", name_zh="助餐补助", policy=policies(1, region)[0],
            from_month=date(2026, 9, 1), prepared_by_id=SYSTEM.id, approved_by_id=uuid7(), granted_at=AT, changed_at=AT,
        )  # fmt: skip
        out.append(
            BodyFact.everywhere.create(
                grant=grant,
                holder_id=site.pk,
                organisation_id=site.organisation_id,
                region_id=region,
                code="meals",
                name_en="Meals",
                name_zh="就餐人次",
                value=90,
                month=date(2026, 10, 1),
                monthly=True,
                paper="台账",
                entered_by_id=SYSTEM.id,
                entered_by="张三",
                entered_at=AT,
            )
        )
    return out


make.SAMPLES["body-facts"] = body_facts


def simulations(n: int, region: int) -> list[Simulation]:
    """Outlooks that are done."""
    return [
        Simulation.everywhere.create(
            region_id=region,
            kind="outlook",
            month=date(2026, 11, 1),
            state="done",
            asked_by_id=uuid7(),
            asked_by="王科长",
            asked_at=AT,
            result={"people": 0, "months": []},
        )
        for _ in range(n)
    ]


def awards(n: int, region: int) -> list[Award]:
    """Lists that were discarded."""
    return [
        Award.everywhere.create(
            region_id=region,
            month=date(2026, 11, 1),
            number=f"MS-{uuid7().hex[-12:]}",
            state="discarded",
            prepared_by_id=uuid7(),
            prepared_by="王经办",
            prepared_at=AT,
        )
        for _ in range(n)
    ]


make.SAMPLES |= {"simulations": simulations, "awards": awards}
