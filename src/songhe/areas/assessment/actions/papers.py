"""What belongs to the form on paper: the signature of whoever gave the information, and evidence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.actions.common import need_assessor
from songhe.areas.assessment.models import (
    EDITABLE,
    Assessment,
    Evidence,
    EvidenceKind,
    Recipient,
    Signature,
    Signing,
    State,
)
from songhe.areas.assessment.rules.signing import signature
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import Place, take_in
from songhe.kit.fields import Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

PICTURES = "image/*,application/pdf"
EVIDENCE_MOST = 20


@act("assessment.submit")
def informant_signs(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    way: Annotated[Signing, Field(label=_("Signing method"))],
    relation: Annotated[Recipient, Field(label=_("Informant"))],
    name: Annotated[str, Field(label=_("Name"), size=60)],
    witness: Annotated[
        str,
        Field(
            label=_("Witness"), size=60, help=_("Required for anyone who cannot write, or without a picture.")
        ),
    ] = "",
    picture: Annotated[Upload | None, Field(label=_("Picture of the signature"), accept=PICTURES)] = None,
) -> Assessment:
    """Keep the signature of whoever gave the information; it stands for the answers as they are now."""
    need_assessor(assessment, actor)
    if assessment.state != State.ANSWERED or assessment.answers is None:
        raise Refused("assessment.not_to_sign", "This form is not awaiting signatures. Submit it first.")
    two = {str(user) for user in (assessment.first_assessor, assessment.second_assessor)}
    said, seen_by = name.strip(), witness.strip()
    signature(
        name=said,
        witness=seen_by,
        has_picture=picture is not None,
        needs_witness=way == Signing.WITNESS,
        assessors=two,
    ).or_refuse()
    made = Signature.everywhere.create(
        assessment=assessment,
        person_id=assessment.person_id,
        region_id=assessment.region_id,
        way=way,
        relation=relation,
        name=said[:60],
        witness=seen_by[:60],
        attachment_id=_kept(assessment, picture, actor, at) if picture is not None else None,
        digest=bytes(assessment.answers.digest),
        at=at,
        by_id=actor.id,
        by_name=actor.name[:80],
    )
    add_detail(signature=str(made.pk), way=way, relation=relation, witness=seen_by)
    return assessment


@act("assessment.answer")
def add_evidence(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[EvidenceKind, Field(label=_("Document"))],
    file: Annotated[Upload, Field(label=_("Picture or PDF"), accept=PICTURES)],
) -> Assessment:
    """Keep a paper behind an answer, such as a diagnosis; only the two assessors and reviewers see it."""
    need_assessor(assessment, actor)
    if assessment.state not in EDITABLE:
        raise Refused(
            "assessment.not_open", "This form is not open for changes. Ask for a correction if it is wrong."
        )
    if Evidence.everywhere.filter(assessment=assessment).count() >= EVIDENCE_MOST:
        raise Refused(
            "assessment.enough_evidence",
            "At most {most} documents can be kept here.",
            field="file",
            most=EVIDENCE_MOST,
        )
    made = Evidence.everywhere.create(
        assessment=assessment,
        person_id=assessment.person_id,
        region_id=assessment.region_id,
        kind=kind,
        attachment_id=_kept(assessment, file, actor, at),
        at=at,
        by_id=actor.id,
        by_name=actor.name[:80],
    )
    add_detail(evidence=str(made.attachment_id), kind=kind)
    return assessment


def _kept(assessment: Assessment, file: Upload, actor: Actor, at: datetime) -> UUID:
    place = Place(assessment.person_id, assessment.pk, assessment.region_id, person_id=assessment.person_id)
    return take_in(file, name=str(file.name or "file"), place=place, actor_id=actor.id, at=at).pk
