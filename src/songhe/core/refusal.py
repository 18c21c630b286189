"""The one expected failure, told to the person who can mend it."""

from __future__ import annotations


class Refused(Exception):
    """What was refused, why, and what to do.

    ``message`` is an English template with ``{names}``; the edge translates it and fills in ``values``.
    ``code`` is stable for programs, ``field`` names the input at fault, ``rule`` the rule that decided.
    """

    def __init__(
        self, code: str, message: str, *, field: str | None = None, rule: str | None = None, **values: object
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.rule = rule
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (self.code, self.message, self.field, self.rule, self.values)


class Hidden(Refused):
    """A row that does not exist for this reader; shown as 404, so that its existence does not leak."""


class Forbidden(Refused):
    """A right that the actor does not hold; shown as 403."""


def _rebuilt(
    code: str, message: str, field: str | None, rule: str | None, values: dict[str, object]
) -> Refused:
    return Refused(code, message, field=field, rule=rule, **values)
