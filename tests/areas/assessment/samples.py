"""Assessments for the suite over every record, and people for this area's stories."""

from __future__ import annotations

from datetime import date, timedelta

from tests import make
from tests.conftest import AT

from songhe.areas.assessment.actions import start_census
from songhe.areas.assessment.api import Assessment, request
from songhe.areas.assessment.models import Census, LevelDifference, NationalLevel, Unregistered
from songhe.areas.registry.api import Person, id_hash
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, make_keys, seal_with


def person(region: int, *, name: str = "王秀英") -> Person:
    """Somebody of 81 with a data key."""
    made = Person(name=name, region_id=region, born=date(1945, 3, 1), created_at=AT)
    make_key(made.pk)
    made.save()
    return made


def assessments(n: int, region: int) -> list[Assessment]:
    """Requested assessments of n people."""
    return [request(actor=SYSTEM, at=AT, person=person(region, name=f"王秀英{i}")) for i in range(n)]


make.SAMPLES["assessments"] = assessments
make.SAMPLES["assessment-needs"] = lambda n, region: [person(region, name=f"李桂兰{i}") for i in range(n)]


def censuses(n: int, region: int) -> list[Census]:
    """Censuses of the town of a village."""
    town = Region.objects.get(code=region // 1000 * 1000)
    days = {"since": AT.date(), "until": AT.date() + timedelta(days=30)}
    return [start_census(actor=SYSTEM, at=AT, region=town, title=f"入户筛查{i}", **days) for i in range(n)]


make.SAMPLES["censuses"] = censuses


def national_levels(n: int, region: int) -> list[NationalLevel]:
    """What the national platform says of n people."""
    return [
        NationalLevel.everywhere.create(
            person=person(region, name=f"孙大娘{i}"),
            region_id=region,
            level=3,
            assessed_on=AT.date(),
            assessed_by="威海康评中心",
            valid_until=AT.date() + timedelta(days=700),
            imported_at=AT,
        )
        for i in range(n)
    ]


def strangers(n: int, region: int) -> list[Unregistered]:
    """People of the national list who are not registered."""
    keys = make_keys([uuid7() for _ in range(n)])
    return [
        Unregistered.everywhere.create(
            pk=pk,
            region_id=region,
            id_number_hash=id_hash(number := make.id_number()),
            id_number_sealed=seal_with(key, pk, number),
            id_number_masked="371**************4",
            level=2,
            assessed_on=AT.date() - timedelta(days=i),
            assessed_by="威海康评中心",
            valid_until=AT.date() + timedelta(days=700),
            imported_at=AT,
        )
        for i, (pk, key) in enumerate(keys.items())
    ]


def differences(n: int, region: int) -> list[LevelDifference]:
    """Differences between n results and what the platform says."""
    return [
        LevelDifference.everywhere.create(
            person=level.person,
            region_id=region,
            assessment=request(actor=SYSTEM, at=AT, person=level.person),
            national=level,
            own=1,
            other=3,
            found_at=AT,
        )
        for level in national_levels(n, region)
    ]


make.SAMPLES["national-levels"] = national_levels
make.SAMPLES["national-strangers"] = strangers
make.SAMPLES["level-differences"] = differences
