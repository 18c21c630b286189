"""Keeping, reading and locking answers. Callers are the actions of areas, which hold the right and write the act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from songhe.core.labels import Label, Labels
from songhe.core.refusal import Refused
from songhe.core.scoring import Answer, Form, Result, holds_until, may_begin, problems, score
from songhe.engines.access.actor import Actor
from songhe.engines.forms.models import Answers, FormVersion
from songhe.engines.forms.versions import form_of, in_folder
from songhe.engines.vault.api import reveal_json, seal_json


def begin(
    version: FormVersion,
    *,
    person_id: UUID | None = None,
    subject_id: UUID | None = None,
    region_id: int,
    actor: Actor,
    at: datetime,
) -> Answers:
    """Empty answers of one person, or of one household or facility (``subject_id``), who has a data key.

    Refused while another form has to come first (``gate``) and gave nothing that allows this one.
    """
    form = form_of(version)
    owner = person_id if form.about == "person" else subject_id
    if owner is None or (person_id is not None and subject_id is not None):
        raise ValueError(f"{form.code} is about a {form.about}: give that id and no other.")
    _pass_gate(form, owner, at)
    return Answers.everywhere.create(
        form=version,
        person_id=person_id,
        subject_id=subject_id,
        owner_id=owner,
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


def _pass_gate(form: Form, about: UUID, at: datetime) -> None:
    if form.gate is None:
        return
    # By its id and not by a scope: the policy of the database hides what the actor may not see.
    signed = Answers.everywhere.filter(form__code=form.gate.form, locked_at__isnull=False)
    whose = Q(person_id=about) if form.about == "person" else Q(subject_id=about)
    row = signed.filter(whose).select_related("form").order_by("-locked_at").first()
    if row is None or row.locked_at is None:
        may_begin(form, in_folder(form.gate.form), None).or_refuse()
        return
    before, level = form_of(row.form), result_of(row).level
    assert level is not None  # what is signed is complete
    holds = timezone.localdate(at) < holds_until(before, level, timezone.localdate(row.locked_at))
    may_begin(form, before, level if holds else None).or_refuse()


def _refuse_locked(row: Answers) -> None:
    if row.locked_at is not None:
        raise Refused(
            "forms.locked",
            "These answers are signed and cannot be changed. Ask for a correction, which creates a new version.",
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
        "grades": {part.code: part.grade.grade for part in result.dimensions if part.grade is not None},
        "applied": [rule.code for rule in result.applied],
    }
