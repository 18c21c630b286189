"""What is asked for: persons drawn from each user's scope, and the searches, lists and files about them."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlencode

from songhe.areas.registry.models import Person
from songhe.areas.registry.queries.secrets import Secrets, secrets_of_many
from songhe.core.text import readings
from songhe.engines.access.api import Scope, User, entered
from songhe.kit import paging

SAMPLES = 40
FILTERS = {"tag": "living_alone", "age": "2", "is_enrolled": "0"}
ORDER = ("name_pinyin", "id")


def searches(user: User) -> dict[str, list[str]]:
    """Words for each kind of search, drawn from persons whom the user may see."""
    rows, secrets = drawn(user)
    return {
        "one character": [row.name[0] for row in rows],
        "two characters": [row.name[-2:] for row in rows],
        "whole name": [row.name for row in rows],
        "pinyin": [readings(row.name)[0].full for row in rows],
        "initials": [readings(row.name)[0].initials for row in rows],
        "identity number": [secrets[row.id].id_number for row in rows],
        "telephone": [secrets[row.id].phone for row in rows if secrets[row.id].phone],
    }


def pages(user: User) -> dict[str, list[str]]:
    """Addresses for each kind of page."""
    rows, _secrets = drawn(user)
    found = {f"search: {kind}": [_people(q=word) for word in words] for kind, words in searches(user).items()}
    return {
        "list": [_people()],
        "list, one filter": [_people(tag="living_alone")],
        "list, three filters": [_people(**FILTERS)],
        "list, deep page": [_people(cursor=cursor) for cursor in deep(user)],
        **found,
        "file of a person": [f"/people/{row.id}/" for row in rows],
        "(floor: /health)": ["/health"],
    }


def drawn(user: User) -> tuple[list[Person], dict[Any, Secrets]]:
    """The same persons at every call, spread over the scope."""
    scope = user.scope("registry.view")
    with entered(scope):
        keys = list(Person.objects.within(scope).order_by("id").values_list("id", flat=True)[:200_000])
        chosen = random.Random(user.username).sample(keys, min(SAMPLES, len(keys)))
        rows = list(Person.objects.within(scope).filter(pk__in=chosen).order_by("id"))
        random.Random(1).shuffle(rows)
        return rows, secrets_of_many(rows)


def deep(user: User) -> list[str]:
    """Cursors in the middle of the list, hundreds to hundreds of thousands of rows from its start."""
    scope = user.scope("registry.view")
    keys = paging.keys_of(Person, ORDER)
    with entered(scope):
        rows = Person.objects.within(scope).order_by(*ORDER)
        number = rows.count()
        middle = number // 2
        return [
            paging._write(keys, row, middle + place, back=False)
            for place, row in enumerate(rows[middle : middle + 20])
        ]


def user_named(username: str) -> User:
    """A user, read in a scope that may."""
    with entered(Scope.EVERYTHING):
        return User.objects.get(username=username)


def _people(**query: str) -> str:
    return f"/people/?{urlencode(query)}" if query else "/people/"
