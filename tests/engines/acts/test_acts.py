"""Acts: what is written, what is refused, what a seal notices."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, connection, transaction
from tests import make

from songhe.core.refusal import Forbidden, Hidden, Refused
from songhe.engines.access.api import SYSTEM, Actor, Tie, entered
from songhe.engines.acts import chain
from songhe.engines.acts.api import act, add_detail, four_eyes, once, record_bulk, record_read
from songhe.engines.acts.models import Act
from songhe.engines.acts.once import digest_of
from songhe.engines.regions.ids import uuid7
from songhe.site.postgres import Temporary

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@act("registry.move", verb="test.end_tie")
def end_tie(tie: Tie, *, actor: Actor, at: datetime, on: date) -> Tie:
    tie.until = on
    tie.save()
    add_detail(reason="moved away")
    return tie


@act("registry.move", verb="test.make_tie")
def make_tie(*, actor: Actor, at: datetime, region_id: int) -> Tie:
    return Tie.everywhere.create(
        person_id=uuid7(), holder_id=uuid7(), kind="kin", region_id=region_id, since=date(2026, 1, 1)
    )


def test_an_act_says_who_what_and_what_changed() -> None:
    officer = make.user("county_officer", make.COUNTY, name="Liu")
    tie = make_tie(actor=officer, at=AT, region_id=make.village())
    end_tie(tie, actor=officer, at=AT, on=date(2026, 5, 1))
    first, second = Act.objects.filter(subject_id=tie.pk).order_by("id")
    assert (first.verb, first.actor_name, first.person_id) == ("test.make_tie", "Liu", tie.person_id)
    assert second.before == {"until": None}
    assert second.after == {"until": "2026-05-01", "reason": "moved away"}


def test_a_stranger_neither_finds_nor_changes_the_row() -> None:
    tie = make_tie(actor=SYSTEM, at=AT, region_id=make.village(make.OTHER_COUNTY))
    with pytest.raises(Hidden):
        end_tie(tie, actor=make.user("county_officer", make.COUNTY), at=AT, on=date(2026, 5, 1))
    with pytest.raises(Forbidden):
        end_tie(tie, actor=make.user("city_leader"), at=AT, on=date(2026, 5, 1))
    with pytest.raises(Forbidden):
        make_tie(
            actor=make.user("county_officer", make.COUNTY), at=AT, region_id=make.village(make.OTHER_COUNTY)
        )
    assert Act.objects.filter(subject_id=tie.pk).count() == 1


def test_a_refused_action_leaves_nothing() -> None:
    @act("registry.move", verb="test.fails")
    def fails(tie: Tie, *, actor: Actor, at: datetime) -> None:
        Tie.everywhere.filter(pk=tie.pk).update(until=date(2027, 1, 1))
        raise Refused("no", "No.")

    tie = make_tie(actor=SYSTEM, at=AT, region_id=make.village())
    with pytest.raises(Refused):
        fails(tie, actor=SYSTEM, at=AT)
    assert Tie.everywhere.get(pk=tie.pk).until is None
    assert not Act.objects.filter(verb="test.fails").exists()


def test_acts_cannot_be_changed_by_the_application() -> None:
    make_tie(actor=SYSTEM, at=AT, region_id=make.village())
    for statement in ("UPDATE acts_act SET verb = 'x'", "DELETE FROM acts_act", "TRUNCATE acts_act"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_reads_and_bulk_writes_are_acts_seen_only_in_scope() -> None:
    tie = make_tie(actor=SYSTEM, at=AT, region_id=make.village())
    record_read("test.reveal", tie, actor=SYSTEM, at=AT, purpose="call back")
    record_bulk("test.load", model=Tie, count=3, digest="ab", actor=SYSTEM, at=AT, region_id=make.COUNTY)
    assert Act.objects.get(verb="test.load").rows == 3
    with entered(make.user("county_officer", make.OTHER_COUNTY).scope()):
        assert not Act.objects.exists()


def test_who_prepares_may_not_approve() -> None:
    officer = make.user("county_officer")
    four_eyes(uuid7(), officer)
    with pytest.raises(Refused):
        four_eyes(officer.pk, officer)


def test_a_key_has_one_effect() -> None:
    runs = 0
    for _ in range(2):
        with once("k1", actor=SYSTEM, digest=digest_of({"a": 1}), at=AT) as slot:
            if slot.done is None:
                runs += 1
                slot.store({"id": 7})
            else:
                assert slot.done == {"id": 7}
    assert runs == 1
    with pytest.raises(Refused, match="another request"), once("k1", actor=SYSTEM, digest="other", at=AT):
        pass


def test_seals_name_the_first_act_that_was_tampered_with(cluster: Temporary) -> None:
    with cluster.superuser("songhe_test") as outside:
        pass
    rows = [make_tie(actor=SYSTEM, at=AT, region_id=make.village()) for _ in range(5)]
    assert chain.seal(AT) == 5
    assert chain.verify() is None
    make_tie(actor=SYSTEM, at=AT, region_id=make.village())
    assert chain.seal(AT) == 1
    anchor = chain.latest()
    assert chain.verify(anchor) is None
    assert chain.verify((anchor[0] + 1, anchor[1])) is not None  # type: ignore[index]
    assert rows
    del outside
