"""Many objects written at once are what Django would have written one by one."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from tests import make

from songhe.engines.access import rows
from songhe.engines.access.api import Scope, Tie, entered
from songhe.engines.access.rows import FEW
from songhe.engines.regions.ids import uuid7

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)
MANY = FEW + 50


def ties(holder: UUID) -> list[Tie]:
    return [
        Tie(
            person_id=uuid7(),
            holder_id=holder,
            kind=Tie.Kind.WORKER,
            region_id=make.village(),
            since=FIRST + timedelta(days=day),
            until=FIRST + timedelta(days=day + 9) if day % 3 else None,
        )
        for day in range(MANY)
    ]


def test_what_is_written_at_once_reads_as_what_is_written_singly() -> None:
    with entered(Scope.EVERYTHING):
        holder = uuid7()
        made = Tie.everywhere.bulk_create(ties(holder))
        read = {one.pk: one for one in Tie.everywhere.filter(holder_id=holder)}
        names = [field.attname for field in Tie._meta.concrete_fields]
        assert len(read) == MANY
        for one in made:
            assert not one._state.adding
            assert [getattr(read[one.pk], name) for name in names] == [getattr(one, name) for name in names]


def test_changes_meet_the_named_fields_of_those_objects_alone() -> None:
    with entered(Scope.EVERYTHING):
        holder, other = uuid7(), uuid7()
        made, beside = Tie.everywhere.bulk_create(ties(holder)), Tie.everywhere.bulk_create(ties(other))
        for one in made:
            one.until, one.since = FIRST + timedelta(days=900), FIRST - timedelta(days=1)
        assert Tie.everywhere.bulk_update(made, ["until"]) == MANY
        after = Tie.everywhere.filter(holder_id=holder)
        assert set(after.values_list("until", flat=True)) == {FIRST + timedelta(days=900)}
        assert after.order_by("since").values_list("since", flat=True)[0] == FIRST
        kept = dict(Tie.everywhere.filter(holder_id=other).values_list("pk", "until"))
        assert kept == {one.pk: one.until for one in beside}


def test_what_only_the_database_can_work_out_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with entered(Scope.EVERYTHING):
        made = Tie.everywhere.bulk_create(ties(uuid7()))
        monkeypatch.setattr(rows, "PART", 100)
        for one in made[-5:]:
            one.until = F("since")  # type: ignore[assignment]
        for one in made[:-5]:
            one.until = one.since
        Tie.everywhere.bulk_update(made, ["until"])
        assert not Tie.everywhere.filter(pk__in=[one.pk for one in made]).exclude(until=F("since")).exists()


def test_rows_out_of_scope_are_not_written() -> None:
    with entered(Scope.EVERYTHING):
        made = Tie.everywhere.bulk_create(ties(uuid7()))
    with entered(Scope.NOTHING), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Tie.everywhere.bulk_create(ties(uuid7()))
    for one in made:
        one.until = FIRST
    with entered(Scope.NOTHING):
        assert Tie.everywhere.bulk_update(made, ["until"]) == 0


def test_one_bad_object_writes_none() -> None:
    with entered(Scope.EVERYTHING):
        holder = uuid7()
        made = ties(holder)
        made[-1].pk = made[0].pk
        with pytest.raises(IntegrityError), transaction.atomic():
            Tie.everywhere.bulk_create(made)
        assert not Tie.everywhere.filter(holder_id=holder).exists()


def test_django_s_own_way_stays_where_something_is_asked_of_it() -> None:
    with entered(Scope.EVERYTHING):
        holder = uuid7()
        made = ties(holder)
        Tie.everywhere.bulk_create(made)
        Tie.everywhere.bulk_create(made, ignore_conflicts=True)
        assert Tie.everywhere.filter(holder_id=holder).count() == MANY
