"""Somebody writes who was erased meanwhile."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests import make

from songhe.areas.hotline import actions
from songhe.areas.hotline.models import Channel, TextLine
from songhe.engines.notices.api import Reply, answer
from songhe.engines.vault.api import erase

pytestmark = pytest.mark.django_db


def test_an_answer_of_whoever_was_erased_is_not_kept_and_keeps_nobody_elses_waiting() -> None:
    """The report of the provider, with everybody's answers and receipts, was once refused as a whole."""
    agent, at = make.user("hotline_agent", make.COUNTY), timezone.now()
    calls = [
        actions.answer(actor=agent, at=at, number=number, channel=Channel.TEXT)
        for number in ("13963112345", "13963112346")
    ]
    for call in calls:
        actions.write_line(call, actor=agent, at=at, words="请问您需要什么服务？")
    erase(calls[0].owner_id)
    replies = [Reply(number=number, text="助浴") for number in ("13963112345", "13963112346")]
    assert answer(replies, at=at) == 2
    kept = TextLine.everywhere.get(incoming=True)
    assert (kept.call_id, kept.words) == (calls[1].pk, "助浴")
