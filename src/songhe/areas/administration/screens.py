"""Users, roles given, API tokens, acts and jobs on screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.administration import actions, home, notices, queries
from songhe.areas.administration.subjects import Subject
from songhe.areas.registry.api import Person, door
from songhe.core.refusal import Refused
from songhe.engines.access.api import Grant, Scope, User
from songhe.engines.access.login import new_secret
from songhe.engines.access.models import Token
from songhe.engines.acts.models import Act
from songhe.engines.jobs.models import Job
from songhe.engines.regions.tree import full_name
from songhe.kit.clock import now, today
from songhe.kit.filters import Choice
from songhe.kit.history import purpose_of
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said
from songhe.kit.spec import (
    choice,
    date_range,
    day,
    flag,
    grid,
    link,
    number,
    panel,
    record,
    state,
    text,
    verb,
    when,
    yes_no,
)
from songhe.kit.views.common import need
from songhe.kit.who import who


def _roles_of(row: User, request: HttpRequest) -> Any:
    user = who(request)
    return queries.grants(user.scope("access.view")).filter(user=row)


def _managed(row: Any, user: Any) -> bool:
    return not row.beyond


record(
    User,
    slug="users",
    right="access.view",
    title=_("Users"),
    one=_("User"),
    rows=queries.users,
    columns=[
        link("name"),
        text("username", sort="username"),
        yes_no("is_active"),
        when("last_login", _("Last log-in")),
    ],
    filters=[flag("is_active", _("Active"))],
    search=("name", "username"),
    order=("username",),
    nav=NavItem("system", "users", 10),
    panels={
        _("Roles"): grid(
            _roles_of,
            [
                text("label", _("Role")),
                text("region"),
                day("since"),
                day("until"),
                when("revoked_at", _("Ended")),
            ],
            none=_("No role yet: this user can log in but do nothing. Assign a role."),
        )
    },
    verbs=[
        verb(actions.create_user, label=_("Add a user"), primary=True, icon="plus"),
        verb(
            actions.give_role,
            label=_("Assign a role"),
            primary=True,
            when=lambda row, user: not row.beyond and row.pk != user.id,
            initial=lambda row, user: {"since": today()},
            labels={"region": _("Region")},
        ),
        verb(actions.set_password, label=_("New password"), when=_managed),
        verb(actions.end_sessions, label=_("End all sessions"), when=_managed),
        verb(
            actions.deactivate,
            label=_("Deactivate"),
            danger=True,
            when=lambda row, user: row.is_active and not row.beyond,
        ),
        verb(
            actions.activate,
            label=_("Restore access"),
            when=lambda row, user: not row.is_active and not row.beyond,
        ),
    ],
    empty=_("There are no users yet. Add the first one."),
)

record(
    Grant,
    slug="grants",
    right="access.view",
    title=_("Assigned roles"),
    one=_("Assigned role"),
    rows=queries.grants,
    columns=[
        link("user"),
        text("label", _("Role")),
        text("region"),
        day("since"),
        day("until"),
        when("revoked_at", _("Ended")),
    ],
    filters=[flag("revoked_at__isnull", _("In force"), path="revoked_at__isnull")],
    search=("user.name", "user.username"),
    order=("-since", "id"),
    nav=NavItem("system", "key", 20),
    panels={_("Role"): [link("user"), text("label", _("Role")), text("region"), day("since"), day("until")]},
    verbs=[
        verb(
            actions.take_role,
            label=_("End the role"),
            danger=True,
            when=lambda row, user: row.revoked_at is None,
        )
    ],
    exports=True,
)

record(
    Token,
    slug="tokens",
    right="access.token",
    title=_("API tokens"),
    one=_("API token"),
    rows=lambda scope: Token.objects.filter(user_id=scope.actor_id),
    columns=[link("name"), when("created_at"), when("expires_at"), when("revoked_at")],
    search=("name",),
    order=("-created_at", "id"),
    nav=NavItem("system", "plug", 30),
    panels={_("Token"): ["name", "created_at", "expires_at", "revoked_at"]},
    verbs=[
        verb(
            actions.revoke_token,
            label=_("Revoke"),
            danger=True,
            when=lambda row, user: row.revoked_at is None,
        )
    ],
    empty=_("You have no token. Generate one for a program that acts on your behalf."),
    list_template="administration/tokens.html",
)


class TokenForm(forms.Form):
    """What a new token is for and how long it lives."""

    name = forms.CharField(
        label=_("Used by"), max_length=80, help_text=_("The program or device that will use it")
    )
    days = forms.IntegerField(
        label=_("Validity (days)"), min_value=1, max_value=actions.MOST_DAYS, initial=90
    )


def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show its secret this once."""
    need(request, "access.token")
    user = who(request)
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        fresh = new_secret()
        try:
            actions.issue_token(actor=user, at=now(), secret=fresh, **form.cleaned_data)
            secret = fresh
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, said(refusal))
    status = 422 if form.errors else 200
    return render(
        request,
        "administration/new_token.html",
        {"form": form, "secret": secret, "page_title": _("New API token")},
        status=status,
    )


