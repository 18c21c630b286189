"""The door through which providers report: receipts and answers, signed, as often as they like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from songhe.edges.notices.configured import address, signed
from songhe.edges.notices.wire import SIGNATURE, TIME, is_signed
from songhe.engines.notices.api import Receipt, Reply, answer, receive

LARGEST = 256 * 1024
MOST = 1_000
WORDS = 4_000
"""Signs of what somebody wrote or a provider noted; what is longer than is kept is cut, and keeps no other report waiting."""


@csrf_exempt
@login_not_required
@require_POST
def report(request: HttpRequest, provider: str) -> HttpResponse:
    """``{"receipts": [{"id" or "reference", "delivered", "note"}], "answers": [{"id" or "number", "text"}]}``.

    401 without a good signature, 400 for what cannot be read; else how many were news.
    """
    at = timezone.now()
    try:
        body = request.body
    except RequestDataTooBig:
        return _no(413, "at most 256 kB at once")
    secret = address(provider).secret if provider in signed() else ""
    moment, said = request.headers.get(TIME, ""), request.headers.get(SIGNATURE, "")
    if not is_signed(secret, moment, body, said, now=at.timestamp()):
        return _no(401, "not signed, or not by us both within five minutes")
    if len(body) > LARGEST:
        return _no(413, "at most 256 kB at once")
    try:
        receipts, replies = _read(body)
    except (ValueError, RecursionError) as fault:
        return _no(400, str(fault)[:200])
    known = receive(provider, receipts, at=at) + answer(replies, at=at)
    return JsonResponse({"news": known})


def _no(status: int, why: str) -> JsonResponse:
    return JsonResponse({"error": why}, status=status)


def _read(body: bytes) -> tuple[list[Receipt], list[Reply]]:
    data = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("an object is wanted")  # noqa: TRY004  bad input, and no defect
    receipts = [
        Receipt(
            id=_id(row),
            reference=_text(row, "reference", 80),
            delivered=_truth(row),
            note=_text(row, "note", WORDS),
        )
        for row in _rows(data, "receipts")
    ]
    replies = [
        Reply(id=_id(row), number=_text(row, "number", 30), text=_text(row, "text", WORDS))
        for row in _rows(data, "answers")
    ]
    return receipts, replies


def _rows(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = data.get(key, [])
    if not isinstance(rows, list) or len(rows) > MOST or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{key}: a list of at most {MOST} objects is wanted")
    return rows


def _id(row: Mapping[str, Any]) -> UUID | None:
    text = _text(row, "id", 40)
    return UUID(text) if text else None


def _text(row: Mapping[str, Any], key: str, most: int) -> str:
    value = row.get(key) or ""
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(f"{key}: a text of at most {most} signs is wanted")
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def _truth(row: Mapping[str, Any]) -> bool:
    value = row.get("delivered")
    if not isinstance(value, bool):
        raise ValueError("delivered: true or false is wanted")  # noqa: TRY004  as above
    return value
