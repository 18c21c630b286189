"""Fields that are drawn without templates are those that Django's templates draw."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from songhe.kit.drawing import Drawing

WORDS = st.text(max_size=12) | st.sampled_from(["<b>", '"', "&amp;", "'", "甲", mark_safe("<i>")])
ATTRS: Any = st.fixed_dictionaries(
    {}, optional={"id": WORDS, "class": WORDS, "data-x": WORDS | st.booleans(), "required": st.booleans()}
)
HOW = (Drawing(), DjangoTemplates())
CHOICES = st.lists(
    st.tuples(WORDS, WORDS) | st.tuples(WORDS, st.lists(st.tuples(WORDS, WORDS), max_size=3)), max_size=4
)
PLAIN = (
    forms.TextInput, forms.NumberInput, forms.HiddenInput, forms.PasswordInput, forms.EmailInput, forms.CheckboxInput, forms.DateInput,
    forms.FileInput,
)  # fmt: skip
LISTS = (
    forms.Select,
    forms.SelectMultiple,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
    forms.NullBooleanSelect,
)


def bare(html: str) -> str:
    """Without white space around elements, which no browser shows here."""
    return re.sub(r"\s+(?=<)|(?<=>)\s+", "", html)


@pytest.mark.parametrize("kind", PLAIN)
@given(name=WORDS, value=WORDS | st.none() | st.integers(), attrs=ATTRS)
def test_inputs_are_the_same(kind: Any, name: str, value: Any, attrs: dict[str, Any]) -> None:
    mine, theirs = (kind().render(name, value, attrs, drawn) for drawn in HOW)
    assert bare(mine) == bare(theirs)


@pytest.mark.parametrize("kind", LISTS)
@given(name=WORDS, value=st.lists(WORDS, max_size=2), attrs=ATTRS, choices=CHOICES)
def test_lists_are_the_same(
    kind: Any, name: str, value: list[str], attrs: dict[str, Any], choices: Any
) -> None:
    widget = kind(choices=choices) if kind is not forms.NullBooleanSelect else kind()
    given_value: Any = (
        value if kind in (forms.SelectMultiple, forms.CheckboxSelectMultiple) else "".join(value)
    )
    mine, theirs = (widget.render(name, given_value, attrs, drawn) for drawn in HOW)
    assert bare(mine) == bare(theirs)


def test_options_of_another_kind_go_to_their_template() -> None:
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/radio_option.html"

    mine, theirs = (Own(choices=[("a", "A")]).render("x", "a", {}, drawn) for drawn in HOW)
    assert mine == theirs
