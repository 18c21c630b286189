"""The knowledge base on screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import actions, queries
from songhe.areas.hotline.models import Article, ArticleVote
from songhe.areas.hotline.rules import tokens
from songhe.areas.hotline.screens.calls import matter_of
from songhe.engines.access.api import Scope
from songhe.kit.clock import now
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    choice,
    day,
    flag,
    link,
    number,
    record,
    region,
    region_filter,
    state,
    text,
    verb,
    when,
    yes_no,
)
from songhe.kit.spec import timeline as events
from songhe.kit.who import who

TONES = {"draft": "warn", "approved": "ok", "replaced": "muted", "dropped": "muted"}


def _search(rows: Any, words: str, scope: Scope) -> Any:
    wanted = tokens(words)[:60]
    return rows.filter(tokens__contains=wanted) if wanted else rows.none()


def _said(row: Article, request: Any) -> Iterable[Mapping[str, Any]]:
    rows = ArticleVote.objects.within(who(request).scope("hotline.view")).filter(article=row).order_by("-at")
    for vote in rows[:40]:
        words = say_now("was right") if vote.right else vote.words
        yield {"at": vote.at, "text": words, "note": vote.by_name, "tone": "" if vote.right else "danger"}


def _holds(row: Article) -> str:
    return say_now("in use") if row.holds_on(timezone.localdate(now())) else say_now("not in use")


def _initial(row: Article, user: Any) -> Mapping[str, Any]:
    names = ("title_zh", "title_en", "body_zh", "body_en", "words", "source", "since", "until", "branches")
    return {name: getattr(row, name) for name in names}


articles = record(
    Article,
    slug="articles",
    right="hotline.view",
    title=_("Knowledge base"),
    one=_("Article"),
    rows=queries.readable,
    columns=[
        link("title_zh", _("Title"), show=str, sort="title_zh"),
        text(
            "branches",
            _("Shown beside"),
            show=lambda row: "、".join(matter_of(code) for code in row.branches),
        ),
        region("region"),
        number("version"),
        day("since", sort="since"),
        day("until"),
        yes_no("uncertain"),
        state("state", tones=TONES),
    ],
    filters=[region_filter(), choice("state"), flag("uncertain", _("Not confirmed"))],
    search=_search,
    order=("title_zh", "id"),
    state=state("state", tones=TONES),
    panels={
        _("Text"): [
            text("title_zh", wide=True),
            text("body_zh", wide=True),
            text("title_en", wide=True, optional=True),
            text("body_en", wide=True, optional=True),
        ],
        _("Article"): [
            region("region"),
            text(
                "branches",
                _("Shown beside"),
                show=lambda row: "、".join(matter_of(code) for code in row.branches),
            ),
            day("since"),
            day("until"),
            text("told", _("Now"), show=_holds),
            yes_no("uncertain"),
            text("words", optional=True),
            text("source", wide=True),
            text("prepared_by"),
            when("prepared_at"),
            text("decided_by", optional=True),
            when("decided_at", optional=True),
        ],
    },
    aside={_("What agents say"): events(_said)},
    verbs=[
        verb(actions.write_article, label=_("Write an article"), primary=True, icon="plus"),
        verb(
            actions.revise_article,
            label=_("Write the next version"),
            when=lambda row, user: row.state == "approved",
            initial=_initial,
        ),
        verb(
            actions.approve_article,
            label=_("Approve"),
            primary=True,
            when=lambda row, user: row.state == "draft" and row.prepared_by_id != user.pk,
        ),
        verb(
            actions.drop_article,
            label=_("Withdraw the article"),
            danger=True,
            when=lambda row, user: row.state in ("draft", "approved"),
        ),
        verb(actions.vote, label=_("Was this right?"), when=lambda row, user: row.state == "approved"),
    ],
    nav=NavItem("service", "lifebuoy", 70),
    empty=_("No article yet. Write the first, or load those that come along."),
)
