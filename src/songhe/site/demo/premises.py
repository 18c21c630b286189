"""Compounds with their premises at every step, idle rooms with proposals, and rural upgrade projects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from songhe.areas.premises import actions, queries
from songhe.areas.premises.actions.compounds import owe
from songhe.areas.premises.models import (
    Compound,
    CompoundKind,
    Condition,
    Idle,
    Milestone,
    Origin,
    Paper,
    Phase,
    Upgrade,
    Use,
)
from songhe.areas.premises.rules import STEPS
from songhe.areas.providers.api import Facility, Frame, Kind
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting
from songhe.site.demo.picture import picture
from songhe.site.demo.stock import stem

NAMES = ("海韵嘉园", "松鹤佳苑", "滨河新城", "锦绣华庭", "翠湖家园", "金地名都", "阳光国际", "文苑小区")
DEVELOPERS = ("恒安置业", "海信地产", "城投置业", "民生建设", "东海房产")
ROOMS = (
    (Origin.SCHOOL, "原{}小学", "村民委员会", 860, Condition.REPAIR),
    (Origin.STATE, "原{}供销社", "区国资中心", 420, Condition.REBUILD),
    (Origin.COLLECTIVE, "{}旧村部", "村民委员会", 260, Condition.GOOD),
    (Origin.ENTERPRISE, "{}厂区宿舍", "某某机械厂", 1_350, Condition.REBUILD),
)
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PHOTOS = 900


def build_premises(city: City) -> None:
    """Everything above; the county shown has each state once."""
    rng = np.random.default_rng([city.seed, int(city.places.city), 11])
    shown = _in_town(city)
    for number, step in enumerate(STORIES):
        step(city, _compound(city, shown[number % len(shown)], number))
    _elsewhere(city, rng)
    _idle_rooms(city, rng)
    _upgrades(city, rng)
    actions.recount(list(Compound.everywhere.all()), localtime(city.at).date())


def _spots(city: City, county: int, rng: np.random.Generator, *, urban: bool) -> list[int]:
    """Some villages of a county as places in the columns."""
    code = city.places.code
    here = np.flatnonzero((code // 10**6 * 10**6 == county) & (city.places.urban == urban))
    here = here if len(here) else np.flatnonzero(code // 10**6 * 10**6 == county)
    return [int(spot) for spot in rng.choice(here, min(12, len(here)), replace=False)]


def _in_town(city: City) -> list[int]:
    """Villages of the town whose officer has a log-in."""
    town = {grant.region_id for grant in city.users["town"].grants_in_force}
    found = [spot for spot, code in enumerate(city.places.code) if int(code) // 1000 * 1000 in town]
    return sorted(found, key=lambda spot: (not city.places.urban[spot], spot))[:12]


def _compound(city: City, spot: int, number: int) -> Compound:
    officer = city.county_officer(int(city.places.code[spot]) // 10**6 * 10**6)
    homes = 620 + number * 173 % 1_400
    with acting(officer):
        made = actions.register_compound(
            actor=officer, at=city.on(500, 10), name=f"{stem(city.places.name[spot])}{NAMES[number % len(NAMES)]}"[:120],
            region=Region.objects.get(pk=int(city.places.code[spot])), kind=CompoundKind.NEW, households=homes,
            developer=f"{DEVELOPERS[number % len(DEVELOPERS)]}有限公司", permit_no=f"建字第{city.places.code[spot] // 10**6}{2500 + number:05d}号",
            permitted_on=city.on(520, 9).date(),
        )  # fmt: skip
        return actions.place_compound(
            made, actor=officer, at=city.on(500, 10), address=f"{stem(city.places.name[spot])}路{number + 1}号",
            lon=f"{city.places.longitude[spot] + 0.002 * (number % 5):.6f}", lat=f"{city.places.latitude[spot]:.6f}",
            frame=Frame.WGS84,
        )  # fmt: skip


def _phase(
    city: City,
    row: Compound,
    *,
    m2: int,
    share: int = 100,
    days: tuple[int, int, int, int] = (-400, -250, -120, 60),
) -> Phase:
    """A phase with premises; ``days`` from today until which its steps are due."""
    officer, day = city.county_officer(row.region_id // 10**6 * 10**6), localtime(city.at).date()
    due = {f"{step}_due": day + timedelta(days=ahead) for step, ahead in zip(STEPS, days, strict=True)}
    with acting(officer):
        actions.add_phase(
            row, actor=officer, at=city.on(480, 11), households=row.households * share // 100, m2=m2, **due
        )
    return queries.phases_of(row)[-1]


def _prepare(
    city: City, phase: Phase, *, m2: int, at: datetime, papers: bool = True, submit: bool = True
) -> None:
    """One step as the town's officer prepares it."""
    town = city.users["town"]
    actions.prepare_step(phase, actor=town, at=at, m2=m2, on=localtime(at).date() - timedelta(days=2))
    if papers:
        step = queries.step_now(phase)
        for paper in Paper.everywhere.filter(step=step, needed=True).order_by("rank"):
            file = SimpleUploadedFile(f"{paper.name_zh}.pdf", PAPER, "application/pdf")
            actions.attach_paper(phase, actor=town, at=at, paper=paper.code, file=file)
    if submit:
        actions.submit_step(phase, actor=town, at=at)


