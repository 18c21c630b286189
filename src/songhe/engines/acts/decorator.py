"""``@act``: one transaction, one right, one locked row, one line in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction

from songhe.core.refusal import Forbidden, Hidden
from songhe.engines.access.actor import Actor
from songhe.engines.access.scoped import Scoped
from songhe.engines.acts.models import Act
from songhe.engines.acts.record import about, changes, new_act, running, snapshot, where

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
ACTS: dict[str, Callable[..., Any]] = {}


class Action(Protocol[P, R_co]):
    """A decorated action: callable as written, and telling its right."""

    right: str
    __name__: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


def act(
    right: str, *, verb: str | None = None, locks: bool = True
) -> Callable[[Callable[P, R_co]], Action[P, R_co]]:
    """Make a function an action.

    The function takes the row it acts on as its only positional argument (or none, when it makes something) and
    ``actor`` and ``at`` by keyword. The right is checked on that row, the row is locked ``FOR NO KEY UPDATE`` and
    read afresh, and one act with what changed is written, all in one transaction. An action called by another is
    logged inside it and is not asked for its right again: the outer action answers for it.
    """

    def decorate(function: Callable[P, R_co]) -> Action[P, R_co]:
        name = verb or right.split(".", maxsplit=1)[0] + "." + function.__name__

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R_co:
            actor, at = cast("Actor", kwargs["actor"]), cast("datetime", kwargs["at"])
            row = args[0] if args and isinstance(args[0], models.Model) else None
            nested = running.get() is not None
            if not nested and not actor.may(right):
                raise Forbidden(
                    "no_right",
                    "Your role does not allow this. Ask your administrator for the right “{right}”.",
                    right=right,
                )
            with transaction.atomic():
                before = _locked(row, right, actor, nested=nested, locks=locks) if row is not None else {}
                line = new_act(name, Act.Kind.WRITE, actor=actor, at=at)
                token = running.set(line)
                try:
                    result = function(*args, **kwargs)
                finally:
                    running.reset(token)
                _write(line, row, result, before, right, actor, nested=nested)
            return result

        action = cast("Action[P, R_co]", run)
        action.right = right
        ACTS[name] = run
        return action

    return decorate


def add_detail(**details: Any) -> None:
    """Add facts to the act that is running, beside what changed on its subject."""
    line = _running()
    line.after = {**line.after, **details}


def set_place(region_id: int) -> None:
    """Say where the act that is running lies, if not where its subject does."""
    _running().region_id = region_id


def _running() -> Act:
    line = running.get()
    if line is None:
        raise LookupError("no act is running")
    return line


def _locked(row: models.Model, right: str, actor: Actor, *, nested: bool, locks: bool) -> dict[str, Any]:
    kind = type(row)
    if isinstance(row, Scoped):
        rows = kind.everywhere.all() if nested else kind.objects.within(actor.scope(right))  # type: ignore[attr-defined]
    else:
        rows = kind._default_manager.all()
    try:
        row.refresh_from_db(
            from_queryset=rows.select_for_update(no_key=True, of=("self",)) if locks else rows
        )
    except ObjectDoesNotExist:
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=kind._meta.verbose_name,
        ) from None
    return snapshot(row)


def _write(
    line: Act,
    row: models.Model | None,
    result: object,
    before: dict[str, Any],
    right: str,
    actor: Actor,
    *,
    nested: bool,
) -> None:
    made = result if isinstance(result, models.Model) else None
    subject = row if row is not None else made
    if subject is None:
        line.subject_kind = line.verb.split(".")[0]
        line.region_id = line.region_id or where(actor, right)
    else:
        about(line, subject, actor, right)
        old, new = changes(before, snapshot(subject), getattr(subject, "names", ()))
        line.before, line.after = old, {**new, **line.after}
    if row is None and isinstance(made, Scoped) and not nested:
        reach = type(made).objects.within(actor.scope(right))
        if not reach.filter(pk=made.pk).exists():
            raise Forbidden(
                "outside_scope",
                "This is outside your area. Hand it to the colleague who is responsible there.",
            )
    line.save(force_insert=True)
