"""Who asks, in which language, inside which scope; and the headers of every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from songhe.core.refusal import Refused
from songhe.engines.access.address import address_of
from songhe.engines.access.login import user_of, user_of_token
from songhe.engines.access.models import User
from songhe.engines.access.scope import Scope, entered
from songhe.engines.acts.api import Origin, from_origin
from songhe.kit.away import away, gone
from songhe.kit.clock import now
from songhe.kit.refusals import refused
from songhe.kit.who import read_by

Next = Callable[[HttpRequest], HttpResponseBase]

API = "/api/"
OPEN_PATHS = (API, "/static/", "/health")
"""Below these the views look after their own authentication."""

CSP = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


class Nobody:
    """A visitor who has not logged in."""

    pk = id = None
    name = username = ""
    is_authenticated = False
    is_active = False
    grants_in_force: tuple[Any, ...] = ()

    def may(self, right: str) -> bool:
        """Nothing."""
        return False

    def scope(self, right: str | None = None) -> Scope:
        """Nowhere."""
        return Scope.NOTHING


class LanguageMiddleware:
    """The language of the cookie, else the installation's own; browsers are not asked."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _name in settings.LANGUAGES}
        with translation.override(wanted if wanted in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class ScopeMiddleware:
    """Enters the user's scope for the whole request: one transaction, undone when the answer is a fault."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self._answered(request)
        except (OperationalError, InterfaceError) as fault:
            if not gone(fault):
                raise
            return away(request)

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        _without_nul(request)
        user = _who(request)
        request.user = user or Nobody()  # type: ignore[assignment]
        request.at = now()  # type: ignore[attr-defined]
        scope = user.scope() if user else Scope.NOTHING
        origin = Origin("api" if request.path.startswith(API) else "web", address_of(request))
        with from_origin(origin), entered(scope), read_by(request.user):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return _with_headers(response, personal=user is not None)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Send visitors to the log-in page unless the view is open to all."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if request.path.startswith(OPEN_PATHS):
            return None
        if request.headers.get("HX-Request") or request.headers.get("Accept") == "application/json":
            return HttpResponse(status=401, headers={"HX-Redirect": reverse("login")})
        query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return redirect(f"{reverse('login')}?{query}")

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """An expected failure becomes a page that says what, why and what to do."""
        if isinstance(fault, Refused) and not request.path.startswith(API):
            return refused(request, fault)
        return None


def _who(request: HttpRequest) -> User | None:
    """The user of the session; below /api/ only that of the token, so that no other site can borrow a session."""
    if not request.path.startswith(API):
        return user_of(request.session)
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return user_of_token(secret.strip(), at=now()) if kind.lower() == "bearer" else None


def _with_headers(response: HttpResponseBase, *, personal: bool) -> HttpResponseBase:
    extra: dict[str, str] = getattr(settings, "CSP_EXTRA", {})
    policy = "; ".join(f"{name} {value} {extra.get(name, '')}".rstrip() for name, value in CSP.items())
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(self)")
    if personal:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _without_nul(request: HttpRequest) -> None:
    """Leave NUL out of a page's query: no browser sends it, no text here can hold it. Programs are told of it."""
    if "%00" in request.META["QUERY_STRING"] and not request.path.startswith(API):
        query = request.GET.copy()
        for name, words in request.GET.lists():
            query.setlist(name, [one.replace("\0", "") for one in words])
        request.GET = query  # type: ignore[assignment]
