"""Logging in and out, the user's own page, language, theme and text size."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from songhe.core.refusal import Refused
from songhe.engines.access.login import attempt, enter_session, leave_session, revoke_all, revoked_user
from songhe.engines.access.models import User
from songhe.engines.acts.api import record_write
from songhe.kit.clock import now
from songhe.kit.demo import demo_groups, demo_user
from songhe.kit.pages import PAGES
from songhe.kit.refusals import said
from songhe.kit.views.common import safe_next
from songhe.kit.who import who

YEAR = 365 * 24 * 3600


class LoginForm(forms.Form):
    """Log-in name and password."""

    username = forms.CharField(
        label=_("Log-in name"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=256,
    )


class PasswordForm(forms.Form):
    """The old password once and the new one twice."""

    old = forms.CharField(
        label=_("Current password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; not only digits, and not a common password."),
    )
    again = forms.CharField(
        label=_("New password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check the old password, the rules for the new one, and that both new ones are the same."""
        data = super().clean() or {}
        if data.get("old") and not self.user.check_password(data["old"]):
            self.add_error("old", _("This is not your current password."))
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        if data.get("new"):
            try:
                validate_password(data["new"], self.user)
            except ValidationError as faults:
                self.add_error("new", faults)
        return data


@login_not_required
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; in a demonstration it offers one-click log-ins by role."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request) or "home")
    form = LoginForm(request.POST or None, label_suffix="")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = attempt(request, **form.cleaned_data, at=now())
                return _welcome(request, user)
            except Refused as refusal:
                form.add_error(None, said(refusal))
    context = {
        "form": form,
        "next": safe_next(request),
        "groups": demo_groups() if settings.DEMO else [],
        "revoked": revoked_user(request.session),
        "doors": [found for found in PAGES.values() if found.door],
    }
    return render(request, "kit/login.html", context, status=status)


@login_not_required
@require_POST
def demo_log_in(request: HttpRequest) -> HttpResponse:
    """Enter as one of the demonstration's invented users; not there outside a demonstration."""
    user = demo_user(request.POST.get("user", "")) if settings.DEMO else None
    if user is None:
        raise Http404
    enter_session(request, user, at=now())
    return _welcome(request, user)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    leave_session(request)
    return redirect("login")


def me(request: HttpRequest) -> HttpResponse:
    """The user's own page: roles and areas, display, password."""
    user = who(request)
    form = PasswordForm(request.POST or None, user=user, label_suffix="")
    if request.method == "POST" and form.is_valid():
        user.password = make_password(form.cleaned_data["new"])
        user.save(update_fields=["password"])
        at = now()
        record_write(
            "access.own_password", user, actor=user, at=at, after={"tokens": revoke_all(user, at=at)}
        )
        enter_session(request, user, at=at)
        messages.success(
            request,
            gettext(
                "Your password is changed. Other devices are logged out, and your API tokens are revoked."
            ),
        )
        return redirect("me")
    return render(request, "kit/me.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep language, theme or text size in a cookie and go back."""
    response = redirect(safe_next(request) or "home")
    language = request.POST.get("language", "")
    if language in {code for code, _name in settings.LANGUAGES}:
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
        if who(request).is_authenticated:
            User.objects.filter(pk=who(request).pk).update(language=language)
    if request.POST.get("theme") in ("auto", "light", "dark"):
        _keep(response, "theme", request.POST["theme"])
    if request.POST.get("large") in ("0", "1"):
        _keep(response, "large", request.POST["large"])
    return response


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    response = redirect(safe_next(request) or "home")
    if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _keep(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
