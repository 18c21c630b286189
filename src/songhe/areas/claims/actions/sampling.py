"""The sample: drawn by the county, called or visited by villages and towns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.actions.common import claim_of, must_be, resum, save_lines
from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import Claim, ClaimLine, Found, How, LineState, SampleCheck, State, Why
from songhe.areas.claims.queries.sums import PAYABLE_LINES
from songhe.areas.verification.api import checks_of, found_by_sample
from songhe.core.refusal import Refused
from songhe.core.sampling import draw, draw_by_weight, size
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Scope, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

MOST_WORDS = 1_000
RESULTS = [(one.value, one.label) for one in Found if one]


@act("claims.sample")
def draw_sample(claim: Claim, *, actor: Actor, at: datetime) -> Claim:
    """Draw the visits to be checked: some by their risk, the others at random. Both follow from the hash of the lines, so
    that nobody chooses and anybody can draw again."""
    must_be(claim, State.FILED)
    four_eyes(claim.filed_by_id, actor)
    if claim.sampled_at is not None:
        raise Refused("sampled", "The sample of this claim is drawn already.")
    asked = terms().sample
    with elevated():  # checks of visits in all villages
        lines = {line.visit_id: line for line in ClaimLine.everywhere.filter(PAYABLE_LINES, claim=claim)}
        risks = {key: check.risk for key, check in checks_of(lines.keys(), Scope.EVERYTHING).items()}
        number = size(len(lines), asked.tolerated_bp, asked.confidence_bp)
        risky = draw_by_weight(f"{claim.hash}:risk", risks, number * asked.risk_percent // 100)
        rest = [key for key in lines if key not in set(risky)]
        chance = draw(f"{claim.hash}:chance", rest, number - len(risky))
        made = [(key, Why.RISK) for key in risky] + [(key, Why.CHANCE) for key in chance]
        SampleCheck.everywhere.bulk_create(
            SampleCheck(
                claim=claim, line=lines[key], person_id=lines[key].person_id, region_id=lines[key].region_id, why=why,
                risk=risks.get(key, 0),
            )
            for key, why in sorted(made, key=lambda one: (lines[one[0]].on, str(one[0])))
        )  # fmt: skip
    claim.sampled_at, claim.sampled_by_id = at, actor.id
    claim.save()
    add_detail(drawn=len(made), by_risk=len(risky))
    return claim


@act("claims.check", verb="claims.check", locks=False)
def enter_check(
    check: SampleCheck,
    *,
    actor: Actor,
    at: datetime,
    how: Annotated[How, Field(label=_("How"))],
    found: Annotated[Found, Field(label=_("What was found"), choices=RESULTS, radio=True)],
    minutes: Annotated[
        int | None,
        Field(label=_("Minutes, as told by the person"), help=_("Where it was shorter"), least=1, most=1440),
    ] = None,
    words: Annotated[
        str, Field(label=_("In the person's words"), help=_("Where it was not as claimed"), long=True)
    ] = "",
) -> SampleCheck:
    """Enter what a person said of a visit. One that was not given is never paid; a shorter one is cut."""
    claim = claim_of(check)
    must_be(claim, State.FILED)
    four_eyes(claim.filed_by_id, actor)
    if check.found not in (Found.OPEN, Found.NO_CONTACT):
        raise Refused("checked", "This visit was checked already.")
    said = _words(words, needed=found in (Found.SHORTER, Found.NOT_GIVEN))
    with elevated():
        line = ClaimLine.everywhere.get(pk=check.line_id)
    if found == Found.SHORTER and (minutes is None or minutes >= line.minutes):
        raise Refused(
            "not_shorter",
            "Enter fewer minutes than the {minutes} that are claimed.",
            field="minutes",
            minutes=line.minutes,
        )
    check.found, check.how, check.minutes = found, how, minutes if found == Found.SHORTER else None
    check.words_sealed = _sealed(check.person_id, said)
    check.by_id, check.by, check.at = actor.id, actor.name[:80], at
    check.save()
    _apply(line, check, said, actor=actor, at=at)
    resum(claim)
    return check


def _apply(line: ClaimLine, check: SampleCheck, said: str, *, actor: Actor, at: datetime) -> None:
    if not line.is_payable:
        return
    if check.found == Found.NOT_GIVEN:
        line.take_out(LineState.NOT_GIVEN, "", holds=True)
        found_by_sample(line.visit_id, said, actor=actor, at=at)
    elif check.found == Found.SHORTER and check.minutes is not None:
        line.cut(check.minutes)
    else:
        return
    line.decided_by_id = actor.id
    save_lines([line])


def _words(words: str, *, needed: bool) -> str:
    clean = normalise(words, lines=True, field="words")
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field="words")
    if len(clean) > MOST_WORDS:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field="words", most=MOST_WORDS
        )
    return clean


def _sealed(person_id: UUID, words: str) -> bytes:
    with elevated():
        return seal(person_id, words) if words else b""
