"""Laws of the desk's rules: nothing typed is lost, draws can be drawn again, bounds hold, services and articles are found."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import tries

from songhe.areas.hotline import city
from songhe.areas.hotline.rules import (
    Listed,
    Text,
    build_asking,
    build_complaining,
    build_tree,
    digest,
    drawn,
    indexed,
    plain,
    rank,
    satisfaction,
    save,
    tokens,
)
from songhe.areas.hotline.rules.windows import REPEATS, repeat_of
from songhe.core.sources import DataError

names = st.sampled_from(["note", "item", "caller"])
words = st.text(max_size=6)
savings = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.dictionaries(names, words, min_size=1)), max_size=12
)


@given(savings)
def test_what_one_tab_wrote_after_another_had_seen_it_is_never_lost_silently(
    steps: list[tuple[str, dict[str, str]]],
) -> None:
    kept: dict[str, dict[str, object]] = {}
    revision, seen, last = 0, {"a": 0, "b": 0}, dict[str, tuple[str, str]]()
    for tab, typed in steps:
        before = plain(kept)
        saved = save(kept, revision, typed, seen=seen[tab], tab=tab)
        for name, told in typed.items():
            now = saved.fields.get(name, {"words": ""})["words"]
            if name in saved.differing:
                assert now == before[name] == saved.differing[name], "the other's words stay, and are told"
                assert last[name][0] != tab
            else:
                assert now == told
                if before.get(name, "") != told:
                    last[name] = (tab, told)
        again = save(saved.fields, saved.revision, typed, seen=saved.revision, tab=tab)
        assert not set(again.fields) - set(saved.fields)
        kept, revision = saved.fields, saved.revision
        if not saved.differing:
            seen[tab] = revision


@given(st.dictionaries(names, words, min_size=1))
def test_the_same_saving_twice_is_one(typed: dict[str, str]) -> None:
    first = save({}, 0, typed, seen=0, tab="a")
    second = save(first.fields, first.revision, typed, seen=0, tab="a")
    assert (second.fields, second.revision, second.news) == (first.fields, first.revision, False)


def test_somebody_may_decide_for_their_own_words() -> None:
    theirs = save({}, 0, {"note": "甲"}, seen=0, tab="a")
    mine = save(theirs.fields, theirs.revision, {"note": "乙"}, seen=0, tab="b")
    assert mine.differing == {"note": "甲"}
    assert plain(
        save(theirs.fields, theirs.revision, {"note": "乙"}, seen=0, tab="b", force=True).fields
    ) == {"note": "乙"}


listed = st.lists(
    st.builds(Listed, st.uuids().map(str), st.sampled_from(["甲:0103", "乙:0103", "甲:0101"]), st.just(3000)),
    max_size=60,
    unique_by=lambda one: one.key,
)


@given(listed, st.text(max_size=8), st.randoms())
def test_a_draw_depends_on_list_and_seed_alone_and_leaves_no_stratum_out(
    rows: list[Listed], seed: str, chance: Any
) -> None:
    found = drawn(seed, rows)
    shuffled = rows[:]
    chance.shuffle(shuffled)
    assert drawn(seed, shuffled) == found
    assert digest(shuffled) == digest(rows)
    of = {row.key: row.stratum for row in rows}
    held, chosen = Counter(of.values()), Counter(of[key] for key in found)
    assert all(chosen[stratum] == -(-3000 * n // 10_000) for stratum, n in held.items())


@settings(max_examples=tries(60))
@given(st.integers(0, 4000), st.data())
def test_bounds_hold_the_share_and_narrow_with_the_part_asked(of: int, data: st.DataObject) -> None:
    asked = data.draw(st.integers(0, of))
    good = data.draw(st.integers(0, asked))
    shown = satisfaction(of, asked, good)
    if not asked:
        assert shown.share_bp is None
        return
    assert shown.share_bp is not None
    assert shown.low_bp is not None
    assert shown.high_bp is not None
    assert 0 <= shown.low_bp <= shown.share_bp <= shown.high_bp <= 10_000
    wider = satisfaction(of * 10 + 10, asked, good)
    assert wider.low_bp is not None
    assert wider.low_bp <= shown.low_bp


def test_a_known_interval() -> None:
    shown = satisfaction(10**9, 100, 90)
    assert (shown.low_bp, shown.high_bp) == (8256, 9448), "Wilson's bounds for 90 of 100"
    with pytest.raises(ValueError, match="among"):
        satisfaction(5, 6, 1)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("0103", "0103"), ("洗澡", "0103"), ("xz", "0125"), ("dkt", "0220"), ("下水道", "0169"), ("马桶堵", "0169"),
        ("liangxueya", "0305"), ("陪诊", "0158"), ("haircut", "0129"), ("ｌｆ", "0129"), ("鼻饲管", "0220"),
        ("送 饭", "0101"),
    ],
)  # fmt: skip
def test_services_are_found_by_what_people_say(said: str, code: str) -> None:
    found = [item.code for item in city.services(said)]
    expected = {"dkt": None}.get(said, code)
    assert expected is None or expected in found, found


@given(st.text(max_size=30))
def test_no_words_break_the_search(said: str) -> None:
    city.services(said)
    tokens(said)


def test_there_are_over_two_hundred_services_of_every_help() -> None:
    from songhe.areas.providers.api import catalogue

    known = catalogue()
    assert len(known.items) >= 200
    assert {item.help for item in known.items.values()} == set(known.helps)
    assert all(item.words for item in known.items.values())


def test_the_rarer_words_of_a_question_decide_and_titles_weigh_more() -> None:
    texts = [
        Text("bath", "上门助浴前要问什么", "洗澡", "能否站立,今天血压"),
        Text("home", "怎么找养老院", "床位", "助浴也可以在院内,先看空床"),
        Text("gas", "闻到燃气味怎么办", "煤气", "马上到户外"),
    ]
    assert rank("助浴要问什么", texts)[0] == "bath"
    assert rank("煤气味", texts) == ["gas"]
    assert rank("今天天气", texts)[:1] == ["bath"], "“今天” is a word of its text"
    assert rank("", texts) == []
    assert "助浴" in indexed(texts[0])
    assert tokens("泵PICC维护3次") == ["picc", "3", "泵", "维护", "次"]


@given(st.sampled_from(sorted(REPEATS)), st.integers(0, 365 * 24 * 60))
def test_a_series_keeps_its_hour_and_its_length(code: str, minute: int) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    repeat = repeat_of(code)
    assert repeat is not None
    spans = repeat.spans(since, since + timedelta(hours=4))
    assert spans[0][0] == since or code == "monthly3", "a month without a thirty-first is passed over"
    assert {(start.hour, start.minute) for start, _end in spans} == {(since.hour, since.minute)}
    assert {end - start for start, end in spans} == {timedelta(hours=4)}
    assert len(spans) <= 13
    assert repeat_of("") is None


def test_wrong_data_is_named() -> None:
    way = {"code": "now", "level": 3, "en": "a", "zh": "b", "do": [{"en": "a", "zh": "b"}]}
    top = {"code": "x", "en": "a", "zh": "b", "purpose": "order"}
    for bad in (
        {"branches": [top], "ways": [way], "hold": []},
        {"branches": [top | {"purpose": "fun"}], "ways": [way], "hold": []},
        {"branches": [top | {"help": "moon"}], "ways": [way], "hold": []},
        {"branches": [top | {"items": ["9999"]}], "ways": [way], "hold": []},
        {"branches": [top, top], "ways": [way], "hold": []},
    ):
        with pytest.raises(DataError):
            build_tree(bad, items=["0101"], helps=["meal"])
    with pytest.raises(DataError):
        build_asking(
            {
                "form": "f",
                "attempts": 0,
                "gap_minutes": 1,
                "share_bp": 1,
                "satisfied_from": 4,
                "outcomes": [{"code": "a", "en": "a", "zh": "b"}],
            }
        )
    with pytest.raises(DataError):
        build_complaining({"usual": "none"})
