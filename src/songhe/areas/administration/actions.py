"""Making users, giving and taking roles, ending sessions, making and revoking tokens."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from songhe.areas.administration import queries, rules
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, Grant, Role, User, role, roles
from songhe.engines.access.login import make_token, revoke_all, revoke_sessions
from songhe.engines.access.models import Token
from songhe.engines.acts.api import act, add_detail, set_place
from songhe.engines.acts.record import snapshot
from songhe.engines.jobs.api import ask_to_stop
from songhe.engines.jobs.models import Job
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

MOST_DAYS = 365
HOLDER = Field(
    label=_("Works for"),
    help=_(
        "Name or id of the organisation, facility, worker or helper; roles that see a whole region need none"
    ),
    size=120,
)
TIED_BY_NAME = ("volunteer", "helper")
"""Roles that see their own also without being tied to an entry."""
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")


def _role_choices(row: object, user: object) -> list[tuple[str, str]]:
    return [(known.code, known.label) for known in roles().values()]


@act("access.manage")
def create_user(
    *,
    actor: Actor,
    at: datetime,
    username: Annotated[
        str,
        Field(label=_("Log-in name"), help=_("3 to 64 lower-case letters, digits, dots or dashes"), size=64),
    ],
    name: Annotated[str, Field(label=_("Name"), size=80)],
    password: Annotated[
        str,
        Field(
            label=_("Initial password"), help=_("At least 10 characters; hand it over in person"), size=128
        ),
    ],
) -> User:
    """Add somebody who can log in; they may do nothing until a role is given."""
    if not USERNAME.fullmatch(username):
        raise Refused(
            "bad_username",
            "“{username}” cannot be a log-in name. Use 3 to 64 lower-case letters, digits, dots or dashes.",
            field="username",
            username=username,
        )
    if User.objects.filter(username=username).exists():
        raise Refused("username_taken", "This log-in name is taken. Choose another one.", field="username")
    around = actor.scope("access.manage").around
    made = User(username=username, name=name, created_at=at, made_by_id=actor.id, made_in=around or None)
    _set_password(made, password)
    made.save(force_insert=True)
    return made


@act("access.manage")
def set_password(
    user: User,
    *,
    actor: Actor,
    at: datetime,
    password: Annotated[str, Field(label=_("New password"), size=128)],
) -> User:
    """Give a new password, end all sessions and revoke all tokens."""
    _manageable(user, actor)
    _set_password(user, password)
    user.save(update_fields=["password"])
    add_detail(tokens=revoke_all(user, at=at))
    return user


@act("access.manage")
def deactivate(user: User, *, actor: Actor, at: datetime) -> User:
    """Shut a user out at once; the user's acts and name stay."""
    if user.pk == actor.id:
        raise Refused("own_account", "You cannot deactivate yourself. Ask another administrator.")
    _manageable(user, actor)
    user.is_active = False
    user.save(update_fields=["is_active"])
    revoke_sessions(user)
    return user


@act("access.manage")
def activate(user: User, *, actor: Actor, at: datetime) -> User:
    """Let a user in again."""
    _manageable(user, actor)
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


@act("access.manage")
def end_sessions(user: User, *, actor: Actor, at: datetime) -> User:
    """Log a user out everywhere, at the next request of each session."""
    _manageable(user, actor)
    revoke_sessions(user)
    return user


