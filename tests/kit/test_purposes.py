"""What the program writes down as the purpose of a read is told in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import translation

import songhe
from songhe.engines.acts.models import Act
from songhe.kit.history import PURPOSES, purpose_of

WRITTEN = re.compile(r'\bpurpose="([^"]+)"')
NUMBERS = {"12345"}


def test_a_purpose_is_told_in_the_language_of_the_page_and_peoples_own_words_stay() -> None:
    with translation.override("zh-hans"):
        assert purpose_of(Act(purpose="visit")) == "上门"
        assert purpose_of(Act(purpose="核对津贴")) == "核对津贴"
    with translation.override("en"):
        assert purpose_of(Act(purpose="visit")) == "visit"


def test_every_purpose_in_the_program_has_its_words() -> None:
    files = Path(songhe.__file__).parent.rglob("*.py")
    written = {word for file in files for word in WRITTEN.findall(file.read_text(encoding="utf-8"))}
    assert len(written) > 20
    assert written - NUMBERS <= PURPOSES.keys()
