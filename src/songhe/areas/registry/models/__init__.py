"""Nouns of the registry."""

from songhe.areas.registry.models.changes import Death, Merge, Move, Suspect
from songhe.areas.registry.models.facts import Fact, Kind, Source
from songhe.areas.registry.models.family import Contact, Household, Member, Relation
from songhe.areas.registry.models.middles import Middle
from songhe.areas.registry.models.network import Consent, Enrolment
from songhe.areas.registry.models.person import Person, PersonToken, Sex, State

__all__ = [
    "Consent",
    "Contact",
    "Death",
    "Enrolment",
    "Fact",
    "Household",
    "Kind",
    "Member",
    "Merge",
    "Middle",
    "Move",
    "Person",
    "PersonToken",
    "Relation",
    "Sex",
    "Source",
    "State",
    "Suspect",
]
