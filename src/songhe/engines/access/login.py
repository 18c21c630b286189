"""Logging in and out: lock-out, sessions that end at once when revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from songhe.core.refusal import Refused
from songhe.engines.access.address import address_of
from songhe.engines.access.asked import asked
from songhe.engines.access.models import Attempt, Token, User

WINDOW = timedelta(minutes=15)
FAILS_PER_NAME = 5
FAILS_PER_ADDRESS = 60
_SESSION_KEY = "user"
_NOBODY = make_password(None)


def attempt(request: HttpRequest, *, username: str, password: str, at: datetime) -> User:
    """The user who logged in, with a fresh session; refused after too many failures in 15 minutes."""
    address = address_of(request) or None
    recent = Attempt.objects.filter(at__gt=at - WINDOW, succeeded=False)
    username = username[:64].replace("\0", "")
    if (
        recent.filter(username=username).count() >= FAILS_PER_NAME
        or recent.filter(address=address).count() >= FAILS_PER_ADDRESS
    ):
        raise Refused(
            "locked_out",
            "Too many failed attempts. Wait 15 minutes, or ask your administrator for a new password.",
        )
    user = User.objects.filter(username=username, is_active=True).first()
    good = check_password(password, user.password if user else _NOBODY)
    Attempt.objects.create(username=username, address=address, at=at, succeeded=bool(user and good))
    if user is None or not good:
        raise Refused("wrong_login", "The log-in name or the password is wrong. Check both and try again.")
    enter_session(request, user, at=at)
    return user


def names_locked_out(at: datetime) -> QuerySet[Any, Any]:
    """Log-in names that are refused at a moment whatever the password, for use in a filter."""
    recent = Attempt.objects.filter(at__gt=at - WINDOW, succeeded=False).values("username")
    return recent.annotate(fails=Count("pk")).filter(fails__gte=FAILS_PER_NAME).values("username")


def enter_session(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Begin a session for a user whose identity is already proved."""
    request.session.cycle_key()
    request.session[_SESSION_KEY] = {"id": str(user.pk), "epoch": user.epoch}
    user.last_login = at
    user.save(update_fields=["last_login"])


def leave_session(request: HttpRequest) -> None:
    """End the session."""
    request.session.flush()


def user_of(session: SessionBase) -> User | None:
    """The user of a session; None where it is empty, revoked, or the user is no longer active."""
    known = session.get(_SESSION_KEY)
    if not known:
        return None
    found = _active(UUID(known["id"]))
    return found[0] if found and found[0].epoch == known["epoch"] else None


@asked
def _active(user_id: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=user_id, is_active=True)


def revoked_user(session: SessionBase) -> str:
    """The id of the user whose session was revoked and is still held by this device; empty where none is."""
    known = session.get(_SESSION_KEY)
    return str(known["id"]) if known and user_of(session) is None else ""


def revoke_sessions(user: User) -> None:
    """End all sessions of a user at their next request."""
    User.objects.filter(pk=user.pk).update(epoch=user.epoch + 1)
    user.epoch += 1


def revoke_all(user: User, *, at: datetime) -> int:
    """End all sessions and tokens of a user: whoever learned a password may have made one. Returns how many tokens."""
    revoke_sessions(user)
    return Token.objects.filter(user=user, revoked_at=None).update(revoked_at=at)


def new_secret() -> str:
    """A secret for a token: 256 random bits, with a prefix that scanners for leaked secrets can know."""
    return "sh_" + secrets.token_urlsafe(32)


def make_token(user_id: UUID, secret: str, *, name: str, at: datetime, days: int) -> Token:
    """An API token in a user's name; only the hash of its secret is kept."""
    return Token.objects.create(
        user_id=user_id,
        name=name,
        digest=_digest(secret),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )


def user_of_token(secret: str, *, at: datetime) -> User | None:
    """The user in whose name a secret speaks; None where it is unknown, expired or revoked."""
    found = (
        Token.objects.select_related("user")
        .filter(digest=_digest(secret), expires_at__gt=at, revoked_at=None, user__is_active=True)
        .first()
    )
    return found.user if found else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
