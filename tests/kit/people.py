"""Browsers of users who are logged in."""

from __future__ import annotations

from typing import Any

from django.test import Client


def logged_in(user: Any) -> Client:
    """A client with a session of this user; log-in itself has its own tests."""
    client = Client()
    session = client.session
    session["user"] = {"id": str(user.pk), "epoch": user.epoch}
    session.save()
    return client
