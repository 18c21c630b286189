"""Full-text search in Chinese without a dictionary: pairs of characters, words of letters, and a rank after BM25."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from songhe.core.text import halfwidth
from songhe.core.text.normal import is_han

LATIN = re.compile(r"[a-z0-9]+")
TITLE, WORDS, BODY = 4, 3, 1
SATURATION, LENGTH = 1.2, 0.4
TOKEN_MAX = 40


@dataclass(frozen=True, slots=True)
class Text:
    """What is searched in one article."""

    key: str
    title: str
    words: str
    body: str


def tokens(text: str) -> list[str]:
    """The tokens of a text: each pair of characters, a character that stands alone, each word or number in letters."""
    plain = halfwidth(text).lower()
    found = [word[:TOKEN_MAX] for word in LATIN.findall(plain)]
    run = ""
    for sign in [*plain, " "]:
        if is_han(sign):
            run += sign
            continue
        found += [run[at : at + 2] for at in range(len(run) - 1)] or ([run] if run else [])
        run = ""
    return found


def indexed(text: Text) -> list[str]:
    """Every token that an article is found by; single characters too, for questions of one character."""
    plain = f"{text.title} {text.words} {text.body}"
    singles = {sign for sign in text.title + text.words if is_han(sign)}
    return sorted({*tokens(plain), *singles})


def rank(question: str, texts: Sequence[Text], *, most: int = 8) -> list[str]:
    """The keys of the texts that answer a question, the best first. Rare tokens weigh more, titles more than bodies."""
    wanted = set(tokens(question))
    if not wanted or not texts:
        return []
    weighed = [(text, _weights(text)) for text in texts]
    spread = Counter(token for _text, weights in weighed for token in wanted & set(weights))
    usual = sum(sum(weights.values()) for _text, weights in weighed) / len(weighed) or 1
    scored = [(-_score(wanted, weights, spread, len(texts), usual), text.key) for text, weights in weighed]
    return [key for score, key in sorted(scored) if score < 0][:most]


def _score(
    wanted: Iterable[str], weights: Mapping[str, int], spread: Mapping[str, int], count: int, usual: float
) -> float:
    longer = 1 - LENGTH + LENGTH * sum(weights.values()) / usual
    total = 0.0
    for token in wanted:
        often = weights.get(token, 0)
        if often:
            rare = log(1 + (count - spread[token] + 0.5) / (spread[token] + 0.5))
            total += rare * often * (SATURATION + 1) / (often + SATURATION * longer)
    return total


def _weights(text: Text) -> Counter[str]:
    weights: Counter[str] = Counter()
    for words, weight in ((text.title, TITLE), (text.words, WORDS), (text.body, BODY)):
        for token in tokens(words):
            weights[token] += weight
    weights.update({sign: TITLE for sign in text.title if is_han(sign)})
    return weights
