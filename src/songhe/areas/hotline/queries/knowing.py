"""The articles that hold in a region on a day: beside a branch of the tree, and by what somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from songhe.areas.hotline.models import Article, ArticleState, ArticleVote
from songhe.areas.hotline.rules import Text, rank, tokens
from songhe.engines.access.api import Scope, elevated

LOOKED_AT = 400
TOP = 6


def readable(scope: Scope) -> QuerySet[Article]:
    """Articles of the regions of a scope, and of those above and below them."""
    found = Q(pk__in=[])
    for low, high in (*scope.areas, *scope.bounds):
        found |= Q(region_id__lt=high, upper__gt=low)
    return Article.objects.filter(found)


def in_force(region: int, on: date) -> QuerySet[Article]:
    """What may be told in a region on a day; the nearest region's word first."""
    rows = Article.objects.filter(
        state=ArticleState.APPROVED, region_id__lte=region, upper__gt=region, since__lte=on
    )
    return rows.filter(Q(until=None) | Q(until__gt=on)).order_by("-region_id", "key")


def beside(region: int, branch: str, on: date, *, most: int = TOP) -> list[Article]:
    """The articles shown beside a branch of the tree."""
    return list(in_force(region, on).filter(branches__contains=[branch])[:most])


def asked(region: int, words: str, on: date, *, most: int = TOP) -> list[Article]:
    """The articles that answer a question, the best first."""
    wanted = tokens(words)[:60]
    if not wanted:
        return []
    rows = {str(row.pk): row for row in in_force(region, on).filter(tokens__overlap=wanted)[:LOOKED_AT]}
    texts = [
        Text(key, f"{row.title_zh} {row.title_en}", row.words, f"{row.body_zh} {row.body_en}")
        for key, row in rows.items()
    ]
    return [rows[key] for key in rank(words, texts, most=most)]


def votes(articles: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many agents said that an article was right, and how many that it was not."""
    wanted = list(articles)
    if not wanted:
        return {}
    with elevated():  # counts alone
        rows = ArticleVote.everywhere.filter(article_id__in=wanted).order_by()
        counted = rows.values_list("article_id").annotate(
            yes=Count("pk", filter=Q(right=True)), no=Count("pk", filter=Q(right=False))
        )
        return {key: (yes, no) for key, yes, no in counted}


def doubted(scope: Scope) -> QuerySet[Article]:
    """Articles in force that somebody found wrong since they were approved."""
    wrong = ArticleVote.objects.within(scope).filter(right=False).values("article_id")
    return readable(scope).filter(pk__in=wrong, state=ArticleState.APPROVED).order_by("title_zh", "id")


def to_approve(scope: Scope, actor_id: UUID) -> QuerySet[Article]:
    """Articles that others wrote and that wait to be approved."""
    found = Q(pk__in=[])
    for low, high in scope.areas:
        found |= Q(region_id__gte=low, region_id__lt=high)
    rows = Article.objects.filter(found, state=ArticleState.DRAFT).exclude(prepared_by_id=actor_id)
    return rows.order_by("prepared_at", "id")