@act("access.manage")
def give_role(
    user: User,
    *,
    actor: Actor,
    at: datetime,
    role_code: Annotated[str, Field(label=_("Role"), choices=_role_choices)],
    region: Region,
    since: Annotated[date, Field(label=_("From"))],
    until: Annotated[date | None, Field(label=_("Until"))] = None,
    holder_id: Annotated[str, HOLDER] = "",
) -> Grant:
    """Give a user a role in a region, for a time."""
    wanted = role(role_code)
    if user.pk == actor.id:
        raise Refused("own_role", "You cannot assign yourself a role. Ask another administrator.")
    _manageable(user, actor)
    if not actor.scope("access.manage").holds(region.code):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    if until is not None and until <= since:
        raise Refused(
            "ends_before_start", "The last day must come after the first. Correct the dates.", field="until"
        )
    held = [
        g.role for g in Grant.objects.filter(user=user, revoked_at=None) if g.until is None or g.until > since
    ]
    excluded = {known.code: known.incompatible for known in roles().values()}
    rules.holdable(role_code, held, excluded, dict(_role_choices(None, None))).or_refuse()
    made = Grant.objects.create(
        user=user,
        role=wanted.code,
        region=region,
        holder_id=_holder(wanted, holder_id.strip(), actor),
        since=since,
        until=until,
        given_by_id=actor.id,
    )
    set_place(region.code)
    add_detail(**snapshot(made))
    return made


@act("access.manage")
def take_role(grant: Grant, *, actor: Actor, at: datetime) -> Grant:
    """End a role at once."""
    if grant.revoked_at is not None:
        raise Refused("already_revoked", "This role has already ended. Nothing is left to do.")
    grant.revoked_at = at
    grant.save(update_fields=["revoked_at"])
    return grant


@act("access.token")
def issue_token(*, actor: Actor, at: datetime, name: str, days: int, secret: str) -> Token:
    """A token in the actor's own name for a secret just made; only the secret's hash is kept."""
    if not 1 <= days <= MOST_DAYS:
        raise Refused(
            "bad_days",
            "A token is valid for 1 to {most} days. Choose a number in that range.",
            field="days",
            most=MOST_DAYS,
        )
    return make_token(actor.id, secret, name=name, at=at, days=days)


@act("access.token")
def revoke_token(token: Token, *, actor: Actor, at: datetime) -> Token:
    """End a token at once."""
    token.revoked_at = token.revoked_at or at
    token.save(update_fields=["revoked_at"])
    return token


@act("jobs.view")
def stop_job(job: Job, *, actor: Actor, at: datetime) -> Job:
    """Stop a job that waits, or one that runs at its next step; only the actor's own, or any with the right to manage."""
    if job.actor_id != actor.id and not actor.may("jobs.manage"):
        raise Forbidden("not_your_job", "Somebody else started this job. Ask that person to stop it.")
    ask_to_stop(job.pk, at=at)
    job.refresh_from_db()
    return job


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise Refused(
            "weak_password", "{why} Choose another password.", field="password", why=" ".join(fault.messages)
        ) from None
    user.set_password(password)


def _manageable(user: User, actor: Actor) -> None:
    if queries.beyond(actor.scope("access.manage")).filter(user=user).exists():
        raise Forbidden(
            "holds_elsewhere",
            "This user also has a role outside your area. Ask an administrator who is responsible for all of it.",
        )
    if not queries.users(actor.scope("access.manage")).filter(pk=user.pk).exists():
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )


def _holder(wanted: Role, text: str, actor: Actor) -> UUID | None:
    kinds = queries.bodies(wanted)
    names = " / ".join(str(kind._meta.verbose_name) for kind in kinds)
    if not kinds and text:
        raise Refused(
            "holder_unneeded", "The role “{role}” is not tied to any organisation or person. Leave this empty.",
            field="holder_id", role=wanted.label,
        )  # fmt: skip
    if not text:
        if kinds and wanted.code not in TIED_BY_NAME:
            raise Refused(
                "holder_missing", "The role “{role}” needs one: {kind}. Give its name or id.",
                field="holder_id", role=wanted.label, kind=names,
            )  # fmt: skip
        return None
    found = queries.tied(wanted, text, actor.scope("access.manage"))
    if len(found) != 1:
        raise Refused(
            "holder_unknown" if not found else "holder_unclear",
            "Nothing in your area is called “{text}” ({kind}). Give the exact name, or the id in the address of its page."
            if not found
            else "Several are called “{text}”. Give the id in the address of the page of the right one.",
            field="holder_id", text=text, kind=names,
        )  # fmt: skip
    key: UUID = found[0].pk
    return key
