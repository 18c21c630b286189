"""Addresses of every record, page and account screen, made from the registry."""

from __future__ import annotations

from django.urls import URLPattern, path

from songhe.kit.pages import PAGES
from songhe.kit.spec import RECORDS
from songhe.kit.views import (
    account,
    details,
    exports,
    files,
    home,
    inbox,
    lists,
    live,
    perform,
    pick,
    worker,
)


def record_urls() -> list[URLPattern]:
    """List, page and verbs of every record."""
    out: list[URLPattern] = []
    for slug, record in RECORDS.items():
        here = {"slug": slug}
        key = "uuid" if record.model._meta.pk.get_internal_type() == "UUIDField" else "int"
        if record.model._meta.pk.get_internal_type() in ("CharField", "SlugField"):
            key = "str"
        out += [
            path(f"{slug}/", lists.listing, here, name=f"{slug}.list"),
            path(f"{slug}/do/<slug:verb>/", perform.perform, here, name=f"{slug}.do"),
            path(f"{slug}/<{key}:pk>/<slug:verb>/", perform.perform, here, name=f"{slug}.verb"),
        ]
        if record.detail:
            out.append(path(f"{slug}/<{key}:pk>/", details.detail, here, name=f"{slug}.detail"))
    return out


def page_urls() -> list[URLPattern]:
    """Pages that areas draw themselves."""
    return [
        path(found.path, home.public if found.public else home.custom, {"name": name}, name=name)
        for name, found in PAGES.items()
    ]


urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("login/", account.log_in, name="login"),
    path("login/demo/", account.demo_log_in, name="login.demo"),
    path("logout/", account.log_out, name="logout"),
    path("me/", account.me, name="me"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/count/", inbox.count, name="inbox.count"),
    path("inbox/live/", inbox.live, name="inbox.live"),
    path("inbox/read/", inbox.read_all, name="inbox.read_all"),
    path("inbox/<uuid:pk>/read/", inbox.read_one, name="inbox.read"),
    path("inbox/<uuid:pk>/acknowledge/", inbox.acknowledge, name="inbox.acknowledge"),
    path("display/", account.display, name="display"),
    path("files/<uuid:pk>/<slug:size>/", files.attachment, name="files"),
    path("exports/<uuid:pk>/", exports.waiting, name="kit.export"),
    path("pick/<path:slug>/", pick.pick, name="kit.pick"),
    path("sw.js", worker.worker, name="kit.worker"),
    path("app.webmanifest", worker.manifest, name="kit.manifest"),
    path("live/<slug:topic>/", live.live, name="kit.live"),
    *page_urls(),
    *record_urls(),
]
