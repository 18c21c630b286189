"""Names in pinyin, and the tokens by which a name is stored and found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from songhe.core.text.normal import USUAL_NAME as USUAL
from songhe.core.text.normal import has_han, is_han, normalise
from songhe.core.text.surnames import GIVEN, READINGS, surname_of

TOKENS_MAX = 40
WAYS_MAX = 4
_LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name: the surname, the syllables of the given name, all in plain letters."""

    surname: str
    given: tuple[str, ...]
    surname_initials: str

    @property
    def full(self) -> str:
        """Such as "wangjianguo"."""
        return self.surname + "".join(self.given)

    @property
    def initials(self) -> str:
        """Such as "wjg"."""
        return self.surname_initials + "".join(syllable[:1] for syllable in self.given)


@lru_cache(maxsize=16_384)
def readings(name: str) -> tuple[Reading, ...]:
    """How a Chinese name may be read; the first reading sorts. Characters with two readings give two."""
    signs = name if USUAL.fullmatch(name) else "".join(sign for sign in name if is_han(sign))
    if not signs:
        return ()
    surname = signs if len(signs) == 1 else surname_of(signs)
    syllables = [GIVEN.get(sign) or (_syllable(sign),) for sign in signs[len(surname) :]]
    ways = [tuple(filter(None, way)) for way in islice(product(*syllables), WAYS_MAX)]
    initials = "".join(syllable[:1] for syllable in map(_syllable, surname))
    spelled = READINGS.get(surname) or ("".join(map(_syllable, surname)),)
    return tuple(
        Reading(said, given, said[:1] + initials[1:] if len(surname) > 1 else said[:1])
        for said in spelled
        for given in ways
    )


def pinyin(name: str) -> str:
    """The name in letters for sorting: "王建国" gives "wangjianguo", a Latin name its own letters."""
    found = readings(name)
    if found and (USUAL.fullmatch(name) or all(is_han(sign) or sign == "·" for sign in name)):
        return found[0].full
    return "".join(found[0].full if found and has_han(part) else _fold(part) for part in name.split())


def name_tokens(name: str) -> frozenset[str]:
    """Every token under which a name is kept.

    Single characters, pairs (also across a middle dot, which many leave out), and in letters: the whole name, the
    surname, the given name, the initials. A Latin name gives its words. The sound ü is found as v, u and yu.
    """
    plain = normalise(name)
    runs, words = ([plain], []) if USUAL.fullmatch(plain) else (_runs(plain), _LATIN.findall(_fold(plain)))
    signs = "".join(runs)
    tokens = {*signs, *(signs[i : i + 2] for i in range(len(signs) - 1))}
    for reading in readings(plain):
        tokens |= {reading.full, reading.surname, reading.initials, "".join(reading.given)}
    tokens |= {*words, "".join(words)}
    if "v" in "".join(tokens):
        tokens |= {token.replace("v", other) for token in tokens if "v" in token for other in ("u", "yu")}
    tokens.discard("")
    if len(tokens) > TOKENS_MAX:
        tokens = set(sorted(tokens, key=lambda token: (-len(token), token))[:TOKENS_MAX])
    return frozenset(tokens)


def query_tokens(words: str) -> tuple[str, ...]:
    """The tokens that must all be present for a search; empty when the words hold nothing to look for.

    Chinese of three or more characters is looked up by its pairs, so that a part of a name is found too.
    """
    plain = normalise(words)
    wanted: list[str] = []
    for run in _runs(plain):
        wanted += [run] if len(run) <= 2 else [run[i : i + 2] for i in range(len(run) - 1)]
    letters = _LATIN.findall(_fold(plain))
    if letters and not wanted:
        wanted.append("".join(letters))
    return tuple(dict.fromkeys(wanted))


def _runs(text: str) -> list[str]:
    """Chinese characters in a row, where a middle dot or space ends a row."""
    return ["".join(part) for part in _split_han(text)]


def _split_han(text: str) -> list[list[str]]:
    parts: list[list[str]] = []
    open_part = False
    for sign in text:
        if not is_han(sign):
            open_part = False
            continue
        if not open_part:
            parts.append([])
        parts[-1].append(sign)
        open_part = True
    return parts


def _fold(text: str) -> str:
    """Lower-case letters without accents; ü is written v as on a keyboard."""
    text = text.lower().replace("ü", "v")
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if sign.isascii())


@lru_cache(maxsize=16_384)
def _syllable(sign: str) -> str:
    """The usual reading of one character, or nothing for a character without a known reading."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take longer to load than most commands run

    said = lazy_pinyin(sign, style=Style.NORMAL, errors="ignore")
    return _fold(said[0]) if said else ""
