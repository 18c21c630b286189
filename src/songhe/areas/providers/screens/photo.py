"""Public photos of sites, open to everybody."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.models import Photo, State
from songhe.core.refusal import Hidden
from songhe.engines.access.api import elevated
from songhe.engines.vault.api import content
from songhe.engines.vault.models import Attachment
from songhe.kit.pages import page


def photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """A picture that was made public, of a site that operates; nothing else is told apart from nothing."""
    with elevated():  # a visitor's scope is none; what is public is public for everybody
        found = Photo.everywhere.filter(pk=key, public=True, facility__state=State.ACTIVE).first()
        kept = Attachment.everywhere.filter(pk=found.attachment_id).first() if found else None
        if kept is None or not kept.media_type.startswith("image/"):
            raise Hidden("no_photo", "There is no such photo. It may have been taken down.")
        body = content(kept)
    return HttpResponse(
        body,
        content_type=kept.media_type,
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "public, max-age=3600",
        },
    )


page("providers.photo", path="places/photo/<uuid:key>/", title=_("Photo"), public=True, view=photo)
