"""Articles of the knowledge base: written by one, approved by another, told right or wrong by those who use them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline.actions.common import words_of
from songhe.areas.hotline.city import tree
from songhe.areas.hotline.models import Article, ArticleState, ArticleVote
from songhe.areas.hotline.rules import Text, indexed
from songhe.areas.providers.api import said
from songhe.core.codes import span
from songhe.core.refusal import Forbidden, Refused
from songhe.core.sources import Data, day, label, read, rows, text
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, four_eyes, record_bulk
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

DATA_FILE = uuid5(NAMESPACE_URL, "songhe:data/nation/knowledge.yaml")
"""Who wrote what comes with Songhe; whoever loads it approves it."""


def _branches(row: Any, user: Any) -> list[tuple[str, str]]:
    known = tree()
    return [
        (branch.code, f"{said(known.branches[branch.top].label)} · {said(branch.label)}")
        for branch in known.branches.values()
        if branch.parent
    ]


HoldsIn = Annotated[Region, Field(label=_("Applies in"))]
Title = Annotated[str, Field(label=_("Title"), size=120)]
TitleEn = Annotated[str, Field(label=_("Title in English"), size=160)]
Body = Annotated[str, Field(label=_("Text"), long=True, size=6000)]
BodyEn = Annotated[str, Field(label=_("Text in English"), long=True, size=6000)]
OtherWords = Annotated[str, Field(label=_("Other words for it"), size=400)]
Source = Annotated[str, Field(label=_("Source"), size=300)]
Since = Annotated[date, Field(label=_("Effective from"))]
Until = Annotated[date | None, Field(label=_("Valid until"))]
Beside = Annotated[list[str], Field(label=_("Shown beside"), choices=_branches)]


@act("hotline.write")
def write_article(  # noqa: PLR0913  the form asks for each
    *,
    actor: Actor,
    at: datetime,
    region: HoldsIn,
    title_zh: Title,
    body_zh: Body,
    since: Since,
    branches: Beside = (),  # type: ignore[assignment]  # nothing is ticked
    title_en: TitleEn = "",
    body_en: BodyEn = "",
    words: OtherWords = "",
    source: Source = "",
    until: Until = None,
) -> Article:
    """Write an article; it is told only after another person has approved it."""
    if not actor.scope("hotline.write").holds(region.code):
        raise Forbidden(
            "outside_scope",
            "This is outside your area. Hand it to the colleague who is responsible there.",
            field="region",
        )
    made = Article(id=uuid7(), region_id=region.code, upper=span(region.code)[1], version=1)
    made.key = made.id.hex
    _fill(made, (title_zh, body_zh), (title_en, body_en), words, source)
    _days(made, since, until)
    made.branches = _known(branches)
    _signed(made, actor, at)
    made.save(force_insert=True)
    return made


@act("hotline.write")
def revise_article(  # noqa: PLR0913  the form asks for each
    article: Article,
    *,
    actor: Actor,
    at: datetime,
    title_zh: Title,
    body_zh: Body,
    since: Since,
    branches: Beside = (),  # type: ignore[assignment]  # nothing is ticked
    title_en: TitleEn = "",
    body_en: BodyEn = "",
    words: OtherWords = "",
    source: Source = "",
    until: Until = None,
) -> Article:
    """Write the next version; the one in force is told until that is approved."""
    _within(article, actor, "hotline.write")
    versions = Article.objects.filter(key=article.key, region_id=article.region_id)
    if versions.filter(state=ArticleState.DRAFT).exists():
        raise Refused(
            "drafted", "A version of this article waits to be approved already. Decide that one first."
        )
    newest = max(versions.values_list("version", flat=True))
    made = Article(
        id=uuid7(), key=article.key, region_id=article.region_id, upper=article.upper, version=newest + 1
    )
    _fill(made, (title_zh, body_zh), (title_en, body_en), words, source)
    _days(made, since, until)
    made.branches = _known(branches)
    _signed(made, actor, at)
    made.save(force_insert=True)
    return made


@act("hotline.approve")
def approve_article(article: Article, *, actor: Actor, at: datetime) -> Article:
    """Put an article in force, and the version before it out."""
    _within(article, actor, "hotline.approve")
    if article.state != ArticleState.DRAFT:
        raise Refused("not_draft", "This version was decided already.")
    four_eyes(article.prepared_by_id, actor)
    before = Article.objects.filter(key=article.key, region_id=article.region_id, state=ArticleState.APPROVED)
    before.update(state=ArticleState.REPLACED)
    return _decided(article, ArticleState.APPROVED, actor, at)


@act("hotline.approve")
def drop_article(article: Article, *, actor: Actor, at: datetime) -> Article:
    """Take an article out, or a draft back."""
    _within(article, actor, "hotline.approve")
    if article.state not in (ArticleState.DRAFT, ArticleState.APPROVED):
        raise Refused("not_draft", "This version was decided already.")
    return _decided(article, ArticleState.DROPPED, actor, at)


@act("hotline.answer")
def vote(
    article: Article,
    *,
    actor: Actor,
    at: datetime,
    right: Annotated[bool, Field(label=_("This was right"))] = False,
    words: Annotated[str, Field(label=_("What is wrong"), size=400)] = "",
) -> Article:
    """Say whether an article was right in a call; the last word of each agent counts."""
    clean = words_of(words, field="words", most=400)
    if not right and not clean:
        raise Refused(
            "why_wrong", "Say in a few words what is wrong, so that somebody can correct it.", field="words"
        )
    ArticleVote.everywhere.update_or_create(
        article=article, by_id=actor.id,
        defaults={"right": right, "words": clean, "by_name": actor.name[:80], "at": at, "region_id": article.region_id},
    )  # fmt: skip
    return article


def load_knowledge(region: int, *, actor: Actor, at: datetime) -> int:
    """Bring the articles of the data files into a region; what somebody has changed there meanwhile stays."""
    made = []
    known = set(Article.objects.filter(region_id=region).values_list("key", flat=True))
    for row in _rows():
        key = text(row, "key", "article")
        if key in known:
            continue
        made.append(_loaded(row, key, region, actor, at))
    Article.objects.bulk_create(made)
    if made:
        record_bulk(
            "hotline.load_knowledge",
            model=Article,
            count=len(made),
            digest="",
            actor=actor,
            at=at,
            region_id=region,
        )
    return len(made)


def _rows() -> Sequence[Data]:
    found: list[Data] = []
    for folder in (settings.DATA / "nation", settings.DATA / "cities" / settings.CITY):
        path = folder / "knowledge.yaml"
        if path.is_file():
            found += rows(read(path.read_text(encoding="utf-8"), name=path.name).data, "articles", path.name)
    return found


def _loaded(row: Data, key: str, region: int, actor: Actor, at: datetime) -> Article:
    where = f"article {key}"
    title, body = label(row.get("title"), f"{where}, title"), label(row.get("body"), f"{where}, body")
    made = Article(
        id=uuid7(), key=key, version=1, region_id=region, upper=span(region)[1], since=day(row, "since", where),
        uncertain=bool(row.get("uncertain", True)), state=ArticleState.APPROVED, prepared_by_id=DATA_FILE,
        prepared_by="Songhe", prepared_at=at, decided_by_id=actor.id, decided_by=actor.name[:80], decided_at=at,
    )  # fmt: skip
    _fill(
        made, (title.zh, body.zh), (title.en, body.en), str(row.get("words", "")), str(row.get("source", ""))
    )
    made.branches = _known(row.get("branches") or ())
    return made


def _fill(made: Article, zh: tuple[str, str], en: tuple[str, str], words: str, source: str) -> None:
    (title_zh, body_zh), (title_en, body_en) = zh, en
    made.title_zh = normalise(title_zh, field="title_zh")[:120]
    made.body_zh = words_of(body_zh, field="body_zh", needed=True, most=6000)
    made.title_en, made.body_en = (
        normalise(title_en, field="title_en")[:160],
        words_of(body_en, field="body_en", most=6000),
    )
    made.words, made.source = normalise(words, field="words")[:400], normalise(source, field="source")[:300]
    if not made.title_zh:
        raise Refused("empty", "This must not be empty. Fill it in.", field="title_zh")
    made.tokens = indexed(
        Text(made.key, f"{made.title_zh} {made.title_en}", made.words, f"{made.body_zh} {made.body_en}")
    )


def _days(made: Article, since: date, until: date | None) -> None:
    if until is not None and until <= since:
        raise Refused("days", "The last day lies before the first.", field="until")
    made.since, made.until = since, until


def _known(branches: Sequence[str]) -> list[str]:
    lost = sorted(set(branches) - set(tree().branches))
    if lost:
        raise Refused(
            "branch",
            "There is no branch {branch} in the call tree.",
            field="branches",
            branch=", ".join(lost),
        )
    return sorted(set(branches))


def _signed(made: Article, actor: Actor, at: datetime) -> None:
    made.prepared_by_id, made.prepared_by, made.prepared_at = actor.id, actor.name[:80], at


def _decided(article: Article, state: ArticleState, actor: Actor, at: datetime) -> Article:
    article.state = state
    if state == ArticleState.APPROVED or article.decided_by_id is None:
        article.decided_by_id, article.decided_by, article.decided_at = actor.id, actor.name[:80], at
    article.save()
    return article


def _within(article: Article, actor: Actor, right: str) -> None:
    if not actor.scope(right).holds(article.region_id):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
