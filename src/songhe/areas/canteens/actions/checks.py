"""Looking after whoever was expected and did not come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.actions.common import OfMeal, On, between, serves
from songhe.areas.canteens.limits import over_at, terms
from songhe.areas.canteens.models import Canteen, Check, CheckState, Diner, Found, Meal, of
from songhe.areas.canteens.queries import table
from songhe.areas.canteens.rules.days import to_look_after
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import Case, move_case, open_case
from songhe.engines.live.api import publish
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import seal
from songhe.kit.days import day_of
from songhe.kit.fields import Field

TOPIC = "canteens"
MOVES = {
    (CheckState.ASKED, Found.NO_ANSWER): "go",
    (CheckState.DOOR, Found.NO_ANSWER): "raise",
}
"""What no answer leads to; everything else is found, or help."""


@act("canteens.check")
def find_absent(canteen: Canteen, *, actor: Actor, at: datetime, on: On, meal: OfMeal) -> Canteen:
    """Open a check for everybody who was expected at a meal and did not come."""
    between(on, at=at, back=1)
    serves(canteen, meal)
    look_after(canteen, on, meal, actor=actor, at=at)
    return canteen


@act("canteens.check")
def report_absent(diner: Diner, *, actor: Actor, at: datetime, on: On, meal: OfMeal) -> Check:
    """Open a check for one person who did not come, as soon as somebody notices."""
    between(on, at=at, back=1)
    if Meal.everywhere.filter(person_id=diner.person_id, on=on, meal=meal, voided_at=None).exists():
        raise Refused("did_eat", "This meal is entered as eaten. Void it first if that is wrong.", field="on")
    if Check.everywhere.filter(person_id=diner.person_id, on=on, meal=meal).exists():
        raise Refused("checked", "A check is already under way. See the list of checks.", field="on")
    return _opened(diner.canteen, diner, on, meal, actor=actor, at=at)


def look_after(canteen: Canteen, on: date, meal: str, *, actor: Actor, at: datetime) -> list[Check]:
    """Checks for those who did not come and are not looked after yet."""
    wanted = {diner.person_id: diner for diner in table.expected(canteen, on, meal)}
    served = set(table.meals_on(canteen, on, meal).values_list("person_id", flat=True))
    known = set(
        Check.everywhere.filter(canteen=canteen, on=on, meal=meal).values_list("person_id", flat=True)
    )
    later = table.seen_after(wanted, on)
    absent = to_look_after(list(wanted), served | known, on=on, today=day_of(at), seen_later=later)
    made = [_opened(canteen, wanted[key], on, meal, actor=actor, at=at) for key in absent]
    if made:
        add_detail(checks=len(made))
    return made


@act("canteens.check")
def enter_found(
    check: Check,
    *,
    actor: Actor,
    at: datetime,
    found: Annotated[Found, Field(label=_("What was found"), radio=True)],
    words: Annotated[
        str,
        Field(label=_("What was seen"), help=_("Kept sealed; no more than is needed"), long=True, size=400),
    ] = "",
) -> Check:
    """Enter what was found out. No answer leads on: to the door, then to the town."""
    if check.state not in (CheckState.ASKED, CheckState.DOOR, CheckState.ALARM):
        raise _state(check)
    outcome = Found(found)
    if outcome == Found.NO_ANSWER and check.state == CheckState.ALARM:
        raise Refused(
            "last_step",
            "The town continues until the person is accounted for. Enter what was found, or that help is needed.",
            field="found",
        )
    clean = normalise(words, lines=True, field="words")[:400]
    if outcome == Found.HELP and not clean:
        raise Refused("say_what", "Say what help is needed.", field="words")
    move = MOVES.get((CheckState(check.state), outcome)) or ("help" if outcome == Found.HELP else "found")
    check.found = outcome
    if clean:
        check.words_sealed = seal(check.person_id, clean)
    return _moved(check, move, actor=actor, at=at)


@act("canteens.check")
def end_help(
    check: Check,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("How it ended"), long=True, size=400)],
) -> Check:
    """Close a check after help was given."""
    if check.state != CheckState.HELPED:
        raise _state(check)
    clean = normalise(words, lines=True, field="words")[:400]
    if not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field="words")
    check.words_sealed = seal(check.person_id, clean)
    return _moved(check, "close", actor=actor, at=at)


def turn(*, at: datetime) -> int:
    """Look for the absent of meals that are over, wherever somebody enters meals today; run by a periodic job."""
    today, count = day_of(at), 0
    wait = timedelta(minutes=terms().absent_minutes)
    over = [meal for meal in terms().meals if over_at(meal, today) + wait <= at]
    with elevated():  # of all canteens
        for meal in over:
            ids = Meal.everywhere.filter(on=today, meal=meal, voided_at=None).values("canteen_id")
            for canteen in Canteen.everywhere.filter(pk__in=ids).order_by("pk"):
                count += len(look_for(canteen, actor=SYSTEM, at=at, on=today, meal=meal))
    return count


@act("canteens.check")
def look_for(canteen: Canteen, *, actor: Actor, at: datetime, on: date, meal: str) -> list[Check]:
    """The same by the clock."""
    return look_after(canteen, on, meal, actor=actor, at=at)


def _opened(canteen: Canteen, diner: Diner, on: date, meal: str, *, actor: Actor, at: datetime) -> Check:
    made = Check(
        id=uuid7(), **of(canteen), diner=diner, person_id=diner.person_id, on=on, meal=meal, neighbour=diner.neighbour,
        opened_at=at,
    )  # fmt: skip
    case = open_case(
        "diner_check", region_id=canteen.region_id, person_id=diner.person_id, holder_id=canteen.facility_id, about=made,
        actor=actor, at=at,
    )  # fmt: skip
    made.case, made.number, made.due_at = case, case.number, case.due_at
    made.save(force_insert=True)
    _tell(made, at)
    return made


def _moved(check: Check, code: str, *, actor: Actor, at: datetime) -> Check:
    with elevated():  # whoever may act on the check acts on its case
        case = move_case(Case.everywhere.get(pk=check.case_id), code, actor=actor, at=at)
    check.state, check.due_at = CheckState(case.state), case.due_at
    if check.state == CheckState.CLOSED:
        check.closed_by, check.closed_at = actor.name[:80], at
    check.save()
    _tell(check, at)
    return check


def _tell(check: Check, at: datetime) -> None:
    news = {"check": str(check.pk), "state": str(check.state)}
    publish(TOPIC, check.region_id, news, at=at, holder_id=check.facility_id)


def _state(check: Check) -> Refused:
    return Refused(
        "check_state",
        "This check is now “{state}”. Open it again to see what happened.",
        state=check.get_state_display(),
    )
