"""Answers of the row picker: a few matches as radio buttons."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from songhe.kit import places
from songhe.kit.picker import SHOWN
from songhe.kit.views.common import the_record
from songhe.kit.who import who

SUFFIX = "__words"


def pick(request: HttpRequest, slug: str) -> HttpResponse:
    """Matches for the words typed so far; at least one sign is needed."""
    name = next((key for key in request.GET if key.endswith(SUFFIX)), "")
    words = request.GET.get(name, "").replace("\0", "").strip()
    found: list[tuple[str, str, str]] = []
    scope = who(request).scope()
    if slug == "region":
        if words:
            found = [
                (str(r.pk), str(r), note)
                for r, note in places.described(places.look_up(words, scope)[:SHOWN])
            ]
    elif words:
        record = the_record(request, slug)
        rows = record.matching(record.visible(who(request)), words, scope)[:SHOWN]
        found = [(str(row.pk), str(row), record.note(row)) for row in rows]
    context = {"found": found, "name": name.removesuffix(SUFFIX), "words": words}
    return render(request, "kit/matches.html", context)
