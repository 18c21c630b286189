"""Keeping, reading and locking answers. Callers are the actions of areas, which hold the right and write the act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from songhe.core.labels import Label, Labels
from songhe.core.refusal import Refused
from songhe.core.scoring import Answer, Result, problems, score
from songhe.engines.access.actor import Actor
from songhe.engines.forms.models import Answers, FormVersion
from songhe.engines.forms.versions import form_of
from songhe.engines.vault.api import reveal_json, seal_json


def begin(version: FormVersion, *, person_id: UUID, region_id: int, actor: Actor, at: datetime) -> Answers:
    """Empty answers of one person."""
    return Answers.everywhere.create(
        form=version,
        person_id=person_id,
        owner_id=person_id,
        region_id=region_id,
        changed_at=at,
        changed_by_id=actor.id,
    )


def change(row: Answers, answers: Mapping[str, Answer], *, actor: Actor, at: datetime) -> Result:
    """Replace the answers; a wrong answer is refused by its question, an absent one stays pending."""
    _refuse_locked(row)
    form = form_of(row.form)
    for question, why in problems(form, answers).items():
        refusal = Refused("forms.answer", why.text, field=question)
        refusal.values.update(why.values)
        raise refusal
    result = score(form, answers)
    plain = {code: list(given) if isinstance(given, tuple) else given for code, given in answers.items()}
    row.sealed = seal_json(row.owner_id, plain)
    row.result_sealed = seal_json(row.owner_id, _summary(result))
    row.digest = digest(row.form.content_hash, plain)
    row.changed_at, row.changed_by_id = at, actor.id
    row.save(update_fields=["sealed", "result_sealed", "digest", "changed_at", "changed_by_id"])
    return result


def read(row: Answers) -> dict[str, Answer]:
    """The open answers. Showing them is a read that the caller logs."""
    plain = reveal_json(row.owner_id, row.sealed) or {}
    return {code: tuple(given) if isinstance(given, list) else given for code, given in plain.items()}


def result_of(row: Answers) -> Result:
    """The answers marked again with the version they were given on."""
    return score(form_of(row.form), read(row))


def lock(row: Answers, *, at: datetime) -> None:
    """Make the answers final; refused while something is missing."""
    _refuse_locked(row)
    result = result_of(row)
    if not result.complete:
        raise Refused(
            "forms.incomplete",
            "The form is not complete: {missing} is missing. Fill it in, then sign.",
            field=result.missing[0],
            missing=Labels(tuple(_name(row, code) for code in result.missing)),
        )
    row.locked_at = at
    row.save(update_fields=["locked_at"])


def digest(content_hash: str, plain: Mapping[str, object]) -> bytes:
    """What a signature stands for: this version of the form with these answers."""
    text = json.dumps([content_hash, plain], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def _refuse_locked(row: Answers) -> None:
    if row.locked_at is not None:
        raise Refused(
            "forms.locked",
            "These answers are signed and stay as they are. Ask for a correction, which makes a new version.",
        )


def _name(row: Answers, code: str) -> Label:
    form = form_of(row.form)
    question = form.item(code) or form.field(code)
    return question.label if question else Label(code, code)


def _summary(result: Result) -> dict[str, object]:
    return {
        "total": result.total,
        "initial": result.initial,
        "level": result.level,
        "dimensions": {dimension.code: dimension.so_far for dimension in result.dimensions},
        "applied": [rule.code for rule in result.applied],
    }
