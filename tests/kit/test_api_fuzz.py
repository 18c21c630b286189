"""Every operation of the API under made-up input, fitting its description and not: an answer, and never a defect of ours."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from tests import make
from tests.kit.test_conformance import every, samples
from tests.kit.test_rest import Program

from songhe.engines.access.api import roles
from songhe.engines.access.models import User
from songhe.kit.spec import Record

pytestmark = [pytest.mark.django_db, pytest.mark.long]
EXAMPLES = 8
DOCUMENT = "/api/v1/openapi.json"


@cache
def document() -> str:
    """The API's own description, fetched once for each process."""
    return Program(make.user("administrator")).get(DOCUMENT).content.decode()


def everything() -> User:
    """Somebody to whom all doors of a county are open, so that input gets as far as it can."""
    user = None
    for code in [role.code for role in roles().values() if role.relation == "all"]:
        if user is None:
            user = make.user(code, make.COUNTY)
        else:
            make.grant(user, code, make.COUNTY)
    assert user is not None
    return user


@every
def test_no_input_is_a_defect(record: Record) -> None:
    row = samples(record, 1)[0]
    program = Program(everything())
    known = json.loads(document())
    mine = f"/api/v1/{record.slug}"
    known["paths"] = {
        path: what for path, what in known["paths"].items() if path == mine or path.startswith(mine + "/")
    }
    assert known["paths"], record.slug
    for found in schemathesis.openapi.from_dict(known).get_all_operations():
        _tried(found.ok(), program, str(row.pk))


def _tried(operation: Any, program: Client, key: str) -> None:
    own = {"path_parameters": {"pk": key}} if "{pk}" in operation.path else {}
    cases = st.one_of(*(operation.as_strategy(mode, **own) for mode in GenerationMode))

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def answered(case: Case) -> None:
        with transaction.atomic():
            answer = _sent(program, case)
            transaction.set_rollback(True)
        assert answer.status_code < 500, (case.method, case.formatted_path, case.query, case.body)

    answered()


def _sent(program: Client, case: Case) -> Any:
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool | None) else ""
    return program.generic(
        case.method,
        case.formatted_path,
        body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        query_params={name: str(value) for name, value in (case.query or {}).items()},
    )
