"""Forms of the data folder, and the versions that were used."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from songhe.core.refusal import Refused
from songhe.core.scoring import Form, build, check_gates
from songhe.core.sources import DataError, read
from songhe.engines.forms.models import FormVersion


def current(code: str, *, on: date, at: datetime) -> FormVersion:
    """The version of a form that the data folder holds, kept on its first use.

    Refused when the city and the nation have no such form, when it is not in force yet, or when it is broken.
    """
    path = _path(code)
    text = path.read_text(encoding="utf-8")
    content_hash = hashlib.sha256(text.encode()).hexdigest()
    form = _built(text, path.name)
    _check_gate(form)
    if form.in_force > on:
        raise Refused(
            "forms.not_in_force",
            "The form {form} is in force from {day} on. Choose a later date or another form.",
            form=form.label,
            day=form.in_force,
        )
    fresh = FormVersion(
        code=code,
        content_hash=content_hash,
        text=text,
        title_en=form.label.en,
        title_zh=form.label.zh,
        in_force=form.in_force,
        loaded_at=at,
    )
    FormVersion.objects.bulk_create([fresh], ignore_conflicts=True)
    return FormVersion.objects.get(content_hash=content_hash)


def available(*, on: date, about: str = "person") -> list[Form]:
    """The forms in force that may be chosen for a person, a household or a facility, by their code."""
    codes = {path.stem for folder in _folders() for path in folder.glob("*.yaml")}
    forms = [in_folder(code) for code in sorted(codes)]
    return [form for form in forms if form.about == about and form.in_force <= on]


def in_folder(code: str) -> Form:
    """The form as the data folder has it now."""
    path = _path(code)
    return _built(path.read_text(encoding="utf-8"), path.name)


def form_of(version: FormVersion) -> Form:
    """The form of a kept version."""
    return _built(version.text, version.code)


@lru_cache(maxsize=64)
def _built(text: str, name: str) -> Form:
    try:
        return build(read(text, name=name))
    except DataError as error:
        raise _broken(name, error) from error


def _check_gate(form: Form) -> None:
    if form.gate is None:
        return
    before = in_folder(form.gate.form)
    try:
        check_gates({form.code: form, before.code: before})
    except DataError as error:
        raise _broken(form.code, error) from error


def _broken(name: str, why: DataError) -> Refused:
    return Refused(
        "forms.broken",
        "The form {form} cannot be used: {why} Correct the file, then try again.",
        form=name,
        why=why,
    )


def _folders() -> tuple[Path, ...]:
    """The city's own forms go before the nation's."""
    return (settings.DATA / "cities" / settings.CITY / "forms", settings.DATA / "nation/forms")


def _path(code: str) -> Path:
    for folder in _folders():
        path = folder / f"{code}.yaml"
        if code.replace("-", "").isalnum() and path.is_file():
            return path
    raise Refused("forms.unknown", "There is no form {form}. Add its file or choose another form.", form=code)