page("tokens.new", path="tokens/new/", title=_("New API token"), right="access.token", view=new_token)


def _changed(row: Any, request: HttpRequest) -> Mapping[str, Any]:
    names = sorted({*row.before, *row.after})
    return {
        "changes": [(name.removesuffix("_id"), row.before.get(name), row.after.get(name)) for name in names]
    }


CHANNELS = {"web": _("Page"), "api": _("Program"), "job": _("Job"), "command": _("Command line")}
"""Words for where acts come from."""


@dataclass(frozen=True, kw_only=True)
class AboutPerson(Choice):
    """Whom acts concern: there once the address names somebody, as the page of a person does. The log itself holds no names."""

    def fields(self, model: type[Model], request: HttpRequest, scope: Scope) -> dict[str, forms.Field]:
        """The one person, by name where the reader may see it."""
        return super().fields(model, request, scope) if request.GET.get(self.name) else {}


def _whom(request: HttpRequest) -> list[tuple[str, str]]:
    text = request.GET.get("person", "")
    try:
        wanted = UUID(text)
    except ValueError:
        return []
    found = Person.objects.within(who(request).scope("registry.view")).filter(pk=wanted).first()
    return [(text, found.name if found else text[:8])]


def _channel(row: Act) -> str:
    return str(CHANNELS.get(row.channel, row.channel))


def _acts_about(person: UUID) -> str:
    return f"{reverse('acts.list')}?person={person}"


door(_("Actions about this person"), right="acts.view", icon="history", url=_acts_about)

record(
    Act,
    slug="acts",
    right="acts.view",
    title=_("Audit log"),
    one=_("Action"),
    rows=queries.acts,
    columns=[
        when("at", sort="at"),
        text("actor_name"),
        link("verb"),
        Subject(name="subject_name", label=_("What")),
        state("kind"),
        text("purpose", show=purpose_of),
        text("channel", show=_channel),
        text("address"),
    ],
    filters=[
        choice("kind"),
        choice("channel", options=CHANNELS.items()),
        AboutPerson(name="person", label=_("Person"), path="person_id", options=_whom),
        date_range("at", _("When")),
    ],
    search=("actor_name", "subject_name", "verb"),
    order=("-at", "id"),
    nav=NavItem("system", "history", 40),
    panels={
        _("Action"): [
            when("at"),
            text("actor_name"),
            text("verb"),
            text("subject_kind", _("Kind of record")),
            Subject(name="subject_name", label=_("What")),
            text("region", _("Region"), show=lambda row: full_name(row.region_id) if row.region_id else ""),
            number("rows", _("Rows")),
            text("content_hash", _("Hash of the content")),
            text("purpose", show=purpose_of),
            text("channel", show=_channel),
            text("address"),
        ],
        _("What changed"): panel("administration/changes.html", query=_changed),
    },
    empty=_("Nothing has happened here yet."),
)


_JOB: dict[str, Any] = {
    "one": _("Job"),
    "columns": [
        link("kind"),
        state("state"),
        when("created_at", sort="created_at"),
        text("progress", _("Progress"), show=lambda row: f"{row.done} / {row.total}" if row.total else ""),
        text("note", _("Note")),
        when("finished_at", _("Ended")),
    ],
    "filters": [choice("state"), choice("lane", _("Queue"))],
    "search": ("kind", "note"),
    "order": ("-created_at", "id"),
    "state": "state",
    "panels": {
        _("Job"): [
            text("kind"),
            when("created_at"),
            text(
                "progress", _("Progress"), show=lambda row: f"{row.done} / {row.total}" if row.total else ""
            ),
            text("note", _("Note")),
            number("attempts", _("Attempts")),
            when("finished_at", _("Ended")),
            text("error", _("What went wrong"), wide=True),
        ]
    },
    "verbs": [verb(actions.stop_job, label=_("Stop"), danger=True, when=lambda row, user: row.is_open)],
    "exports": False,
}
record(
    Job,
    slug="jobs",
    right="jobs.view",
    title=_("My jobs"),
    rows=queries.own_jobs,
    nav=NavItem("system", "clock", 50),
    **_JOB,
)
record(
    Job,
    main=False,
    slug="all-jobs",
    right="jobs.manage",
    title=_("All jobs"),
    rows=queries.all_jobs,
    nav=NavItem("system", "clock", 60),
    **_JOB,
)

__all__ = ["TokenForm", "home", "new_token", "notices"]
