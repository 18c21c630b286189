"""What a check says, in the reader's language. The core says it in English; here its sentences are known again."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import gettext, gettext_noop

_TEMPLATES = (
    gettext_noop("example {name}: {rest}"),
    gettext_noop("{name} must be {wanted}, but comes out as {came} ({why})."),
    gettext_noop("{rule}: no example reaches “{why}”."),
    gettext_noop("there is no fact, parameter or rule called {name}."),
    gettext_noop("{name} cites a clause that is not listed."),
    gettext_noop("the document expires before it takes effect."),
    gettext_noop("{name} is used for two things; give one of them another name."),
    gettext_noop("{name} is no name: use letters, digits and _."),
    gettext_noop("{name} is in force longer than the document."),
    gettext_noop("two versions of {name} are in force on the same day."),
    gettext_noop("the last case must hold for everyone left (no when)."),
    gettext_noop("the cases after this one are never reached."),
    gettext_noop("{text} asks what an earlier case asked, so a case is never reached."),
    gettext_noop("{text} is always {value}, so a case is never reached."),
    gettext_noop("payee: there is no such clause."),
    gettext_noop("payee: there is no fact called {name}."),
    gettext_noop("the tag {name} is not listed."),
    gettext_noop("{text} is {found}, but {wanted} is needed."),
    gettext_noop("{name} ends before it begins."),
    gettext_noop("{name} lies outside the document's region."),
    gettext_noop("{name} has two values for one region from {day} on."),
    gettext_noop("{name} leads back to itself through {names}."),
    gettext_noop("{name} rests on {n} rules and parts of them, one inside the other; shorten the way to it."),
    gettext_noop("{name} needs {other}, which has no value from {day} on."),
    gettext_noop(
        "{text} can grow past what is counted exactly; limit it with min(…), or say most: of a fact."
    ),
    gettext_noop("its amount can reach {n}; limit it with min(…), or say most: of a fact."),
    gettext_noop("needs {wanted}, not {found}."),
    gettext_noop("{name} needs {wanted}, not {found}."),
    gettext_noop("only one of {names} can say the amount."),
    gettext_noop("slices must be a list of entries."),
    gettext_noop("every slice says each and why, and all but the last say to."),
    gettext_noop("say why_limit: why no more than the limit is given."),
    gettext_noop("once_per household is said of what persons receive."),
    gettext_noop("{key} must be one of {names}."),
    gettext_noop("compares {one} with {other}."),
    gettext_noop("calculates with {one} and {other}."),
    gettext_noop("multiplies {one} by {other}."),
    gettext_noop("divides {one} by {other}."),
    gettext_noop("adds {one} and {other}."),
    gettext_noop("an expression is needed here."),
    gettext_noop("not readable as an expression: {text}"),
    gettext_noop("there is no function {name}; there are {names}."),
    gettext_noop("{name} takes {n} values."),
    gettext_noop("muldiv ends with how to round: {names}."),
    gettext_noop("{text} is not part of the language of rules."),
    gettext_noop("{n} is larger than any amount in a policy; was a digit typed twice?"),
    gettext_noop("every value cites its clause;: clause must be a text."),
    gettext_noop("every case cites its clause;: clause must be a text."),
    gettext_noop("words are needed in both languages, en and zh."),
    gettext_noop("{key} must be a text."),
    gettext_noop("{key} must be a whole number of 0 or more."),
    gettext_noop("{key} must be a date like 2026-01-31."),
    gettext_noop("{key} must lie in the years {first} to {last}, not on {day}."),
    gettext_noop("{key} must be a list with at least one entry."),
    gettext_noop("{key} must be a mapping."),
    gettext_noop("{key} is given twice."),
    gettext_noop("not readable as YAML: {why}"),
    gettext_noop("expected a mapping at the top."),
    gettext_noop("longer than {n} characters."),
    gettext_noop("more than {n} levels, one inside the other."),
    gettext_noop("{text} holds signs that are not printed; leave them out."),
    gettext_noop("no ! here; a value is what it looks like."),
    gettext_noop("a text holds the control character {code}; remove it."),
    gettext_noop("a number has at most {n} digits; quote it where it is a text."),
    gettext_noop("no & and * here; write the part out where it is needed."),
    gettext_noop("YAML reads {word} as yes or no; quote it."),
    gettext_noop("a name must be a word."),
    gettext_noop("kind must be one of {names}."),
    gettext_noop("kind must be whole or yes_no."),
    gettext_noop("shape must be number, table or bands."),
    gettext_noop("the value must be a whole number in the smallest unit, not {value}."),
    gettext_noop("the value must map keys to whole numbers."),
    gettext_noop("bands are keyed by whole thresholds, written as 60, 0 or -5; {key} is none."),
    gettext_noop("say {names}."),
    gettext_noop("there is no fact {names}."),
    gettext_noop("there is no rule {names}."),
    gettext_noop("say expect: the rules and what they must give."),
    gettext_noop("{name} is granted by {other} ({file}) as well at the same time."),
    gettext_noop("{other} grants no {name}."),
    gettext_noop("{other} does not hold everywhere where this document holds."),
    gettext_noop("{name} and {other} are not both received by persons, each one alone."),
    gettext_noop("{name} is counted in {unit}, not in {other}; say unit."),
    gettext_noop("{name} of {other} depends on further benefits; leave it out here."),
    gettext_noop("{other} says otherwise what kind of fact {name} is."),
    gettext_noop("{names} hang together, which are more than {n}; take some of them out of their groups."),
    gettext_noop(
        "{name} is named before {other} by {code} and after it by {document}; name them in one order."
    ),
    gettext_noop(
        "of {name} and {other} {code} and {document} do not take the same; say highest in both, or first."
    ),
    gettext_noop(
        "what {name} is worth is not said alike by {code} and {document}; say the same worth in both."
    ),
    gettext_noop(
        "{name} goes before {other} by take: first, but they are compared by take: highest through {names}; take highest for both, or take one of them out."
    ),
    gettext_noop(
        "{names} are named before each other in a circle; take one of them out of a group, or change the order."
    ),
    gettext_noop("the registry keeps no tag {name}."),
    gettext_noop("{name} is longer than {n} characters."),
    gettext_noop("the document is for region {region}, but this draft for {other}."),
    gettext_noop("{code} is the code of a policy of another region."),
    gettext_noop("a version is in force since {day}; a new one takes effect on a later day."),
    gettext_noop("{place} is not in the text any more."),
    gettext_noop("{place} is more than one value; change it in the text."),
    gettext_noop("{place} cannot be added here; change it in the text."),
    gettext_noop("{place} is no list of entries."),
    gettext_noop("This cannot be changed by itself; change it in the text."),
    gettext_noop("mixes {names}."),
    gettext_noop("payee needs order, a list of facts."),
    gettext_noop("once_per is household, year or lifetime; household needs payee, and nothing else does."),
    gettext_noop("divides by {name}, which is not multiplied."),
    gettext_noop("looks up by {name}."),
    gettext_noop("looks up in {name}, which is no table."),
    gettext_noop("a table cannot be compared."),
    gettext_noop("{name} has no order."),
    gettext_noop("must be yes_no inside and/or, not {name}."),
    gettext_noop("take must be highest or first."),
    gettext_noop("there is no rule {name} here."),
    gettext_noop("{name} is in another exclusive group already."),
    gettext_noop("each is month (told for each month anew), or left out."),
    gettext_noop("least and most must be whole numbers, the first not above the second."),
    gettext_noop("requires: say when (what must hold), why (it is not given otherwise) and clause."),
    gettext_noop("an expression is at most {n} characters long; name its parts as rules of their own."),
    gettext_noop(
        "an expression has at most {n} parts, one inside the other; name its parts as rules of their own."
    ),
    gettext_noop("The two evaluators disagree. Report this."),
    gettext_noop(
        "“{text}” is no region code: 2, 4, 6, 9 or 12 digits are needed, as the statistics bureau lists them."
    ),
    gettext_noop("{document} is not in force on {on} in region {region}. Choose a document that is."),
    gettext_noop(
        "{parameter} has no value on {on} in region {region}, so {document} cannot decide. Enter the value with the clause that sets it, then decide again."
    ),
    gettext_noop(
        "{fact} ({name}) is {before} in one version and {after} in the other, so no person can be put to both. Give the new fact a name of its own."
    ),
    gettext_noop("{place} must be {wanted}."),
)
_KINDS = (
    gettext_noop("a list of entries"),
    gettext_noop("entries by name"),
    gettext_noop("an entry with names and values"),
    gettext_noop("a name"),
    gettext_noop("a word (in quotes, where it is a number)"),
    gettext_noop("a list of rules"),
    gettext_noop("names and values"),
    gettext_noop("a list of tags"),
)
_PLACE = re.compile(r"(?P<place>(?:[^:]|:(?! )){1,80}?)(?P<gap>: |, )(?P<rest>.+)", re.DOTALL)
_WIDE = ("rest", "why", "text", "value", "names", "document")
_DEEPEST = 8  # places named before a sentence: draft, rule, construct, …


def said(text: str, depth: int = 0) -> str:
    """A sentence of the checks, translated part by part; what is not known again stays as it is."""
    if depth > _DEEPEST:
        return text
    for template, (words, names) in _templates().items():
        found = _known(text, words, names)
        if found is not None:
            values = {
                name: said(value, depth + 1) if name == "rest" else _kind(value)
                for name, value in found.items()
            }
            return gettext(template).format(**values)
    placed = _PLACE.fullmatch(text)
    if placed is None:
        return text
    return f"{placed['place']}{placed['gap']}{said(placed['rest'], depth + 1)}"


def _kind(text: str) -> str:
    return gettext(text) if text in _KINDS else text


@lru_cache(maxsize=1)
def _templates() -> dict[str, tuple[list[str], list[str]]]:
    """What each sentence says around its names, and the names."""
    parts = {template: re.split(r"\{(\w+)\}", template) for template in _TEMPLATES}
    return {template: (found[::2], found[1::2]) for template, found in parts.items()}


def _known(text: str, words: list[str], names: list[str]) -> dict[str, str] | None:
    """What stands for each name, if a text is this sentence. A name takes as little as fits and holds no “: ”; one of
    ``_WIDE`` takes as much as fits. Nothing is tried twice, so that a long text is read as quickly as its length.
    """
    first, last = words[0], words[-1]
    if not names or not text.startswith(first) or not text.endswith(last) or len(text) < len(first + last):
        return {} if text == first else None
    wide = next((place for place, name in enumerate(names) if name in _WIDE), len(names) - 1)
    start, end = len(first), len(text) - len(last)
    before, behind = [], []
    for word in words[1 : wide + 1]:
        at = text.find(word, start, end)
        if at < 0:
            return None
        before.append(text[start:at])
        start = at + len(word)
    for word in words[-2:wide:-1]:
        at = text.rfind(word, start, end)
        if at < 0:
            return None
        behind.append(text[at + len(word) : end])
        end = at
    values = (*before, text[start:end], *reversed(behind))
    for name, value, word in zip(names, values, words[1:], strict=True):
        if name not in _WIDE and ": " in value + word[:1]:
            return None
    return dict(zip(names, values, strict=True))
