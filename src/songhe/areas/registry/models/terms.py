"""Terms of tags, as ``data/nation/tags.yaml`` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings

from songhe.core.refusal import Refused
from songhe.engines.regions.models import language_is_chinese


@dataclass(frozen=True, slots=True)
class Term:
    """One tag. ``grades`` are the values it may take, ``excludes`` the tags that cannot hold on the same day."""

    code: str
    en: str
    zh: str
    group: str
    synonyms: tuple[str, ...] = ()
    grades: tuple[tuple[str, str, str], ...] = ()
    excludes: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()
    tone: str = "muted"

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.zh if language_is_chinese() else self.en

    def grade_label(self, code: object) -> str:
        """A grade's name in the language of the page; empty for none."""
        place = 2 if language_is_chinese() else 1
        return next((grade[place] for grade in self.grades if grade[0] == str(code)), "")

    def check(self, grade: str) -> None:
        """Refuse a grade that the term does not have."""
        if grade and grade not in {known[0] for known in self.grades}:
            raise Refused(
                "tag_grade", "“{tag}” has no grade “{grade}”. Choose one of those offered.",
                field="grade", tag=self.label, grade=grade,
            )  # fmt: skip


@lru_cache(maxsize=1)
def terms() -> dict[str, Term]:
    """All terms in the order of the file."""
    data: dict[str, Any] = yaml.safe_load((settings.DATA / "nation/tags.yaml").read_text(encoding="utf-8"))
    return {
        code: Term(
            code=code,
            en=row["en"],
            zh=row["zh"],
            group=row["group"],
            synonyms=tuple(row.get("synonyms", ())),
            grades=tuple((str(g["code"]), g["en"], g["zh"]) for g in row.get("grades", ())),
            excludes=tuple(row.get("excludes", ())),
            implies=tuple(row.get("implies", ())),
            tone=row.get("tone", "muted"),
        )
        for code, row in data["tags"].items()
    }


def term(code: str) -> Term:
    """One term; refused where the data does not know it."""
    try:
        return terms()[code]
    except KeyError:
        raise Refused(
            "unknown_tag", "There is no tag “{tag}”. Choose one from the list.", field="tag", tag=code
        ) from None


@lru_cache(maxsize=1)
def by_words() -> dict[str, tuple[str, str]]:
    """(term, grade) by every word that lists use for it."""
    words: dict[str, tuple[str, str]] = {}
    for found in terms().values():
        for word in (found.zh, *found.synonyms):
            words[word] = (found.code, "")
        for code, _en, zh in found.grades:
            words[zh] = (found.code, code)
    return words
