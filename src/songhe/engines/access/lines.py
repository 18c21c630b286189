"""By which columns a table is scoped; the Python filter and the database policy are both made from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from songhe.engines.access.scope import Scope

TIED = (
    "SELECT t.person_id FROM access_tie t WHERE t.holder_id = ANY((SELECT {holders})::uuid[])"
    " AND t.since <= CURRENT_DATE AND (t.until IS NULL OR t.until > CURRENT_DATE)"
)
HOLDERS = "coalesce(nullif(current_setting('songhe.holders', true), ''), '{}')"
KIN = f"{TIED.format(holders=HOLDERS)} AND t.kind = 'kin'"
"""The persons of whom a reader is kin."""


@dataclass(frozen=True, slots=True)
class Lines:
    """``region``: the column with the region code. ``holders``: columns with the id of an organisation, facility or
    user to whom the row belongs. ``person``: the column with the id of a person to whom readers may be tied."""

    region: str = "region_id"
    holders: tuple[str, ...] = ()
    person: str | None = None

    def allows(self, scope: Scope) -> Q:
        """The first lock: the same condition as the policy, as a filter that indexes can serve."""
        seen = Q(pk__in=[])
        for low, high in scope.areas:
            seen |= Q(**{f"{self.region}__gte": low, f"{self.region}__lt": high})
        if scope.holders and scope.bounds:
            seen |= self._tied(scope)
        return seen

    def _tied(self, scope: Scope) -> Q:
        bound = Q(pk__in=[])
        for low, high in scope.bounds:
            bound |= Q(**{f"{self.region}__gte": low, f"{self.region}__lt": high})
        return self._held(scope) & bound

    def _held(self, scope: Scope) -> Q:
        from songhe.engines.access.models import Tie  # the model itself is scoped by Lines

        held = Q(pk__in=[])
        for column in self.holders:
            held |= Q(**{f"{column}__in": scope.holders})
        if self.person:
            held |= Q(**{f"{self.person}__in": Tie.persons_of(scope.holders)})
        return held

    def policy(self) -> str:
        """The second lock: the expression of the row-level security policy."""
        tied = self._held_sql()
        inside = (
            f"{self.region} <@ (SELECT nullif(current_setting('songhe.areas', true), '')::int8multirange)"
        )
        if not tied:
            # The ends of the hull beside it, read by the planner: they bound an index and tell how many rows to expect.
            return (
                f"({self.region} >= nullif(current_setting('songhe.low', true), '')::bigint"
                f" AND {self.region} < nullif(current_setting('songhe.high', true), '')::bigint AND {inside})"
            )
        bound = (
            f"{self.region} <@ (SELECT nullif(current_setting('songhe.bounds', true), '')::int8multirange)"
        )
        # CASE and not OR: the planner takes a CASE for half of the rows, but this OR for hardly any, and then
        # walks whole tables for a page that it believes to be empty.
        return f"CASE WHEN {inside} THEN true ELSE {bound} AND ({' OR '.join(tied)}) END"

    def _held_sql(self) -> list[str]:
        held = [f"{column} = ANY((SELECT {HOLDERS})::uuid[])" for column in self.holders]
        return [*held, f"{self.person} IN ({TIED.format(holders=HOLDERS)})"] if self.person else held


@dataclass(frozen=True, slots=True)
class KinLines(Lines):
    """Like ``Lines``, but of those tied to the person only kin sees the row: those who serve the same person do not see
    each other's work."""

    def _held(self, scope: Scope) -> Q:
        from songhe.engines.access.models import Tie  # the model itself is scoped by Lines

        kin = Tie.persons_of(scope.holders).filter(kind=Tie.Kind.KIN)
        return Lines._held(self, scope) | Q(person_id__in=kin)

    def _held_sql(self) -> list[str]:
        return [*Lines._held_sql(self), f"person_id IN ({KIN})"]
