"""Who is whose: elders of helpers, helpers of elders, who has nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from songhe.areas.grid.models import Ended, Helper, Pair
from songhe.areas.registry.api import Person, tagged
from songhe.engines.access.api import Scope, asked, elevated
from songhe.engines.vault.api import keyed_hash

ALONE = "living_alone"


def phone_hash(dialled: str) -> bytes:
    """By which a helper's number is found."""
    return keyed_hash("helper:phone", dialled)


def holding(day: date) -> Q:
    """Pairs that hold on a day."""
    return Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))


def helping(rows: QuerySet[Helper], day: date) -> QuerySet[Helper]:
    """Helpers of a day."""
    return rows.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


def own_helper(user: object) -> Helper | None:
    """The helper that somebody logged in is: by link, or by what the role is tied to."""
    scope: Scope = user.scope("grid.help")  # type: ignore[attr-defined]
    rows = Helper.objects.within(scope).filter(Q(user_id=user.pk) | Q(pk__in=scope.holders))  # type: ignore[attr-defined]
    found: Helper | None = rows.order_by("until", "id").first()
    return found


def elders_of(helper: Helper, at: datetime) -> list[Person]:
    """The living elders a helper looks after, by name; wherever they live, they are tied to the helper."""
    with elevated():
        day = timezone.localdate(at)
        rows = Pair.everywhere.filter(holding(day), helper=helper, person__state="alive").select_related(
            "person"
        )
        return [row.person for row in rows.order_by("person__name_pinyin", "person_id")]


def pairs_of(helper: Helper, day: date) -> list[Pair]:
    """A helper's pairs, those that hold first."""
    rows = Pair.everywhere.filter(helper=helper).select_related("person")
    return sorted(rows, key=lambda row: (not row.holds_on(day), row.since), reverse=False)


def helpers_of(person: Person, day: date) -> list[Pair]:
    """An elder's pairs that hold, the first neighbour first."""
    return _helpers_of(person.pk, day)


@asked
def _helpers_of(person: UUID, day: date) -> QuerySet[Pair]:
    rows = Pair.everywhere.filter(holding(day), person=person).select_related("helper")
    return rows.order_by("role", "since", "id")


def loads(helpers: Iterable[UUID], day: date) -> dict[UUID, int]:
    """How many elders each helper looks after."""
    rows = Pair.everywhere.filter(holding(day), helper_id__in=list(helpers)).values_list("helper_id")
    return dict(rows.annotate(n=Count("person_id", distinct=True)).order_by())


def without_helper(scope: Scope, day: date) -> QuerySet[Person]:
    """Living persons of a scope who live alone and have nobody paired with them."""
    has = Pair.everywhere.filter(holding(day), person_id=OuterRef("pk"))
    rows: QuerySet[Person] = Person.objects.within(scope).filter(state="alive", pk__in=tagged(ALONE, day))
    return rows.filter(~Exists(has))


def left_by_helper(scope: Scope, day: date) -> QuerySet[Pair]:
    """The last pairs of living elders whose helper left and in whose role nobody came after."""
    later = Pair.everywhere.filter(
        Q(until=None) | Q(until__gt=day), person_id=OuterRef("person_id"), role=OuterRef("role")
    )
    rows: QuerySet[Pair] = Pair.objects.within(scope).filter(why_ended=Ended.HELPER_LEFT, until__lte=day)
    return rows.filter(~Exists(later), person__state="alive").order_by("-until", "id")


def person_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of persons, for rows whose reader may see the row."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    with elevated():
        return dict(Person.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def helper_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of helpers, for rows whose reader may see the row."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    with elevated():
        return dict(Helper.everywhere.filter(pk__in=wanted).values_list("pk", "name"))
