"""The hash of a picture: 128 bits of which neighbouring pixel is brighter, so that size and compression change little."""

from __future__ import annotations

import io
from datetime import datetime
from uuid import UUID

from PIL import Image, ImageStat

from songhe.areas.verification.models import Picture
from songhe.areas.verification.rules.alike import bands
from songhe.areas.visits.api import Signing, Visit
from songhe.engines.vault.api import content
from songhe.engines.vault.models import Attachment

SIDE = 8
FLAT = 6
"""A picture whose brightness spreads less (of 255) is dark or blank and looks like any other."""


def hash_of(body: bytes) -> int | None:
    """The 128 bits of a picture's bytes; None where it shows nothing."""
    with Image.open(io.BytesIO(body)) as picture:
        grey = picture.convert("L")
    if ImageStat.Stat(grey).stddev[0] < FLAT:
        return None
    wide = grey.resize((SIDE + 1, SIDE), Image.Resampling.LANCZOS).tobytes()
    tall = grey.resize((SIDE, SIDE + 1), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for y in range(SIDE):
        for x in range(SIDE):
            bits = bits << 1 | (wide[y * (SIDE + 1) + x] < wide[y * (SIDE + 1) + x + 1])
    for at in range(SIDE * SIDE):
        bits = bits << 1 | (tall[at] < tall[at + SIDE])
    return bits


def hash_pictures(visits: dict[UUID, Visit], *, at: datetime) -> int:
    """Hash the pictures of visits that have none yet; returns how many. Thumbprints are no pictures."""
    rows = Attachment.everywhere.filter(about_id__in=list(visits), media_type__startswith="image/")
    rows = rows.exclude(name=Signing.THUMBPRINT)
    known = Picture.everywhere.filter(visit_id__in=list(visits)).values_list("attachment_id", flat=True)
    fresh = [_picture(row, visits[row.about_id], at) for row in rows.exclude(pk__in=list(known))]
    made = [row for row in fresh if row is not None]
    Picture.everywhere.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _picture(row: Attachment, visit: Visit, at: datetime) -> Picture | None:
    body = content(row, thumbnail=True)
    bits = hash_of(body) if body else None
    if bits is None:
        return None
    return Picture(
        attachment_id=row.pk,
        visit_id=visit.pk,
        organisation_id=visit.organisation_id,
        region_id=visit.region_id,
        bits=UUID(int=bits),
        bands=list(bands(bits)),
        added_at=at,
    )
