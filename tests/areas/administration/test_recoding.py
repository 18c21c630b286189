"""Mergers and recodings of regions reach every row, once, and only on their day."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DataError, transaction
from tests import make
from tests.areas.premises import made

from songhe.areas.administration import recoding
from songhe.areas.administration.recoding import apply, due, named, preview, splits
from songhe.areas.administration.tasks import recode as _nightly  # noqa: F401  makes the job known
from songhe.areas.premises.models import Compound
from songhe.areas.registry.actions.moves import propose_move, relocate
from songhe.areas.registry.api import Fact, Kind, Person, search, value_at
from songhe.areas.registry.models import Move
from songhe.core.codes.region import span
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Grant, User
from songhe.engines.acts.models import Act
from songhe.engines.indicators.models import Value
from songhe.engines.jobs.api import run_due, start
from songhe.engines.regions.models import Recode, Region
from songhe.engines.regions.tree import children, current
from songhe.site import cli
from songhe.site.commands.recode import recode as command

pytestmark = [pytest.mark.django_db, pytest.mark.long]
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
ON, TODAY = date(2026, 11, 1), date(2026, 11, 25)
TOWN = 371082980000


def recode(old: int, new: int, *, on: date = ON, kind: str = "merge", verified: bool = False) -> Recode:
    return Recode.objects.create(old=old, new=new, on=on, kind=kind, source="test", verified=verified)


def new_town(old: int, code: int = TOWN) -> int:
    """Another code for a town and all its villages, in the tree beside the old one."""
    low, high = span(old)
    for row in Region.objects.filter(code__gte=low, code__lt=high).order_by("code"):
        moved = row.code - old + code
        above = code if row.code != old else row.parent_id
        Region.objects.create(code=moved, upper=span(moved)[1], name=row.name, pinyin=row.pinyin, level=row.level, parent_id=above)  # fmt: skip
    return code


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_officers_of_both_sides_see_the_people_and_keep_their_rights() -> None:
    old, new = make.village(nth=1), make.village()
    there, here = make.person(old, name="鄢雪柏"), make.person(new)
    sent, received = make.user("village_officer", old), make.user("village_officer", new)
    assert not Person.objects.within(received.scope()).filter(pk=there.pk).exists()
    apply(recode(old, new), on=TODAY, actor=SYSTEM, at=AT)
    assert Grant.objects.get(user=sent).region_id == new
    for user in (fresh(sent), fresh(received)):
        seen = set(Person.objects.within(user.scope()).values_list("pk", flat=True))
        assert {there.pk, here.pk} <= seen
        scope = user.scope("registry.view")
        assert [one.pk for one in search(Person.objects.within(scope), "鄢雪柏", scope)] == [there.pk]
    there.refresh_from_db()
    assert there.region_id == there.tokens.values_list("region_id", flat=True).first() == new


def test_the_tree_tells_when_the_old_one_ended_and_where_it_went() -> None:
    old, new = make.village(nth=1), make.village()
    apply(recode(old, new), on=TODAY, actor=SYSTEM, at=AT)
    rows = Region.objects.in_bulk([old, new])
    assert (rows[old].until, rows[new].since, rows[new].former) == (ON, None, [old])
    assert current(old, on=TODAY) == new
    assert old not in [row.code for row in children(rows[new].parent_id)]


def test_a_town_takes_its_villages_along() -> None:
    old = make.town()
    village = make.village(old)
    person = make.person(village)
    officer = make.user("town_officer", old)
    new = new_town(old)
    report = apply(recode(old, new, kind="recode"), on=TODAY, actor=SYSTEM, at=AT)
    person.refresh_from_db()
    assert person.region_id == village - old + new
    low, high = span(old)
    below = Region.objects.filter(code__gte=low, code__lt=high)
    assert report.regions == below.count() == below.filter(until=ON).count()
    assert Region.objects.get(code=person.region_id).since == ON
    assert fresh(officer).scope().holds(person.region_id)
    assert fresh(officer).scope().around == new, "what ended does not widen where an officer works"


def test_what_is_written_once_stays_and_is_still_seen() -> None:
    old = make.town()
    other = make.village(make.OTHER_COUNTY)
    new = new_town(old, 371083980000)
    kept = Value.everywhere.create(indicator="x", region_id=make.village(old), period="2026-09", numerator=3, denominator=4, computed_at=AT, digest=b"")  # fmt: skip
    officer, stranger = make.user("county_officer", make.OTHER_COUNTY), make.user("village_officer", other)
    assert not Value.objects.within(officer.scope()).exists()
    apply(recode(old, new), on=TODAY, actor=SYSTEM, at=AT)
    assert Value.everywhere.get(pk=kept.pk).region_id == make.village(old)
    assert list(Value.objects.within(fresh(officer).scope())) == [kept], (
        "the county that took the town in sees its past"
    )
    assert fresh(officer).scope().around == make.OTHER_COUNTY
    assert not Value.objects.within(fresh(stranger).scope()).exists()


def test_a_row_whose_place_is_taken_stays_and_goes_later() -> None:
    old, new = make.village(nth=1), make.village()
    mine, theirs = made.compound(old), made.compound(new)
    Compound.everywhere.filter(pk__in=[mine.pk, theirs.pk]).update(name="和平小区")
    row = recode(old, new)
    report = apply(row, on=TODAY, actor=SYSTEM, at=AT)
    stays = {one.table.model: one.stays for one in report.outcomes}
    assert stays[Compound] == 1
    assert Compound.everywhere.get(pk=mine.pk).region_id == old
    Compound.everywhere.filter(pk=mine.pk).update(name="和平小区（东）")
    assert apply(row, on=TODAY, actor=SYSTEM, at=AT).moved >= 1
    assert Compound.everywhere.get(pk=mine.pk).region_id == new


def test_a_home_is_believed_under_the_new_code_and_known_under_the_old() -> None:
    old, new, before = make.village(nth=1), make.village(), make.village(nth=2)
    person, officer = make.person(before), make.user("county_officer", make.CITY)
    relocate(person, actor=officer, at=AT, to=Region.objects.get(code=old), on=date(2026, 6, 1))
    later = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    apply(recode(old, new), on=TODAY, actor=SYSTEM, at=later)
    person.refresh_from_db()
    home = {"valid_at": date(2026, 7, 1)}
    assert value_at(person, Kind.RESIDENCE, **home) == person.region_id == new
    assert value_at(person, Kind.RESIDENCE, **home, known_at=AT) == old
    assert value_at(person, Kind.RESIDENCE, valid_at=date(2026, 5, 1)) == before
    assert not Fact.everywhere.filter(value=old, recorded_until=None).exists()


def test_a_transfer_between_the_two_is_withdrawn_and_another_goes_along() -> None:
    old, new, far = make.village(nth=1), make.village(), make.village(make.OTHER_COUNTY)
    officer = make.user("county_officer", make.CITY)
    idle = propose_move(make.person(old), actor=officer, at=AT, to=str(new), on=ON, reason="搬家")
    open_ = propose_move(make.person(far), actor=officer, at=AT, to=str(old), on=ON, reason="搬家")
    apply(recode(old, new), on=TODAY, actor=SYSTEM, at=AT)
    idle.refresh_from_db()
    open_.refresh_from_db()
    assert (idle.state, idle.region_id, idle.to_region_id) == (Move.State.WITHDRAWN, old, new)
    assert (open_.state, open_.to_region_id) == (Move.State.PROPOSED, new)


def test_a_job_that_waits_looks_at_the_new_region() -> None:
    old, new = make.village(nth=1), make.village()
    job = start(
        "registry.suspects", {"region": old}, actor=SYSTEM, at=AT, run_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    apply(recode(old, new), on=TODAY, actor=SYSTEM, at=AT)
    job.refresh_from_db()
    assert job.args == {"region": new}


def test_a_fault_amid_it_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = make.village(nth=1), make.village()
    person, row = make.person(old), recode(old, new)
    monkeypatch.setattr(
        recoding, "VERB", "x" * 65
    )  # longer than the log takes: the first act fails, after rows have moved
    with pytest.raises(DataError), transaction.atomic():
        apply(row, on=TODAY, actor=SYSTEM, at=AT)
    person.refresh_from_db()
    row.refresh_from_db()
    assert (person.region_id, row.applied_at, Region.objects.get(code=old).until) == (old, None, None)
    assert not Act.objects.filter(verb__startswith="x").exists()


def test_two_steps_of_different_days_follow_each_other() -> None:
    first, second, third = (make.village(nth=n) for n in (2, 1, 0))
    person = make.person(first)
    recode(second, third, on=date(2026, 11, 2)), recode(first, second)
    for row in due(TODAY):
        apply(row, on=TODAY, actor=SYSTEM, at=AT)
    person.refresh_from_db()
    assert person.region_id == third
    assert Region.objects.get(code=third).former == sorted([first, second])
    assert due(TODAY) == []


@pytest.mark.parametrize(
    ("old", "new", "options", "code"),
    [
        (371082100999, make.COUNTY + 100001, {}, "recode.code"),
        ("v1", "other city", {}, "recode.city"),
        (make.CITY, 370600000000, {}, "recode.city"),
        ("v1", "v0", {"on": date(2027, 1, 1)}, "recode.early"),
        ("v1", "town", {}, "recode.level"),
        ("v1", "v0", {"kind": "split"}, "recode.split"),
        ("town", "town2", {}, "recode.below"),
    ],
)
def test_what_cannot_be_is_refused(old: Any, new: Any, options: dict[str, Any], code: str) -> None:
    known = {"v0": make.village(), "v1": make.village(nth=1), "town": make.town(), "town2": make.town(nth=1), "other city": 370602001001}  # fmt: skip
    row = recode(known.get(old, old), known.get(new, new), **options)
    for deed in (lambda: apply(row, on=TODAY, actor=SYSTEM, at=AT), lambda: preview(row, on=TODAY)):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.code == code


def test_chains_cycles_and_second_ends_are_refused() -> None:
    a, b, c = (make.village(nth=n) for n in (0, 1, 2))
    chained, _step = recode(a, b), recode(b, c)
    with pytest.raises(Refused) as refused:
        apply(chained, on=TODAY, actor=SYSTEM, at=AT)
    assert refused.value.code == "recode.chain"
    around = recode(c, a)
    with pytest.raises(Refused) as refused:
        apply(chained, on=TODAY, actor=SYSTEM, at=AT)
    assert refused.value.code == "recode.cycle", "one step less would not help"
    _step.delete(), around.delete()
    back = recode(b, a, on=date(2026, 11, 2))
    for row in (chained, back):
        with pytest.raises(Refused) as refused:
            apply(row, on=TODAY, actor=SYSTEM, at=AT)
        assert refused.value.code == "recode.cycle"
    back.delete()
    apply(chained, on=TODAY, actor=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        apply(recode(a, c), on=TODAY, actor=SYSTEM, at=AT)
    assert refused.value.code == "recode.twice"
    with pytest.raises(Refused) as refused:
        named(a, 371082100998)
    assert refused.value.code == "recode.unknown"


def test_the_command_counts_applies_and_lists_what_is_split(capsys: pytest.CaptureFixture[str]) -> None:
    old, new, split = make.village(nth=1), make.village(), make.village(nth=2)
    person, left = make.person(old), make.person(split)
    recode(old, new), recode(split, new, kind="split"), recode(make.town(), make.town(nth=1))

    def said(**changes: Any) -> tuple[int, str]:
        status = command(Namespace(**{"old": None, "new": None, "on": None, "dry_run": False} | changes), AT)
        return status, capsys.readouterr().out

    status, told = said(dry_run=True)
    assert (status, Person.everywhere.get(pk=person.pk).region_id) == (1, old)
    assert f"{old} → {new}" in told and "registry.Person" in told and "split off" in told
    assert "have no region of the same name under their new code" in told
    assert said()[0] == 1, "one of the two cannot be applied"
    assert Person.everywhere.get(pk=person.pk).region_id == new
    assert Person.everywhere.get(pk=left.pk).region_id == split
    assert [report.recode.old for report in splits(TODAY)] == [split]
    status, told = said(old=str(old), new=str(new))
    assert status == 0 and "0 regions, 0 rows" in told
    with pytest.raises(Refused, match="before its day"):
        said(on=date(2027, 1, 1))


def test_the_command_takes_two_codes_or_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["recode", str(make.village())]) == 2
    assert "recode.codes" in capsys.readouterr().err


def test_every_night_what_two_sources_agree_on_is_applied() -> None:
    old, new, other = (make.village(nth=n) for n in (1, 0, 2))
    person = make.person(old)
    recode(old, new, verified=True), recode(other, new)
    job = start("administration.recode", actor=SYSTEM, at=AT)
    run_due(AT)
    job.refresh_from_db()
    assert job.result["applied"] == 1 and len(job.result["waiting"]) == 1
    assert Person.everywhere.get(pk=person.pk).region_id == new
    late = make.person(new)
    Person.everywhere.filter(pk=late.pk).update(region=old)
    again = start("administration.recode", actor=SYSTEM, at=AT)
    run_due(AT)
    again.refresh_from_db()
    assert (again.result["applied"], Person.everywhere.get(pk=late.pk).region_id) == (0, new)
