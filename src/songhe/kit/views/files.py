"""Attachments, opened only for those who may see the row they belong to."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from songhe.core.refusal import Hidden
from songhe.engines.acts.api import record_read
from songhe.engines.vault.api import content
from songhe.engines.vault.models import Attachment
from songhe.kit.clock import now
from songhe.kit.pages import FILE_GUARDS
from songhe.kit.who import who


def attachment(request: HttpRequest, pk: UUID, size: str) -> HttpResponse:
    """The file, or its thumbnail (``size`` small). Opening a file of a person is logged; a thumbnail is not."""
    user = who(request)
    found = Attachment.objects.take(pk, user.scope())
    if not all(guard(found, user) for guard in FILE_GUARDS):
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=Attachment._meta.verbose_name,
        )
    small = size == "small"
    if found.person_id and not small:
        record_read("attachment.open", found, actor=user, at=now(), purpose=found.name)
    is_shown = found.media_type.startswith(("image/", "audio/"))
    reply = HttpResponse(
        content(found, thumbnail=small), content_type="image/jpeg" if small else found.media_type
    )
    kind = "inline" if is_shown else "attachment"
    reply.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(found.name)}"
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return reply
