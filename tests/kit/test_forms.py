"""From signatures to forms: every annotation has its field, and values come back as the action wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, NewType

import pytest
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope
from songhe.kit.fields import Field, SpentField, YuanField
from songhe.kit.moments import Moment, device_moment
from songhe.kit.verbs import form_class, verb
from songhe.kit.views.exports import safe
from songhe.kit.words import ago, masked, short_yuan, spent, yuan

Fen = NewType("Fen", int)
Minutes = NewType("Minutes", int)


class Colour(TextChoices):
    RED = "red", "Red"
    BLUE = "blue", "Blue"


def everything(
    *,
    actor: Any,
    at: datetime,
    name: Annotated[str, Field(label="Name", size=8)],
    price: Fen,
    stay: Minutes,
    day: date,
    clock: time,
    moment: datetime,
    number: Annotated[int, Field(least=1, most=9)],
    colour: Colour,
    level: Literal[1, 2, 3, 4],
    sure: bool,
    days: list[Literal[0, 1, 2]],
    note: Annotated[str, Field(long=True)] = "",
    until: date | None = None,
) -> None:
    """Takes one of each."""


def shape() -> Any:
    """The form of ``everything``."""
    return form_class(verb(everything, right="x.y"), on_row=False, row=None, user=None, scope=Scope.NOTHING)


GOOD = (
    "name=Ann&price=1,200.5&stay=1:30&day=2026-11-25&clock=08:30&moment=2026-11-25T09:00&number=3&colour=blue"
    "&level=4&sure=on&days=0&days=2"
)


def test_values_come_back_in_their_types() -> None:
    form = shape()(QueryDict(GOOD))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "name": "Ann",
        "price": 120050,
        "stay": 90,
        "day": date(2026, 11, 25),
        "clock": time(8, 30),
        "moment": datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
        "number": 3,
        "colour": Colour.BLUE,
        "level": 4,
        "sure": True,
        "days": [0, 2],
        "note": "",
        "until": None,
    }
    assert isinstance(form.cleaned_data["colour"], Colour)


def test_what_is_missing_or_wrong_is_named() -> None:
    form = shape()(QueryDict("name=much too long&price=1.234&number=10&colour=green&level=9&days=7&until=x"))
    assert not form.is_valid()
    assert set(form.errors) == {
        *("name", "price", "stay", "day", "clock", "moment", "number", "colour", "level", "days", "until"),
    }


def test_a_text_is_as_long_as_its_field_says() -> None:
    def said(
        *,
        actor: Any,
        at: datetime,
        short: str,
        words: Annotated[str, Field(long=True)],
        reason: Annotated[str, Field(long=True, size=400)],
    ) -> None:
        """Takes texts."""

    form = form_class(verb(said, right="x.y"), on_row=False, row=None, user=None, scope=Scope.NOTHING)
    sizes = {"short": 200, "words": 2000, "reason": 400}
    for more, wrong in ((0, set[str]()), (1, set(sizes))):
        sent = form(QueryDict("&".join(f"{name}={'x' * (size + more)}" for name, size in sizes.items())))
        assert set(sent.errors) == wrong


def test_a_type_without_a_field_stops_the_start() -> None:
    def odd(*, actor: Any, at: datetime, what: dict[str, int]) -> None:
        """Takes what no form can ask for."""

    with pytest.raises(TypeError, match="what"):
        form_class(verb(odd, right="x.y"), on_row=False, row=None, user=None, scope=Scope.NOTHING)


@given(st.integers(-(10**14), 10**14))
def test_yuan_written_are_the_same_fen_when_read(fen: int) -> None:
    assert YuanField().clean(yuan(fen)) == fen


@given(st.integers(0, 10**6))
def test_minutes_written_with_a_colon_are_the_same_when_read(minutes: int) -> None:
    assert SpentField().clean(f"{minutes // 60}:{minutes % 60:02d}") == minutes


@given(st.text(max_size=12))
def test_money_is_a_whole_number_or_refused(text: str) -> None:
    field = YuanField(required=False)
    try:
        value = field.clean(text)
    except ValidationError:
        return
    assert value is None or isinstance(value, int)


@given(st.text() | st.integers())
def test_no_exported_text_begins_like_a_formula(value: object) -> None:
    kept = safe(value)
    if isinstance(kept, str) and kept[:1] in ("=", "@", "\t", "\r", "\n"):
        raise AssertionError(kept)
    assert str(kept).removeprefix("'") == str(value).removeprefix("'")


def test_words_for_amounts_and_times() -> None:
    now = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    with translation.override("en"):
        assert [spent(90), spent(60), spent(-5)] == ["1 h 30 min", "1 h", "-5 min"]
        assert [ago(now - timedelta(minutes=3), now), ago(now + timedelta(days=3), now)] == [
            "3 minutes ago",
            "in 3 days",
        ]
        assert short_yuan(123_456_789_00) == "123.5m"
    with translation.override("zh-hans"):
        assert [spent(90), ago(now - timedelta(hours=5), now)] == ["1 小时 30 分", "5 小时前"]
        assert short_yuan(123_456_789_00) == "1.2 亿"
    assert masked("13800138000") == "138••••8000"
    assert masked("123456") == "••••••"


def test_the_time_of_a_phone_is_believed_within_three_days() -> None:
    now = timezone.now()
    done = now - timedelta(hours=5)
    assert device_moment(done.isoformat(), now) == Moment(done)
    assert device_moment(done.isoformat().replace("+00:00", "Z"), now, sent=now.isoformat()) == Moment(done)
    for odd in ("", "x", "2026-11-25T09:00", "0001-01-01T00:00:00+00:00"):
        assert device_moment(odd, now) == Moment()
    ahead = now + timedelta(minutes=9)
    assert device_moment(ahead.isoformat(), now) == Moment(None, ahead), "an older page sends no clock"
    with pytest.raises(Refused, match="three days"):
        device_moment((now - timedelta(days=4)).isoformat(), now)


@pytest.mark.parametrize("wrong", [timedelta(hours=8), timedelta(hours=-7), timedelta(days=400)])
def test_a_clock_wrong_by_hours_is_put_right_by_what_it_says_while_sending(wrong: timedelta) -> None:
    now = timezone.now()
    done = now - timedelta(hours=5)
    found = device_moment((done + wrong).isoformat(), now, sent=(now + wrong).isoformat())
    assert found == Moment(done, done + wrong), "and what the phone said is kept"
    assert found.kept(now)
    set_back = device_moment(
        (done + wrong).isoformat(), now, sent=(done + wrong - timedelta(days=2)).isoformat()
    )
    assert set_back.device_at is None, "the clock was set in between: nothing is known"
    assert set_back.phone_at == done + wrong


def test_what_is_sent_along_unseen_and_blanks_that_count() -> None:
    def change(
        *,
        actor: Any,
        at: datetime,
        revision: Annotated[int, Field(hidden=True)],
        text: Annotated[str, Field(long=True, verbatim=True)],
    ) -> None:
        """Takes both."""

    found = form_class(verb(change, right="x.y"), on_row=False, row=None, user=None, scope=Scope.NOTHING)
    form = found(QueryDict("revision=3&text=%20two%0A"))
    assert form.is_valid()
    assert form.cleaned_data == {"revision": 3, "text": " two\n"}
    assert [field.name for field in form.hidden_fields()] == ["revision"]
    assert not found(QueryDict("revision=x&text=a")).is_valid()


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        (YuanField(least=1, most=500), ("0", "-5", "5.01"), ("0.01", "5")),
        (SpentField(least=1, most=90), ("0", "1:31", "9" * 5000, f"{'9' * 5000}:00"), ("1", "1:30")),
    ],
)
def test_amounts_keep_their_bounds(field: Any, wrong: tuple[str, ...], right: tuple[str, ...]) -> None:
    for text in wrong:
        with pytest.raises(ValidationError):
            field.clean(text)
    assert [field.clean(text) for text in right] == [field.least, field.most]


def test_a_verbs_bounds_reach_its_amounts() -> None:
    def pay(
        *,
        actor: Any,
        at: datetime,
        price: Annotated[Fen, Field(least=1)],
        stay: Annotated[Minutes, Field(most=60)],
    ) -> None:
        """Takes two amounts."""

    form = form_class(verb(pay, right="x.y"), on_row=False, row=None, user=None, scope=Scope.NOTHING)
    assert set(form(QueryDict("price=-5&stay=61")).errors) == {"price", "stay"}
