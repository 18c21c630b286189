"""The registry's door: the names other areas use.

``timeline(right)``: tell the person's page what happened. ``door(...)``: open a way on from it. A table with ``follows_person = True`` moves its rows'
region with the person. ``when_dead``, ``when_living``: what an area does in the same act as a death is confirmed or taken back.
"""

from songhe.areas.registry.actions.deaths import report_death
from songhe.areas.registry.actions.effects import when_dead, when_living
from songhe.areas.registry.actions.erasing import erase_again
from songhe.areas.registry.actions.families import add_contact
from songhe.areas.registry.actions.middles import find_middles
from songhe.areas.registry.actions.persons import locate, register, reveal
from songhe.areas.registry.actions.recoding import end_idle_moves, renew_homes
from songhe.areas.registry.actions.tagging import set_tags, tag, untag
from songhe.areas.registry.actions.writing import Said
from songhe.areas.registry.models import (
    Contact,
    Death,
    Enrolment,
    Fact,
    Household,
    Kind,
    Member,
    Person,
    Relation,
    Sex,
    Source,
    State,
)
from songhe.areas.registry.models.terms import Term, term, terms
from songhe.areas.registry.models.terms import by_words as words_of_tags
from songhe.areas.registry.queries.doors import door
from songhe.areas.registry.queries.facts import facts_at, tagged, tags_on, value_at
from songhe.areas.registry.queries.facts import known as believed
from songhe.areas.registry.queries.hashes import id_hash
from songhe.areas.registry.queries.having import had, only_with, source
from songhe.areas.registry.queries.middles import middles
from songhe.areas.registry.queries.people import (
    alive_on,
    contacts_of,
    dead_by,
    deaths_of,
    homes_of,
    housemates,
    kept,
    living,
    mates_of,
    suspected,
)
from songhe.areas.registry.queries.search import (
    by_id_hashes,
    by_id_number,
    by_id_numbers,
    by_phone,
    numbered,
    of_persons,
    search,
)
from songhe.areas.registry.queries.secrets import (
    Secrets,
    contact_phones,
    places_of,
    secrets_of,
    secrets_of_many,
)
from songhe.areas.registry.queries.timeline import Happening, timeline
from songhe.areas.registry.queries.told import told_about, without_pictures
from songhe.areas.registry.rules.ages import age_on, birthday_after

__all__ = [
    "Contact",
    "Death",
    "Enrolment",
    "Fact",
    "Happening",
    "Household",
    "Kind",
    "Member",
    "Person",
    "Relation",
    "Said",
    "Secrets",
    "Sex",
    "Source",
    "State",
    "Term",
    "add_contact",
    "age_on",
    "alive_on",
    "believed",
    "birthday_after",
    "by_id_hashes",
    "by_id_number",
    "by_id_numbers",
    "by_phone",
    "contact_phones",
    "contacts_of",
    "dead_by",
    "deaths_of",
    "door",
    "end_idle_moves",
    "erase_again",
    "facts_at",
    "find_middles",
    "had",
    "homes_of",
    "housemates",
    "id_hash",
    "kept",
    "living",
    "locate",
    "mates_of",
    "middles",
    "numbered",
    "of_persons",
    "only_with",
    "places_of",
    "register",
    "renew_homes",
    "report_death",
    "reveal",
    "search",
    "secrets_of",
    "secrets_of_many",
    "set_tags",
    "source",
    "suspected",
    "tag",
    "tagged",
    "tags_on",
    "term",
    "terms",
    "timeline",
    "told_about",
    "untag",
    "value_at",
    "when_dead",
    "when_living",
    "without_pictures",
    "words_of_tags",
]
