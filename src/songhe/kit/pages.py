"""Pages that the kit cannot draw, home panels and the navigation, all registered by the areas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from songhe.kit.words import Label

GROUPS: Mapping[str, Label] = {
    "today": _("Today"),
    "people": _("People"),
    "benefits": _("Benefits"),
    "service": _("Service"),
    "money": _("Money"),
    "providers": _("Providers"),
    "planning": _("Planning"),
    "system": _("System"),
}
"""Groups of the navigation, in their order."""


@dataclass(frozen=True)
class NavItem:
    """Where a page stands in the navigation: a key of ``GROUPS``, an icon of the sprite, an order in the group.

    ``label`` replaces the page's title, ``badge`` (user, scope, at) → a number beside it.
    """

    group: str
    icon: str = "file-text"
    order: int = 50
    label: Label = ""

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"unknown navigation group {self.group!r}; groups are {', '.join(GROUPS)}")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page with its own template. ``view`` replaces template and context by a plain Django view.

    ``offline``: the path below which a phone keeps pages and forms without network, such as ``"/visits/"``.
    ``public``: open without logging in; the page reads with the scope of a visitor, which is none. ``door``: such a page that
    the log-in page links to.
    """

    name: str
    path: str
    title: Label
    right: str = ""
    template: str = ""
    context: Callable[..., Mapping[str, Any] | HttpResponse] | None = None
    view: Callable[..., Any] | None = None
    nav: NavItem | None = None
    home_for: tuple[str, ...] = ()
    large: bool = False
    offline: str = ""
    public: bool = False
    door: bool = False

    def __post_init__(self) -> None:
        if self.public and self.right:
            raise ValueError(f"{self.name}: a public page asks for no right")
        if self.door and not self.public:
            raise ValueError(f"{self.name}: visitors are led to public pages only")


@dataclass(frozen=True)
class HomeList:
    """What a home panel shows: how many there are, and the first few as (text, url, note) or (text, url)."""

    count: int
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    url: str = ""
    tone: str = ""


def waiting(
    rows: QuerySet[Any],
    lines: Callable[[list[Any]], Iterable[tuple[Any, ...]]],
    *,
    url: str = "",
    tone: str = "",
) -> HomeList:
    """The first few of the rows, made into lines all at once, and how many wait; the tone only where some do."""
    found = list(rows[:SHOWN])
    count = rows.count() if len(found) == SHOWN else len(found)
    return HomeList(count, list(lines(found)), url, tone if found else "")


@dataclass(frozen=True, kw_only=True)
class HomePanel:
    """One panel of the home page. ``rows``: (user, scope, at) → HomeList."""

    title: Label
    right: str
    rows: Callable[[Any, Any, datetime], HomeList]
    area: str
    icon: str = "checklist"
    order: int = 50
    none: Label = ""
    roles: tuple[str, ...] = ()


SHOWN = 6
PAGES: dict[str, Page] = {}
HOME: list[HomePanel] = []
TOPICS: dict[str, str] = {}
"""Topics of live news with the right that listening needs."""
OWN_TOPICS: set[str] = set()
"""Topics of which everybody hears what is meant for them alone."""


FILE_GUARDS: list[Callable[[Any, Any], bool]] = []
"""What areas say about who may open an attachment, beyond its scope: (attachment, user) → whether."""


def file_guard(guard: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Let an area keep its attachments from users who reach them by their scope alone; every guard has to agree."""
    FILE_GUARDS.append(guard)
    return guard


def live_topic(topic: str, *, right: str, own: bool = False) -> None:
    """Let pages listen to ``/live/<topic>/``; their users see the news of their own scope only.

    ``own``: each user hears the topic ``<topic>.<their key in hex>`` and nobody else's.
    """
    TOPICS[topic] = right
    if own:
        OWN_TOPICS.add(topic)


def page(name: str, *, path: str, title: Label, **options: Any) -> Page:
    """Register a page. ``path``: below the site's root, as in ``urls.py`` (``"board/<int:code>/"``).

    ``context``: (request, **path values) → dict, or an HttpResponse. ``home_for``: role codes whose home page it is.
    """
    if name in PAGES:
        raise ValueError(f"two pages are called {name}")
    PAGES[name] = Page(name=name, path=path, title=title, **options)
    return PAGES[name]


def home_panel(
    *, title: Label, right: str, rows: Callable[[Any, Any, datetime], HomeList], **options: Any
) -> HomePanel:
    """Register a to-do panel; it is shown to those who hold the right, areas in the order of their role's home."""
    options.setdefault("area", right.partition(".")[0])
    made = HomePanel(title=title, right=right, rows=rows, **options)
    HOME.append(made)
    return made
