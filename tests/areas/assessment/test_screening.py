"""From the rule of a tier to the signed report of a census: pure rules and a story through HTTP."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.assessment.office import signed_in

from songhe.areas.assessment.models import Census, Finding
from songhe.areas.assessment.queries.screening import missing, questions
from songhe.areas.assessment.rules.screening import Standing, build_questionnaire, standing
from songhe.areas.registry.api import Person
from songhe.core.sources import DataError
from songhe.engines.access.api import Scope
from songhe.engines.acts.once import digest_of

FORM = build_questionnaire(questions())
answers = st.fixed_dictionaries({q.code: st.sampled_from(sorted(q.options)) for q in FORM.questions})
WELL = {"alone": "family", "daily": "yes", "memory": "never", "helper": "needless"}


@given(answers, st.none() | st.integers(60, 110))
def test_everybody_gets_the_first_tier_whose_rule_holds(given_: dict[str, str], age: int | None) -> None:
    assert FORM.faults(given_) == ()
    tier = FORM.tier(given_, age)
    before = FORM.tiers[: FORM.tiers.index(tier)]
    assert tier.holds(given_, age)
    assert not any(other.holds(given_, age) for other in before)


@given(answers, st.integers(60, 110))
def test_a_worse_answer_never_leads_to_a_lower_tier(given_: dict[str, str], age: int) -> None:
    rank = [tier.code for tier in FORM.tiers]
    worse = given_ | {"daily": "no"}
    assert rank.index(FORM.tier(worse, age).code) <= rank.index(FORM.tier(given_, age).code)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data["tiers"].pop(), "the last tier takes the rest"),
        (lambda data: data["tiers"][0].update(any={"daily": ["often"]}), "does not exist"),
        (lambda data: data["tiers"][0].update(any={"weather": ["no"]}), "does not exist"),
        (lambda data: data["questions"].append(data["questions"][0]), "given twice"),
        (
            lambda data: data["questions"][0].update(options=data["questions"][0]["options"][:1]),
            "two answers",
        ),
    ],
)
def test_a_broken_questionnaire_says_where(change: Any, why: str) -> None:
    data = copy.deepcopy(questions())
    change(data)
    with pytest.raises(DataError, match=why):
        build_questionnaire(data)


counts = st.integers(0, 500).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
first_days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(counts, st.booleans(), first_days, st.integers(0, 90), st.integers(-5, 100))
def test_how_a_place_stands_follows_the_pace(
    counted: tuple[int, int], begun: bool, since: date, days: int, gone: int
) -> None:
    expected, missing = counted
    until, day = since + timedelta(days=days), since + timedelta(days=gone)

    def at(missing: int, day: date) -> Standing:
        return standing(expected=expected, missing=missing, begun=begun, since=since, until=until, day=day)

    stands = at(missing, day)
    assert (stands == Standing.DONE) == (missing == 0)
    if missing and day > until:
        assert stands == Standing.BEHIND
    if day <= since:
        assert stands != Standing.BEHIND
    if stands == Standing.BEHIND:
        assert at(missing, day + timedelta(days=1)) == Standing.BEHIND, "no day makes it better"
    elif missing:
        assert at(missing - 1, day) != Standing.BEHIND, "nobody asked makes it worse"


class Village:
    """A county's census in one village, with three persons who are expected and one who is too young."""

    def __init__(self) -> None:
        self.code = make.village()
        self.people = [
            make.person(self.code, name=name, born=born)
            for name, born in (
                ("王建国", date(1943, 5, 2)),
                ("李桂兰", date(1940, 2, 3)),
                ("张秀英", date(1958, 7, 8)),
                ("年轻人", date(1990, 1, 1)),
            )
        ]
        self.county = signed_in(make.user("county_officer", make.COUNTY, name="县民政"))
        self.worker = signed_in(make.user("village_officer", self.code, name="村会计"))

    def started(self, **changes: Any) -> Census:
        """The county's census of this month."""
        sent = {
            "region": str(make.COUNTY),
            "title": "2026年入户筛查",
            "since": str(localdate()),
            "until": str(localdate() + timedelta(days=30)),
        }
        reply = self.county.post("/censuses/do/start_census/", sent | changes)
        assert reply.status_code == 302, reply.content.decode()
        census: Census = Census.everywhere.get()
        self.base = f"/censuses/{census.pk}"
        self.here = f"{self.base}/place/{self.code}/"
        return census

    def at_door(self, nth: int, client: Client | None = None, **sent: str) -> Any:
        """The reply to what was found at one door."""
        url = f"{self.base}/person/{self.people[nth].pk}/"
        return (client or self.worker).post(url, WELL | {"outcome": "found"} | sent)


