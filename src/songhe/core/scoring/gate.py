"""Forms that may only begin after another form gave one of some levels."""

from __future__ import annotations

from collections.abc import Mapping

from songhe.core.decision import Decision, grant, refuse
from songhe.core.labels import Labels
from songhe.core.scoring.form import Form
from songhe.core.sources import DataError


def may_begin(form: Form, before: Form, level: int | None) -> Decision[Form]:
    """Whether ``form`` may begin when the form before it gave ``level``; None when it gave none that still holds."""
    if form.gate is None:
        return grant(form, because="This form has no prerequisite.")
    if level is None:
        return refuse(
            "{form} needs a result of {before} that is still valid. Fill that in and sign it first.",
            code="forms.gate_open",
            rule=before.code,
            form=form.label,
            before=before.label,
        )
    if level not in form.gate.levels:
        return refuse(
            "{before} gave {level}. {form} is for {levels} only; assess again when the person's condition has changed.",
            code="forms.gate_shut",
            rule=before.code,
            form=form.label,
            before=before.label,
            level=before.level(level).label,
            levels=Labels(tuple(before.level(each).label for each in sorted(form.gate.levels))),
        )
    return grant(form, because="The preceding form allows this one.", rule=before.code)


def check_gates(forms: Mapping[str, Form]) -> None:
    """Refuse a gate that names a form or a level that does not exist, or a form about somebody else."""
    for form in forms.values():
        if form.gate is None:
            continue
        before = forms.get(form.gate.form)
        if before is None:
            raise DataError(
                f"{form.code}, gate: there is no form {form.gate.form}; add its file or name another."
            )
        strange = sorted(form.gate.levels.difference(band.level for band in before.bands))
        if strange:
            levels = ", ".join(map(str, strange))
            raise DataError(f"{form.code}, gate: {before.code} has no level {levels}; name one that it has.")
        if before.about != form.about:
            raise DataError(
                f"{form.code}, gate: {before.code} is about a {before.about}, not about a {form.about}."
            )
