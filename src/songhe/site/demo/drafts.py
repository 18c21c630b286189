"""Policy drafts at two desks: one with a finished simulation that waits for approval, and one that the check finds fault with."""

from __future__ import annotations

from datetime import date

from django.utils.timezone import localtime

from songhe.areas.entitlement import actions, tasks
from songhe.areas.entitlement.models import Simulation
from songhe.engines.access.api import User
from songhe.engines.jobs.api import Work
from songhe.engines.jobs.models import Job
from songhe.engines.policies.api import DraftState, PolicyDraft, holding
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

LUNCH, ALLOWANCE = "rongcheng-free-lunch", "weihai-old-age-allowance"


def draft(city: City) -> None:
    """Begin both where the city's policies have what they change."""
    start = date(localtime(city.at).year + 1, 1, 1)
    if made := _copied(city, city.users["county-2"], LUNCH, start, "荣民发〔{}〕3号"):
        _younger(city, made, start)
    if made := _copied(city, city.users["city"], ALLOWANCE, start, "威民发〔{}〕6号"):
        _dearer(city, made)


def _copied(city: City, author: User, code: str, start: date, number: str) -> PolicyDraft | None:
    version = holding(code, localtime(city.at).date())
    if version is None:
        return None
    with acting(author):
        made: PolicyDraft = actions.copy_version(
            version, actor=author, at=city.on(6, 9), effective=start, number=number.format(start.year)
        )
    return made


def _younger(city: City, made: PolicyDraft, start: date) -> None:
    """Free lunch from 75 on: the example that goes with the age is mended, so that the check finds nothing."""
    author = city.users["county-2"]
    text = made.text.replace(f"{date(start.year - 80, 3, 1)}", f"{date(start.year - 75, 3, 1)}")
    for before in (
        "value: 80",
        "80岁",
        "80周岁",
        "rural 80s",
        "over 80",
        "of 80",
        "80 or above",
        "Younger than 80",
        "80 in",
    ):
        text = text.replace(before, before.replace("80", "75"))
    with acting(author):
        actions.write_text(
            made, actor=author, at=city.on(6, 10), revision=made.revision, text=text, check=True
        )
        _simulated(city, made, author)
        made.refresh_from_db()
        if made.state == DraftState.CHECKED:
            actions.submit_draft(
                made, actor=author, at=city.on(4, 15), note="暖心食堂已覆盖,拟将免费午餐年龄降至75周岁。"
            )


def _simulated(city: City, made: PolicyDraft, author: User) -> None:
    at = city.on(5, 11)
    county = Region.objects.get(code=city.shown)
    asked: Simulation = actions.simulate(actor=author, at=at, draft=made, region=county)
    job = Job.objects.get(kind="entitlement.simulate", key=str(asked.pk))
    result = tasks.simulate(Work(job, at))
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, finished_at=at, result=result)


def _dearer(city: City, made: PolicyDraft) -> None:
    """A higher allowance, whose examples still say what came out before."""
    author = city.users["city"]
    text = made.text.replace("{80: 10000, 90: 20000,", "{80: 12000, 90: 24000,")
    with acting(author):
        actions.write_text(
            made, actor=author, at=city.on(2, 16), revision=made.revision, text=text, check=True
        )
