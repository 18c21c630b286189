"""The desk's knowledge: articles in versions, and what agents said about them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import UpperField, region_field
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import language_is_chinese


class ArticleState(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("To be approved")
    APPROVED = "approved", _("In force")
    REPLACED = "replaced", _("Replaced")
    DROPPED = "dropped", _("Dropped")


class Article(models.Model):
    """One version of an article. It holds in its region and below; ``key`` is the same for all versions of one article.

    ``branches`` are those of the call tree beside which it is shown; ``tokens`` is what a search finds it by. Nothing in it
    is about anybody, and whoever answers in a village reads what holds in its city, so its table has no scope.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(_("Article"), max_length=60)
    version = models.SmallIntegerField(_("Version"), default=1)
    region = region_field(verbose_name=_("Applies in"))
    upper = UpperField()
    branches = ArrayField(models.CharField(max_length=40), default=list)
    title_zh = models.CharField(_("Title"), max_length=120)
    title_en = models.CharField(_("Title in English"), max_length=160, blank=True)
    body_zh = models.TextField(_("Text"))
    body_en = models.TextField(_("Text in English"), blank=True)
    words = models.CharField(_("Other words for it"), max_length=400, blank=True)
    source = models.CharField(_("Source"), max_length=300, blank=True)
    uncertain = models.BooleanField(_("Not confirmed"), default=False)
    tokens = ArrayField(models.CharField(max_length=40), default=list)
    since = models.DateField(_("Effective from"))
    until = models.DateField(_("Valid until"), null=True)
    state = models.CharField(_("State"), max_length=10, choices=ArticleState, default=ArticleState.DRAFT)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Written by"), max_length=80)
    prepared_at = models.DateTimeField(_("Written at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Approved by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)

    if TYPE_CHECKING:
        region_id: int

    class Meta:
        verbose_name = _("Article")
        indexes = [GinIndex(fields=["tokens"], name="article_by_token")]
        constraints = [
            models.UniqueConstraint(fields=["key", "region", "version"], name="one_article_of_a_version"),
            models.UniqueConstraint(
                fields=["key", "region"], condition=Q(state="approved"), name="one_article_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("prepared_by_id"))),
                name="article_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="article_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return self.title_zh if language_is_chinese() or not self.title_en else self.title_en

    @property
    def body(self) -> str:
        """The text in the language of the page."""
        return self.body_zh if language_is_chinese() or not self.body_en else self.body_en

    def holds_on(self, day: date) -> bool:
        """Whether it may be told on a day."""
        return (
            self.state == ArticleState.APPROVED
            and self.since <= day
            and (self.until is None or day < self.until)
        )


class ArticleVote(Scoped):
    """What an agent said about an article: right or not, and what is wrong. The last word of each agent counts."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="votes", verbose_name=_("Article"))
    region = region_field()
    right = models.BooleanField(_("Was right"))
    words = models.CharField(_("What is wrong"), max_length=400, blank=True)
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    at = models.DateTimeField(_("At"))

    scope_by: ClassVar[Lines] = Lines(holders=("by_id",))
    if TYPE_CHECKING:
        article_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Article feedback")
        constraints = [models.UniqueConstraint(fields=["article", "by_id"], name="one_word_about_an_article")]

    def __str__(self) -> str:
        return self.words or str(self.right)
