"""The registry's door: the names other areas use."""

from songhe.areas.registry.models import (
    Contact,
    Enrolment,
    Fact,
    Household,
    Member,
    Person,
    Relation,
    Sex,
    Source,
    State,
)

__all__ = [
    "Contact",
    "Enrolment",
    "Fact",
    "Household",
    "Member",
    "Person",
    "Relation",
    "Sex",
    "Source",
    "State",
]