def _through(city: City, phase: Phase, *, until: str, m2: int, reason: str = "") -> None:
    """The steps up to and with one, each let pass by the county."""
    for number, _step in enumerate(STEPS[: STEPS.index(until) + 1]):
        at = city.on(420 - number * 110, 15)
        _prepare(city, phase, m2=m2, at=at)
        actions.pass_step(phase, actor=city.users["county"], at=at + timedelta(hours=20), reason=reason)


def _handed_over(city: City, row: Compound) -> None:
    phase = _phase(city, row, m2=row.required_m2 + 20)
    _through(city, phase, until="deliver", m2=row.required_m2 + 20)
    actions.keep_idle(
        phase, actor=city.users["town"], at=city.at, condition=Condition.GOOD, floor=1, lift=True
    )


def _used_otherwise(city: City, row: Compound) -> None:
    phase = _phase(city, row, m2=row.required_m2)
    _through(city, phase, until="deliver", m2=row.required_m2)
    actions.look_at_use(
        phase,
        actor=city.users["town"],
        at=city.at,
        use=Use.OTHER,
        on=localtime(city.at).date(),
        words="一层被物业用作仓库",
    )


def _to_accept(city: City, row: Compound) -> None:
    phase = _phase(city, row, m2=row.required_m2, days=(-400, -250, 20, 120))
    _through(city, phase, until="build", m2=row.required_m2)
    _prepare(city, phase, m2=row.required_m2, at=city.on(1, 16))


def _to_plan(city: City, row: Compound) -> None:
    phase = _phase(city, row, m2=row.required_m2, share=60, days=(15, 200, 400, 460))
    _phase(city, row, m2=0, share=40)
    _prepare(city, phase, m2=row.required_m2, at=city.on(2, 11))


