"""Large exports in the background, and forgetting them after a day."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext

from songhe.core.refusal import Forbidden
from songhe.engines.jobs.api import Work, job, periodic
from songhe.engines.vault.cipher import Key, decrypt, encrypt
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.safe import erase, make_key, open_keys
from songhe.kit import filters, paging
from songhe.kit.models import Export, ExportPart
from songhe.kit.spec import RECORDS, Record
from songhe.kit.views import exports
from songhe.kit.views.exports import head, lines_of, log_export
from songhe.kit.views.lists import narrowed

KEPT = timedelta(days=1)
CHUNK = 2_000


@job("kit.export")
def write_export(work: Work) -> dict[str, Any]:
    """Write the rows, chunk by chunk, as sealed parts; a run that begins again begins from the start."""
    export = Export.objects.get(pk=work.args["export"])
    record = RECORDS[export.slug]
    if not work.actor.may(record.export_needs):
        raise Forbidden("no_right", "Your role does not allow this. Ask your administrator for the right “{right}”.", right=record.export_needs)  # fmt: skip
    ExportPart.objects.filter(export=export).delete()
    make_key(export.pk)
    key = open_keys([export.pk])[export.pk]
    digest, count = hashlib.sha256(), 0
    with translation.override(export.language):
        for number, (rows, whole, text) in enumerate(_chunks(work, record, export)):
            body = text.encode()
            digest.update(body)
            count += rows
            sealed = _sealed(key, export.pk, zlib.compress(body))
            ExportPart.objects.create(export=export, number=number, body_sealed=sealed)
            work.step(count, min(whole, exports.MOST), _cut(whole))
    with work.entered():
        log_export(record, count=count, digest=digest.hexdigest(), actor=work.actor, at=work.at)
    return {"rows": count}


def _chunks(work: Work, record: Record, export: Export) -> Iterator[tuple[int, int, str]]:
    request = HttpRequest()
    request.GET = QueryDict(export.query)
    request.user = work.actor  # type: ignore[assignment]  # the filters ask only for the scope
    keys, cursor, count, total = paging.keys_of(record.model, record.order), "", 0, 0
    yield 0, 0, "\ufeff" + head(record)
    while count < exports.MOST:
        with work.entered():
            form = filters.bound(record.filters, record.model, request, work.actor.scope(record.right))
            rows = narrowed(record, request, form)
            total = total or rows.order_by().count()
            page = paging.take(record.joined(rows), keys, cursor, size=min(CHUNK, exports.MOST - count))
            text = lines_of(record, page.rows)
        count += len(page.rows)
        if page.rows:
            yield len(page.rows), total, text
        cursor = page.after
        if not cursor:
            return


def _cut(whole: int) -> str:
    """What the file lacks, in words; empty where it lacks nothing."""
    if whole <= exports.MOST:
        return ""
    return gettext("The first {most} of {total} rows. For the rest, narrow the list by region.").format(
        most=f"{exports.MOST:,}", total=f"{whole:,}"
    )


def content_of(export: Export) -> bytes:
    """The whole file."""
    key = open_keys([export.pk])[export.pk]
    parts = export.parts.order_by("number").values_list("body_sealed", flat=True)
    return b"".join(zlib.decompress(decrypt(key, bytes(part), about=export.pk.bytes)) for part in parts)


@periodic("kit.forget_exports", every_minutes=60)
def forget_exports(work: Work) -> dict[str, Any]:
    """Destroy the keys and rows of exports older than a day."""
    old = list(Export.objects.filter(at__lt=work.at - KEPT))
    for export in old:
        with transaction.atomic():
            erase(export.pk)
            export.delete()
    return {"forgotten": len(old)}


def _sealed(key: Key, owner: UUID, body: bytes) -> bytes:
    return encrypt(key, body, about=owner.bytes, cipher=keyring().cipher)
