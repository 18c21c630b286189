"""Cases that 12345 sent the demo city: some new, some in hand, one supervised, one overdue, most answered and rated."""

from __future__ import annotations

from datetime import timedelta

from songhe.areas.tickets import actions
from songhe.areas.tickets.actions.hearing import Told
from songhe.areas.tickets.models import CityCase, CityLine
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

WISHES = (
    (
        "complaint",
        "助餐送餐晚点",
        "反映家中老人的助餐连续几天晚送半小时以上，希望核实。",
        "已与助餐点核实并调整线路，老人表示认可。",
    ),
    (
        "enquiry",
        "高龄津贴发放时间",
        "咨询八十岁老人高龄津贴从哪个月开始发放。",
        "已告知自年满八十周岁当月起发放，次月到账。",
    ),
    (
        "request",
        "申请助浴服务",
        "独居老人行动不便，希望安排上门助浴。",
        "已安排机构本周五上门助浴，并告知自付部分。",
    ),
    (
        "help",
        "老人联系不上",
        "外地子女联系不上独居母亲，请协助上门查看。",
        "邻里互助员已上门，老人手机没电，平安。",
    ),
    (
        "suggestion",
        "增设助餐点",
        "建议在社区北区增设老年助餐点。",
        "已转相关科室纳入明年布点方案，并向来电人说明。",
    ),
    (
        "complaint",
        "护理员更换未告知",
        "反映机构更换护理员未提前告知家属。",
        "机构已致歉，今后更换人员提前一天告知。",
    ),
)
CASES = 24


def send_cases(city: City) -> None:
    """A month of cases through the ear that hears 12345, and what the desk did with them."""
    region = Region.objects.get(code=int(city.places.city) * 10**6)
    line: CityLine = actions.open_line(
        actor=SYSTEM,
        at=city.on(60, 9),
        code="city12345",
        name="市12345政务服务便民热线",
        region=region,
        way=CityLine.Way.SIMULATED,
    )
    rows = [row for row in range(0, len(city.columns), 53) if city.columns.phone[row]][:CASES]
    for place, row in enumerate(rows):
        _case(city, line, place, row)
    actions.send_waiting(at=city.at + timedelta(seconds=1), most=500)
    actions.warn(at=city.at)


def _case(city: City, line: CityLine, place: int, row: int) -> None:
    kind, title, words, answer = WISHES[place % len(WISHES)]
    days_ago = 0 if place < 4 else 1 + place
    at = city.at - timedelta(minutes=25 * (place + 1)) if place < 4 else city.on(days_ago, 9, place)
    level = "supervised" if place == 5 else "urgent" if place % 7 == 3 else "ordinary"
    number = f"WH{at:%Y%m%d}{place + 1:05}"
    due = city.at - timedelta(hours=5) if place == 6 else city.at + timedelta(hours=2) if place == 4 else None
    told = Told(
        key=f"demo-{place}", number=number, what="new", words=words, kind=kind, level=level, title=title,
        caller=city.columns.phone[row].decode(), region=int(city.columns.residence[row]), due_at=due, body=number.encode(),
    )  # fmt: skip
    actions.hear(line, told, at=at)
    found = CityCase.everywhere.get(line=line, number=number)
    if place < 3:
        return
    user = city.users[f"hotline{place % 4 + 3}"]
    with acting(user):
        actions.take_up(found, actor=user, at=at + timedelta(minutes=30))
        if place == 7:
            actions.ask_extension(
                found,
                actor=user,
                at=min(found.due_at, at + timedelta(hours=1)),
                days=3,
                reason="需与机构一并上门核实",
            )
        if place < 8:
            actions.note_progress(
                found,
                actor=user,
                at=min(city.at, at + timedelta(hours=1)),
                words="已联系机构核实，正在处理。",
            )
        else:
            actions.answer(found, actor=user, at=at + timedelta(hours=6), words=answer)
    if place in (5, 6):
        remind = Told(
            key=f"demo-{place}-remind",
            number=number,
            what="remind",
            words="来电人催办，请加快办理。",
            body=b"remind",
        )
        actions.hear(line, remind, at=min(city.at, at + timedelta(hours=8)))
