"""The API itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from songhe.kit.rest.problems import answer_problems
from songhe.kit.rest.records import add_records


class Bearer(HttpBearer):
    """The user of the token, as the middleware found it."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The user, or None."""
        return request.user if request.user.is_authenticated else None


class Api(NinjaAPI):
    """Describing some hundreds of records and verbs takes seconds: it is done once for each language."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._described: dict[tuple[str | None, str], OpenAPISchema] = {}

    def get_openapi_schema(self, **ways: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        key = (get_language(), repr(ways))
        if key not in self._described:
            self._described[key] = super().get_openapi_schema(**ways)
        return self._described[key]


def build() -> NinjaAPI:
    """The API over every registered record; call it once the screens are loaded."""
    api = Api(
        title="Songhe",
        version="1",
        description="Records and actions of a city's elderly care. Money in fen, time in minutes, regions as 12-digit codes.",
        auth=Bearer(),
        urls_namespace="api",
        docs_url="/docs",
        openapi_url="/openapi.json",
    )
    answer_problems(api)
    add_records(api)
    return api
