"""Interface words: found in source and templates, merged with their Chinese, compiled without gettext programs."""

import gettext
from pathlib import Path

import polib
import pytest

from songhe.site import messages
from songhe.site.extract import Message, in_python, in_template
from songhe.site.messages import Flaw, compile_if_stale, flaws, holders, merge

PYTHON = """
from django.utils.translation import gettext as say_now, gettext_lazy as _, ngettext, pgettext
title = _("People")
shown = say_now("Under another name")
long = _("two "
         "parts")
count = ngettext("{n} person", "{n} persons", n)
may = pgettext("month", "May")
code = _(variable)
raise Refused("x.code", "No {what} here. Look there.", what=1)
raise Hidden("x.code", message="Not yours.")
granted = grant(1, because="Aged {age}.", age=80)
refused = refuse("Too young.", code="young")
"""

TEMPLATE = """{% load i18n %}
<h1>{% translate "Home" %}</h1> <p title="{% translate 'Come in' %}">{{ _("Later") }}</p>
{% translate "May" context "month" %}
{% blocktranslate trimmed with name=person.name %}
  Hello {{ name }},
  welcome.
{% endblocktranslate %}
{% blocktranslate count n=rows|length %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
"""


def texts(found: object) -> set[tuple[str, str, str]]:
    return {(each.context, each.text, each.plural) for each in found}  # type: ignore[attr-defined]


def test_every_way_to_say_something_in_python_is_found() -> None:
    assert texts(in_python(PYTHON)) == {
        ("", "People", ""),
        ("", "Under another name", ""),
        ("", "two parts", ""),
        ("", "{n} person", "{n} persons"),
        ("month", "May", ""),
        ("", "No {what} here. Look there.", ""),
        ("", "Not yours.", ""),
        ("", "Aged {age}.", ""),
        ("", "Too young.", ""),
    }


def test_every_way_to_say_something_in_a_template_is_found() -> None:
    assert texts(in_template(TEMPLATE)) == {
        ("", "Home", ""),
        ("", "Come in", ""),
        ("", "Later", ""),
        ("month", "May", ""),
        ("", "Hello %(name)s, welcome.", ""),
        ("", "%(n)s row", "%(n)s rows"),
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "PARTS", tmp_path / "parts")
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "zh_Hans/LC_MESSAGES/django.po")
    (tmp_path / "parts").mkdir()
    return tmp_path


def part(folder: Path, name: str, **pairs: str) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.extend(polib.POEntry(msgid=text, msgstr=chinese) for text, chinese in pairs.items())
    catalogue.save(str(folder / "parts" / f"{name}.po"))


def spoken(folder: Path, text: str) -> str:
    with (folder / "zh_Hans/LC_MESSAGES/django.mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext(text)


def test_parts_come_together_in_what_django_reads(folder: Path) -> None:
    part(folder, "kit", People="人员", Home="首页")
    part(folder, "visits", Visit="服务")
    merge([Message("People"), Message("Visit"), Message("New")])
    assert spoken(folder, "People") == "人员"
    assert spoken(folder, "Visit") == "服务"
    written = polib.pofile(str(messages.CATALOGUE))
    assert [entry.msgid for entry in written] == ["New", "People", "Visit"], "unused words are left out"
    assert [entry.msgid for entry in written.untranslated_entries()] == ["New"]


def test_a_plural_has_the_one_form_of_chinese(folder: Path) -> None:
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="{n} row", msgid_plural="{n} rows", msgstr_plural={0: "{n} 行"}))
    catalogue.save(str(folder / "parts/kit.po"))
    merge([Message("{n} row", plural="{n} rows")])
    with (folder / "zh_Hans/LC_MESSAGES/django.mo").open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert [chinese.ngettext("{n} row", "{n} rows", n) for n in (1, 5)] == ["{n} 行", "{n} 行"]


def test_it_is_compiled_again_only_when_a_part_changed(folder: Path) -> None:
    compile_if_stale()
    assert not messages.CATALOGUE.with_suffix(".mo").exists(), "nothing to compile"
    part(folder, "kit", People="人")
    compile_if_stale()
    first = messages.CATALOGUE.with_suffix(".mo").stat().st_mtime_ns
    compile_if_stale()
    assert messages.CATALOGUE.with_suffix(".mo").stat().st_mtime_ns == first
    part(folder, "kit", People="人员")
    compile_if_stale()
    assert spoken(folder, "People") == "人员"


def test_what_is_missing_or_broken_is_named(folder: Path) -> None:
    part(folder, "a", **{"{n} left": "剩余", "Fine {x}": "好 {x}", "Twice": "一"})
    part(folder, "b", Twice="二")
    found = list(flaws([Message("{n} left"), Message("Fine {x}"), Message("New", files=("songhe/x.py",))]))
    assert Flaw("New", "untranslated", "songhe/x.py") in found
    assert [flaw.msgid for flaw in found] == ["New", "{n} left", "Twice"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{a} of {b:,}", {"a", "b"}),
        ("%(a)s and %(b)d", {"a", "b"}),
        ("{{literal}} {} 100 %", {""}),
        ("none", set()),
    ],
)
def test_placeholders_are_known(text: str, names: set[str]) -> None:
    assert holders(text) == names
