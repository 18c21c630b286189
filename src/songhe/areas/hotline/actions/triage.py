"""The questions of a triage: marked while they are asked, kept with the call as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext

from songhe.areas.hotline.city import tree
from songhe.areas.hotline.rules import Way
from songhe.core.decision import Reason
from songhe.core.labels import Label, Labels
from songhe.core.scoring import Form, Result, problems, score
from songhe.engines.forms.api import current, form_of


@dataclass(frozen=True, slots=True)
class Triaged:
    """What the answers so far lead to. ``open`` questions count as the mildest answer: no further answer makes it better."""

    form: Form
    version: str
    answers: dict[str, str]
    result: Result
    way: Way
    open: tuple[str, ...]

    @property
    def reasons(self) -> list[str]:
        """Why, in the language of the page: each answer that weighs, then what the form says of all."""
        weighing = [
            f"{_said(item.label)}：{_said(item.choice)}"
            for item in self.result.items
            if item.score and item.code in self.answers
        ]
        return [*weighing, *(_reason(reason) for reason in self.result.reasons)]

    def kept(self) -> dict[str, object]:
        """What is kept with the call, in both languages."""
        return {
            "form": self.form.code, "version": self.version, "answers": self.answers, "way": self.way.code,
            "level": self.result.level, "open": list(self.open),
            "said": [
                {"en": f"{item.label.en}: {item.choice.en}", "zh": f"{item.label.zh}：{item.choice.zh}"}
                for item in self.result.items if item.code in self.answers
            ],
            "why": self.reasons,
        }  # fmt: skip


def triage(code: str, answers: Mapping[str, str], *, at: datetime) -> Triaged:
    """Mark the answers given so far; what no option is, is left out. Refused where there is no such form."""
    version = current(code, on=timezone.localdate(at), at=at)
    form = form_of(version)
    given = {
        item.code: answers[item.code]
        for item in form.items
        if item.option(answers.get(item.code, "")) is not None
    }
    mildest = {item.code: min(item.options, key=lambda option: option.score).key for item in form.items}
    whole = mildest | given
    assert not problems(form, whole), "every option of the form is an answer"
    result = score(form, whole)
    assert result.level is not None, "nothing is missing"
    left = tuple(item.code for item in form.items if item.code not in given)
    return Triaged(form, version.content_hash, given, result, tree().way_of(result.level), left)


def _said(label: Label) -> str:
    return label.in_language(get_language() or "zh")


def _reason(reason: Reason) -> str:
    words = {
        name: _said(value)
        if isinstance(value, Label)
        else value.in_language(get_language() or "zh")
        if isinstance(value, Labels)
        else value
        for name, value in reason.values.items()
    }
    return gettext(reason.text).format(**words)
