"""Two versions of one form: what came second and differs is kept beside the first, and somebody decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from songhe.areas.assessment.actions.assessing import save_form
from songhe.areas.assessment.actions.common import need_assessor
from songhe.areas.assessment.models import Assessment, Version
from songhe.areas.assessment.queries.versions import plain
from songhe.core.refusal import Refused
from songhe.core.scoring import Answer
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal_json


@act("assessment.answer")
def keep_version(
    assessment: Assessment, *, actor: Actor, at: datetime, answers: Mapping[str, Answer]
) -> Version:
    """Keep answers that came after others; the same from the same assessor once."""
    need_assessor(assessment, actor)
    said = {code: list(given) if isinstance(given, tuple) else given for code, given in answers.items()}
    text = json.dumps([str(assessment.pk), said], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).digest()
    rows = Version.everywhere.filter(assessment=assessment, by_id=actor.id, digest=digest)
    found: Version | None = rows.filter(state=Version.State.WAITING).first()
    if found is None:
        found = Version.everywhere.create(
            assessment=assessment,
            person_id=assessment.person_id,
            region_id=assessment.region_id,
            answers_sealed=seal_json(assessment.person_id, said),
            digest=digest,
            at=at,
            by_id=actor.id,
            by_name=actor.name[:80],
        )
    add_detail(version=str(found.pk))
    return found


@act("assessment.answer")
def take_version(assessment: Assessment, *, actor: Actor, at: datetime, version: Version) -> Assessment:
    """Let the version that came second take the place of the first; signatures given before are void."""
    _waiting(assessment, version, actor)
    save_form(assessment, actor=actor, at=at, answers=plain(version))
    _decide(version, Version.State.TAKEN, actor, at)
    return assessment


@act("assessment.answer")
def drop_version(assessment: Assessment, *, actor: Actor, at: datetime, version: Version) -> Assessment:
    """Leave the form as it is; the other version stays on record as dropped."""
    _waiting(assessment, version, actor)
    _decide(version, Version.State.DROPPED, actor, at)
    return assessment


def _waiting(assessment: Assessment, version: Version, actor: Actor) -> None:
    need_assessor(assessment, actor)
    version.refresh_from_db()
    if version.assessment_id != assessment.pk or version.state != Version.State.WAITING:
        raise Refused("assessment.version_decided", "This version was decided already. Load the page again.")


def _decide(version: Version, state: str, actor: Actor, at: datetime) -> None:
    version.state, version.decided_at, version.decided_by_id = state, at, actor.id
    version.save(update_fields=["state", "decided_at", "decided_by_id"])
    add_detail(version=str(version.pk), decided=state)
