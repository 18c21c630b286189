"""Papers that prove what a person's file says: kept sealed with the person's key, and named by facts and consents."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import writing
from songhe.areas.registry.models import Consent, Fact, Kind, Person
from songhe.areas.registry.models.terms import terms
from songhe.areas.registry.queries.facts import COLUMNS, SEALED, told_first
from songhe.areas.registry.queries.secrets import secrets_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import Place, take_in
from songhe.kit.fields import Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile


def provable(row: Person) -> list[tuple[str, str]]:
    """What a paper may prove: facts believed now, what was entered first and never changed, and consents."""
    facts = list(Fact.everywhere.filter(person=row, recorded_until=None).order_by("kind", "term"))
    known = terms()
    named = [
        (str(fact.pk), str(known[fact.term].label if fact.term in known else fact.get_kind_display()))
        for fact in facts
    ]
    first = [(str(fact.kind), str(fact.get_kind_display())) for fact in told_first(row, facts)]
    consents = Consent.everywhere.filter(person=row, withdrawn_on=None).order_by("kind")
    return [*first, *named, *((str(one.pk), str(one.get_kind_display())) for one in consents)]


@act("registry.edit")
def keep_evidence(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    proves: Annotated[
        list[str], Field(label=_("What it proves"), choices=lambda row, user: provable(row) if row else [])
    ],
    file: Annotated[Upload, Field(label=_("Picture or PDF"), accept="image/*,application/pdf")],
) -> Person:
    """Keep a paper behind what the file says. A newer paper is shown in place of an older one, which stays kept."""
    if not set(proves) <= {code for code, _label in provable(person)}:
        raise Refused(
            "not_provable",
            "The file has changed meanwhile. Load the page again and choose again.",
            field="proves",
        )
    place = Place(person.pk, person.pk, person.region_id, person_id=person.pk)
    kept = take_in(file, name=str(file.name or "file"), place=place, actor_id=actor.id, at=at)
    for code in proves:
        _proved(person, code, kept.pk)
    add_detail(evidence=str(kept.pk), proves=sorted(proves))
    return person


def _proved(person: Person, code: str, evidence: UUID) -> None:
    if code in Kind.values:
        fact = writing.first_fact(person, Kind(code), _present(person, Kind(code)))
        fact.evidence_id = evidence
        fact.save(force_insert=True)
        return
    for model in (Fact, Consent):
        model.everywhere.filter(person=person, pk=code).update(evidence_id=evidence)


def _present(person: Person, kind: Kind) -> Any:
    return getattr(secrets_of(person), kind.value) if kind in SEALED else getattr(person, COLUMNS[kind])