@pytest.fixture
def village() -> Village:
    """A village before its census."""
    return Village()


@pytest.mark.django_db
def test_from_door_to_door_to_the_signed_report(village: Village) -> None:
    census = village.started()
    page = village.worker.get(village.here).content.decode()
    assert all(name in page for name in ("王建国", "李桂兰", "张秀英"))
    assert "年轻人" not in page
    assert "王建国" in village.worker.get(village.here, {"q": "wjg"}).content.decode()
    assert village.at_door(0, daily="no").status_code == 302
    assert village.at_door(1, outcome="not_home").status_code == 302
    assert village.at_door(2, outcome="moved").status_code == 302
    assert [row.name for row in missing(census, Scope.EVERYTHING)] == ["李桂兰"]
    assert village.at_door(1, alone="alone").status_code == 302, "the second time somebody was at home"
    assert not missing(census, Scope.EVERYTHING).exists()
    told = dict(Finding.everywhere.values_list("person__name", "tier"))
    assert told == {"王建国": "care", "李桂兰": "watch", "张秀英": ""}
    page = village.county.get(f"{village.base}/").content.decode()
    assert "Assess first: needs care" in page
    assert "working default" in page
    assert village.county.post(f"{village.base}/sign_report/").status_code == 302
    census.refresh_from_db()
    assert census.report_hash == digest_of(census.report)
    assert sum(tier["count"] for tier in census.report["tiers"]) == 2
    assert "王建国" not in str(census.report)
    pdf = village.county.get(f"{village.base}/report.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert village.at_door(0).status_code == 422
    for statement in (
        "UPDATE assessment_census SET title = 'x'",
        "UPDATE assessment_finding SET tier = 'well' WHERE tier = 'care'",
        "DELETE FROM assessment_finding",
    ):
        with pytest.raises(DatabaseError, match="signed census"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.django_db
def test_somebody_registered_is_never_a_second_row(village: Village) -> None:
    village.started()
    before = Person.everywhere.count()
    sent = WELL | {"name": "王建国", "born": "1943-05-02"}
    reply = village.worker.post(f"{village.here}new/", sent, follow=True)
    assert "王建国 is registered already: entered as the same person" in reply.content.decode()
    number = make.id_number(date(1950, 6, 6))
    assert (
        village.worker.post(f"{village.here}new/", WELL | {"name": "新来", "id_number": number}).status_code
        == 302
    )
    again = village.worker.post(
        f"{village.here}new/", WELL | {"name": "新来", "id_number": number}, follow=True
    )
    assert "entered as the same person" in again.content.decode()
    assert Person.everywhere.count() == before + 1
    kept = dict(Finding.everywhere.values_list("person__name", "outcome"))
    assert kept == {"王建国": "found", "新来": "new"}


@pytest.mark.django_db
def test_a_sheet_of_paper_goes_in_line_by_line(village: Village) -> None:
    village.started()
    village.at_door(1, outcome="deceased")
    lines = {
        0: WELL | {"name": "王建国", "born": "1943-05-02", "outcome": "found"},
        1: WELL | {"name": "李桂兰", "born": "1940-02-03", "outcome": "found"},
        2: WELL | {"name": "赵新民", "born": "1949-10-01", "outcome": "found", "daily": "some"},
        3: {"name": "没人", "born": "1949-13-01", "outcome": "moved"},
        4: WELL | {"name": "张秀英", "born": "1958-07-08", "outcome": "found", "memory": ""},
    }
    sent = {f"{n}-{name}": value for n, line in lines.items() for name, value in line.items()}
    reply = village.worker.post(f"{village.here}paper/", sent)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "was entered as “Deceased” by 村会计" in page
    assert "The date of birth is not a date" in page
    assert "1 questions are not answered" in page
    kept = dict(Finding.everywhere.filter(source="paper").values_list("person__name", "tier"))
    assert kept == {"王建国": "well", "赵新民": "support"}
    assert Finding.everywhere.get(person=village.people[1]).outcome == "deceased", "nothing is overwritten"
    again = village.worker.post(f"{village.here}paper/", {k: v for k, v in sent.items() if k[0] in "02"})
    assert again.status_code in (200, 422)
    assert Finding.everywhere.count() == 3


@pytest.mark.django_db
def test_an_entry_is_changed_by_who_saw_it_and_never_overwritten(village: Village) -> None:
    village.started()
    village.at_door(0)
    row = Finding.everywhere.get()
    assert village.at_door(0).status_code == 302, "the same again has one effect"
    conflict = village.at_door(0, village.county, daily="no")
    assert conflict.status_code == 422
    page = conflict.content.decode()
    assert "was entered as “Met in person” by 村会计" in page
    assert "Entered before" in page
    assert Finding.everywhere.get().tier == "well"
    assert village.at_door(0, village.county, daily="no", seen=row.at.isoformat()).status_code == 302
    assert Finding.everywhere.get().tier == "care"


@pytest.mark.django_db
def test_what_is_missing_is_said_on_the_question(village: Village) -> None:
    village.started()
    assert 'id="f-daily">Choose one.' in village.at_door(0, daily="").content.decode()
    assert "Choose one." in village.at_door(0, daily="perhaps").content.decode()
    assert village.at_door(0, outcome="flown").status_code == 422
    assert (
        village.worker.post(f"{village.here}new/", WELL | {"name": "某", "born": "soon"}).status_code == 422
    )
    assert village.worker.post(f"{village.here}new/", WELL | {"name": ""}).status_code == 422
    assert not Finding.everywhere.exists()


@pytest.mark.django_db
def test_entries_come_within_the_period(village: Village) -> None:
    tomorrow = localdate() + timedelta(days=1)
    village.started(since=str(tomorrow))
    reply = village.at_door(0)
    assert reply.status_code == 422
    assert "Entries are taken from" in reply.content.decode()


@pytest.mark.django_db
def test_each_place_sees_its_own_part(village: Village) -> None:
    census = village.started()
    other = make.village(nth=5)
    outside = make.person(other, name="别村人", born=date(1945, 1, 1))
    url = f"{village.base}/person/{outside.pk}/"
    assert village.worker.post(url, WELL | {"outcome": "found"}).status_code == 404
    assert village.worker.get(f"{village.base}/place/{other}/").status_code == 404
    assert village.worker.post(f"{village.base}/sign_report/").status_code == 403
    town = signed_in(make.user("town_officer", village.code // 1000 * 1000))
    assert town.post(f"{village.base}/sign_report/").status_code in (403, 422), "not the whole county"
    assert Census.everywhere.get().is_open
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    for path in ("/", f"/place/{village.code}/", "/report.pdf"):
        assert neighbour.get(village.base + path).status_code == 404
    assert signed_in(make.user("worker", make.COUNTY)).get(village.here).status_code == 403
    assert village.county.get(f"{village.base}/place/{village.code // 1000 * 1000}/").status_code == 200
    assert village.county.get(f"{village.base}/report.pdf").status_code == 422
    assert census.region_id == make.COUNTY


@pytest.mark.django_db
def test_a_census_is_for_a_county_or_a_town_of_ones_own(village: Village) -> None:
    sent = {"title": "x", "since": "2026-11-01", "until": "2026-10-01", "region": str(make.COUNTY)}
    assert "end before it begins" in village.county.post("/censuses/do/start_census/", sent).content.decode()
    sent |= {"until": "2026-12-01", "region": str(village.code)}
    assert (
        "for a county or a town" in village.county.post("/censuses/do/start_census/", sent).content.decode()
    )
    assert village.worker.post("/censuses/do/start_census/", sent).status_code == 403


@pytest.mark.django_db
def test_a_village_writes_no_census_of_its_county(village: Village) -> None:
    from songhe.engines.access.api import entered

    village.started()
    low = village.code
    mine = Scope(((low, low + 1),))
    with pytest.raises((DatabaseError, IntegrityError)), entered(mine):
        Census.objects.within(mine).update(title="x")


@pytest.mark.django_db
def test_the_pages_are_in_chinese_too(village: Village) -> None:
    village.started()
    village.worker.cookies["django_language"] = "zh-hans"
    page = village.worker.get(village.here).content.decode()
    for words in ("尚未入户", "查找", "新登记人员", "纸质表批量录入"):
        assert words in page
    page = village.worker.get(f"{village.base}/person/{village.people[0].pk}/").content.decode()
    for words in ("吃饭洗漱", "见到本人", "家中无人"):
        assert words in page
