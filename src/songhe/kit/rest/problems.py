"""Errors as problem documents (RFC 9457): what, why, what to do, and a stable code."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from songhe.core.refusal import Refused
from songhe.kit.refusals import TITLES, said, status_of

MEDIA_TYPE = "application/problem+json"


class Fault(Schema):
    """One input at fault."""

    field: str
    message: str


class Invalid(Exception):
    """Input that cannot be used, found where the work must be left at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


class Problem(Schema):
    """A problem document."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    rule: str | None = None
    errors: list[Fault] = []


def problem(status: int, code: str, title: str, detail: str, **more: Any) -> HttpResponse:
    """The answer for something that did not work."""
    body = Problem(title=title, status=status, detail=detail, code=code, **more)
    return JsonResponse(body.model_dump(), status=status, content_type=MEDIA_TYPE)


def of_refusal(refusal: Refused) -> HttpResponse:
    """The problem document of an expected failure."""
    status = 409 if refusal.code == "key_reused" else status_of(refusal)
    title = str(TITLES.get(status, gettext("Not possible")))
    return problem(status, refusal.code, title, said(refusal), field=refusal.field, rule=refusal.rule)


def of_faults(faults: list[Fault]) -> HttpResponse:
    """The problem document of input that cannot be used."""
    detail = gettext("Some of the input cannot be used. Correct the fields named and send it again.")
    return problem(422, "invalid", gettext("Not possible"), detail, errors=faults)


def answer_problems(api: NinjaAPI) -> None:
    """Let the API answer every expected failure with a problem document."""

    @api.exception_handler(Refused)
    def _refused(request: HttpRequest, fault: Refused) -> HttpResponse:
        return of_refusal(fault)

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        return of_faults([Fault(field=_named(e["loc"]), message=_safe(e["msg"])) for e in fault.errors])

    @api.exception_handler(Invalid)
    def _unusable(request: HttpRequest, fault: Invalid) -> HttpResponse:
        return of_faults(fault.faults)

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, fault: Http404) -> HttpResponse:
        return problem(404, "not_found", gettext("Not found"), gettext("There is nothing at this address."))

    @api.exception_handler(AuthenticationError)
    def _unknown(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
        detail = gettext(
            "Send a valid token: “Authorization: Bearer …”. Tokens are generated under “API tokens”."
        )
        reply = problem(401, "no_token", gettext("Not logged in"), detail)
        reply.headers["WWW-Authenticate"] = "Bearer"
        return reply

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, fault: HttpError) -> HttpResponse:
        detail = gettext("The request cannot be read. Send JSON in UTF-8.")
        return problem(fault.status_code, "bad_request", gettext("Not possible"), detail)


def _named(place: tuple[object, ...]) -> str:
    """The field at fault, without the part of the request and the parameter that holds the body."""
    return ".".join(map(str, place[2:] if place[0] == "body" else place[1:]))


def _safe(text: object) -> str:
    return str(text).encode("utf-8", "replace").decode()[:300]
