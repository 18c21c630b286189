"""Files of a site's file: scans of papers and contracts, photos; sealed with a data key of the site's own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.register import filed, open_site, recount
from songhe.areas.providers.actions.words import words
from songhe.areas.providers.models import Facility, Photo
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.kit.fields import Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

SCAN = Field(label=_("Scan or photo"), accept="image/*,application/pdf")
MOST = 20  # photos of a site


def _photos(facility: Facility | None, user: object) -> list[tuple[str, str]]:
    rows = Photo.everywhere.filter(facility=facility).order_by("added_at")
    return [(str(row.pk), row.caption or f"{row.added_at:%Y-%m-%d}") for row in rows]


Which = Annotated[str, Field(label=_("Photo"), choices=_photos)]


def keep_file(
    file: Upload | None, facility: Facility, *, about: UUID, actor: Actor, at: datetime
) -> UUID | None:
    """Keep a file about a row of the site's file; None where there is none."""
    if file is None:
        return None
    make_key(facility.pk)
    place = Place(facility.pk, about, facility.region_id, holder_id=facility.organisation_id)
    return take_in(file, name=str(file.name or "file"), place=place, actor_id=actor.id, at=at).pk


@act("providers.edit")
def add_photo(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    file: Annotated[Upload, Field(label=_("Photo"), accept="image/*")],
    caption: Annotated[str, Field(label=_("Caption"), size=120)] = "",
    public: Annotated[bool, Field(label=_("Show it to the public"))] = False,
    face: Annotated[bool, Field(label=_("Cover photo"))] = False,
) -> Facility:
    """Add a picture of the site; hidden data such as the place of the camera is taken out."""
    open_site(facility)
    if Photo.everywhere.filter(facility=facility).count() >= MOST:
        raise Refused(
            "enough_photos", "A site keeps {most} photos. Remove one first.", field="file", most=MOST
        )
    row = Photo(caption=words(caption, field="caption", most=120), public=public, added_at=at)
    kept = keep_file(file, facility, about=row.pk, actor=actor, at=at)
    assert kept is not None
    row.attachment_id = kept
    row.face = face or not Photo.everywhere.filter(facility=facility, face=True).exists()
    if row.face:
        Photo.everywhere.filter(facility=facility, face=True).update(face=False)
    filed(facility, row).save(force_insert=True)
    add_detail(photo=str(row.pk), public=public)
    recount([facility])
    return facility


@act("providers.edit")
def show_photo(
    facility: Facility,
    *,
    actor: Actor,
    at: datetime,
    photo: Which,
    public: Annotated[bool, Field(label=_("Show it to the public"))] = False,
    face: Annotated[bool, Field(label=_("Cover photo"))] = False,
) -> Facility:
    """Decide whether the public sees a photo, and whether it is the site's face."""
    row = _photo(facility, photo)
    if face:
        Photo.everywhere.filter(facility=facility, face=True).exclude(pk=row.pk).update(face=False)
    row.public, row.face = public, face
    row.save()
    add_detail(photo=photo, public=public, face=face)
    recount([facility])
    return facility


@act("providers.edit")
def remove_photo(facility: Facility, *, actor: Actor, at: datetime, photo: Which) -> Facility:
    """Take a photo out of the file."""
    _photo(facility, photo).delete()
    add_detail(photo=photo)
    recount([facility])
    return facility


def _photo(facility: Facility, key: str) -> Photo:
    row = Photo.everywhere.filter(facility=facility, pk=key).first()
    if row is None:
        raise Refused("not_there", "The site has no such photo. Reload the page.", field="photo")
    return row
