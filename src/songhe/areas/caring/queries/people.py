"""Who is due: persons with their groups, and whoever is not to be planned for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Pause
from songhe.areas.caring.rules import Group, group_of
from songhe.areas.registry.api import Fact, Kind, Person, age_on, believed, tags_on
from songhe.areas.stays.api import living_in


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on the list of a month."""

    key: UUID
    region: int
    group: Group


def listed(low: int, high: int, day: date) -> Iterator[Listed]:
    """Living persons of a range of regions who belong to a group on a day. Two questions, whatever their number."""
    tags = _tags(low, high, day)
    known = terms()
    rows = Person.everywhere.filter(region_id__gte=low, region_id__lt=high, state="alive")
    least = known.least_age
    for key, region, born in rows.values_list("pk", "region_id", "born").iterator(chunk_size=20_000):
        held = tags.get(key)
        if held is None and (least is None or born is None or day.year - born.year < least):
            continue
        group = group_of(known.groups, held or {}, age_on(born, day) if born else None)
        if group is not None:
            yield Listed(key, region, group)


def _tags(low: int, high: int, day: date) -> dict[UUID, dict[str, str]]:
    """Tags that decide about groups, with their grades, by person."""
    rows = Fact.everywhere.filter(
        believed(None), Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day),
        region_id__gte=low, region_id__lt=high, kind=Kind.TAG, term__in=sorted(terms().tags),
    )  # fmt: skip
    out: dict[UUID, dict[str, str]] = {}
    for person, term, value in rows.values_list("person_id", "term", "value").iterator(chunk_size=20_000):
        out.setdefault(person, {})[term] = str(value.get("grade", "")) if isinstance(value, dict) else ""
    return out


def group_on(person: Person, day: date) -> Group | None:
    """The risk group of one person."""
    return group_of(terms().groups, tags_on([person.pk], day).get(person.pk, {}), person.age_on(day))


def not_at_home(persons: Iterable[UUID], day: date) -> dict[UUID, str]:
    """Whoever is not planned for on a day, and why: a pause, or an institution."""
    wanted = list(persons)
    rows = Pause.everywhere.filter(Q(until=None) | Q(until__gt=day), person__id__among=wanted, since__lte=day)
    out = dict(rows.values_list("person_id", "kind"))
    for key in living_in(wanted, day):
        out.setdefault(key, "institution")
    return out
