"""The API itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import HttpBearer

from songhe.kit.rest.problems import MEDIA_TYPE, Problem, answer_problems
from songhe.kit.rest.records import add_records

FAULTS = (401, 403, 404, 422)
"""Problems that any operation may answer; what is sent again under a used key is a conflict."""


class Answer(Schema):
    """How ninja wraps an answer, here a problem."""

    response: Problem


class Bearer(HttpBearer):
    """The user of the token, as the middleware found it."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The user, or None."""
        return request.user if request.user.is_authenticated else None


class Document(OpenAPISchema):
    """What is the same in many operations is described once, and problem documents are the same in all.

    Were they named with each operation, thousands of models would be made whenever a process starts.
    """

    def __init__(self, api: NinjaAPI, path_prefix: str) -> None:
        self._known: dict[tuple[Any, bool, str], Any] = {}
        super().__init__(api, path_prefix)

    def responses(self, operation: Operation) -> dict[int, dict[str, Any]]:
        """What an operation answers, problems included."""
        schema, _required = self._create_schema_from_model(Answer, mode="serialization")
        content = {MEDIA_TYPE: {"schema": schema}}
        repeats = [409] if "POST" in operation.methods else []
        faults = {
            status: {"description": HTTPStatus(status).phrase, "content": content}
            for status in (*FAULTS, *repeats)
        }
        return super().responses(operation) | faults

    def _create_schema_from_model(
        self, model: Any, by_alias: bool = True, remove_level: bool = True, mode: Any = "validation"
    ) -> Any:
        fields = getattr(model, "model_fields", {})
        if not remove_level or [*fields] != ["response"]:
            return super()._create_schema_from_model(model, by_alias, remove_level, mode)
        key = (fields["response"].annotation, by_alias, mode)
        if key not in self._known:
            self._known[key] = super()._create_schema_from_model(model, by_alias, remove_level, mode)
        return self._known[key]


class Api(NinjaAPI):
    """Describing some hundreds of records and verbs takes seconds: it is done once for each language."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._described: dict[tuple[str | None, str], OpenAPISchema] = {}

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI document."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        key = (get_language(), prefix)
        if key not in self._described:
            self._described[key] = Document(self, prefix)
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