def _too_small(city: City, row: Compound) -> None:
    phase = _phase(city, row, m2=row.required_m2 * 6 // 10, days=(-400, 40, 160, 220))
    _through(
        city, phase, until="plan", m2=row.required_m2 * 6 // 10, reason="与相邻小区统筹配建，另行选址补足"
    )


def _late(city: City, row: Compound) -> None:
    phase = _phase(city, row, m2=row.required_m2, days=(-400, -30, 60, 120))
    _through(city, phase, until="plan", m2=row.required_m2)
    _prepare(city, phase, m2=row.required_m2, at=city.on(3, 9), papers=False, submit=False)


def _nothing(city: City, row: Compound) -> None:
    """Permitted, and nothing is planned."""


STORIES: tuple[Callable[[City, Compound], None], ...] = (
    _handed_over, _to_accept, _to_plan, _late, _too_small, _nothing, _used_otherwise,
)  # fmt: skip


def _elsewhere(city: City, rng: np.random.Generator) -> None:
    """A new and an existing compound of each other county, loaded at once; most of the new ones have begun planning."""
    made: list[Compound] = []
    for county in city.places.counties:
        if county != city.shown:
            spots = _spots(city, county, rng, urban=True)
            made += [
                _plain(city, spots[0], len(made), CompoundKind.NEW),
                _plain(city, spots[1], len(made) + 1, CompoundKind.EXISTING),
            ]
    Compound.everywhere.bulk_create(made)
    record_bulk("premises.load", model=Compound, count=len(made), digest="", actor=SYSTEM, at=city.at)
    for row in made[:-4:4]:
        _phase(city, row, m2=row.required_m2 + 10, days=(60, 200, 400, 460))


def _plain(city: City, spot: int, number: int, kind: CompoundKind) -> Compound:
    row = Compound(
        region_id=int(city.places.code[spot]), name=f"{stem(city.places.name[spot])}{NAMES[number % len(NAMES)]}"[:120],
        kind=kind, households=540 + number * 137 % 1_100, developer=f"{DEVELOPERS[number % len(DEVELOPERS)]}有限公司",
        permitted_on=city.on(300 + number, 9).date(), lon=float(city.places.longitude[spot]),
        lat=float(city.places.latitude[spot]), registered_by="台账导入", registered_at=city.on(200, 10),
    )  # fmt: skip
    owe(row, city.at)
    return row


def _idle_rooms(city: City, rng: np.random.Generator) -> None:
    made: list[Idle] = []
    for county in city.places.counties:
        spots = _spots(city, county, rng, urban=False)
        number = 8 if county == city.shown else 2
        made += [_idle(city, spot, n) for n, spot in enumerate(spots[:number])]
    Idle.everywhere.bulk_create(made)
    record_bulk("premises.load", model=Idle, count=len(made), digest="", actor=SYSTEM, at=city.at)
    second, county_officer = city.users["county-2"], city.users["county"]
    shown = [row for row in made if row.region_id // 10**6 * 10**6 == city.shown]
    for number, row in enumerate(shown[:3]):
        file = SimpleUploadedFile(f"现场{number}.jpg", picture(PHOTOS + number), "image/jpeg")
        actions.photograph_idle(row, actor=county_officer, at=city.on(20, 10), photo=file)
        kind = (Kind.HAPPINESS_HOME, Kind.DAY_CARE, Kind.CANTEEN)[number]
        proposal = actions.propose_reuse(
            row, actor=second, at=city.on(12, 10), kind=kind, area_m2=row.area_m2 * 8 // 10,
            cost=actions.Fen(row.area_m2 * 95_000), who="镇街养老服务中心", words="一层改造，二层暂不使用。",
        )  # fmt: skip
        if number == 2:
            actions.accept_proposal(
                proposal, actor=county_officer, at=city.on(4, 10), reason="位置适中，同意"
            )


def _idle(city: City, spot: int, number: int) -> Idle:
    origin, name, owner, area, condition = ROOMS[number % len(ROOMS)]
    return Idle(
        region_id=int(city.places.code[spot]), name=name.format(stem(city.places.name[spot])), origin=origin, owner=owner,
        area_m2=area + 20 * number, condition=condition, floor=1 + number % 2, lift=False,
        cost_fen=(area + 20 * number) * 90_000, address=city.places.name[spot], lon=float(city.places.longitude[spot]),
        lat=float(city.places.latitude[spot]), listed_by="台账导入", listed_at=city.on(90 - number, 10),
    )  # fmt: skip


def _upgrades(city: City, rng: np.random.Generator) -> None:
    """For a township home of each county one project; in the county shown also one that is finished and one drafted."""
    for county in city.places.counties:
        homes = Facility.everywhere.filter(region_id__gte=county, region_id__lt=county + 10**6)
        homes = homes.filter(kind=Kind.TOWNSHIP_HOME).order_by("name", "pk")
        shown = county == city.shown
        for number, home in enumerate(homes[: 3 if shown else 1]):
            draft = _upgrade(city, county, home, finished=shown and number == 1)
            if not (shown and number == 2):
                _carry_out(
                    city, draft, finished=shown and number == 1, slow=bool(rng.random() < 0.5) or shown
                )


def _upgrade(city: City, county: int, home: Facility, *, finished: bool) -> Upgrade:
    officer, day = city.county_officer(county), localtime(city.at).date()
    at, end = city.on(300, 10), day - timedelta(days=20) if finished else day + timedelta(days=90)
    with acting(officer):
        row = actions.draft_upgrade(
            actor=officer, at=at, name=f"{home.name}改造提升", region=home.region, kind="township_home", due=end,
            planned=actions.Fen(180_000_000), facility=home,
        )  # fmt: skip
        actions.plan_beds(
            row, actor=officer, at=at, beds_before=home.beds, nursing_before=home.nursing_beds,
            beds_planned=home.beds + 20, nursing_planned=min(home.nursing_beds + 30, home.beds + 20),
        )  # fmt: skip
        begin = end - timedelta(days=260)
        Milestone.everywhere.bulk_create(
            Milestone(
                upgrade=row, region_id=row.region_id, kind=code, planned_fen=fen,
                planned_on=min(begin + timedelta(days=45 * number), end),
            )
            for number, (code, fen) in enumerate(STONES)
        )  # fmt: skip
    return row


STONES = (
    ("approved", 0),
    ("tendered", 3_000_000),
    ("begun", 60_000_000),
    ("built", 90_000_000),
    ("accepted", 7_000_000),
)


def _carry_out(city: City, row: Upgrade, *, finished: bool, slow: bool) -> None:
    officer, approver = city.county_officer(row.region_id // 10**6 * 10**6), city.users["city"]
    with acting(approver):
        actions.approve_upgrade(row, actor=approver, at=city.on(290, 10))
    day = localtime(city.at).date()
    for place, stone in enumerate(queries.milestones_of([row])[row.pk]):
        done = _reached(stone.planned_on, place, slow=slow and not finished)
        if finished or done < day:
            stone.done_on, stone.spent_fen = min(done, day), stone.planned_fen * 97 // 100
            stone.by = officer.name[:80]
            stone.save()
    if finished:
        photo = SimpleUploadedFile("改造后.jpg", picture(PHOTOS + 50), "image/jpeg")
        actions.photograph_upgrade(row, actor=officer, at=city.at, photo=photo)
    if finished:
        with acting(approver):
            actions.finish_upgrade(
                row, actor=approver, at=city.at, finished_on=row.due, beds_after=row.beds_planned,
                nursing_after=row.nursing_planned,
            )  # fmt: skip


def _reached(planned: date, place: int, *, slow: bool) -> date:
    return planned + timedelta(days=70 if slow and place > 1 else place - 2)
