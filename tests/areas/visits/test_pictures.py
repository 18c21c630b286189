"""Where a person no longer agrees to pictures, none are asked for, taken or lacking."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.areas.providers import made as providers
from tests.areas.visits import made

from songhe.areas.registry.models import Consent
from songhe.areas.visits import actions
from songhe.areas.visits.models import PaidBy, Visit
from songhe.engines.access.api import SYSTEM
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db
CLEANING = "0106"
"""A service whose proof is a picture."""


def phone_of(town: made.Town) -> Client:
    client = town.client("worker", town.worker)
    client.cookies["django_language"] = "en"
    return client


def at_the_door(town: made.Town) -> Visit:
    """A visit for cleaning at which the worker has arrived."""
    made.at_any_hour(town)
    town.worker = providers.worker(town.organisation, "home", lon=122.4215, lat=37.1612, name="于保洁")
    made.at_any_hour(town)
    visit = made.visit(town, item=CLEANING, paid_by=PaidBy.SELF)
    start = timezone.now().replace(second=0, microsecond=0)
    Visit.everywhere.filter(pk=visit.pk).update(
        starts_at=start, ends_at=start + (visit.ends_at - visit.starts_at)
    )
    visit.refresh_from_db()
    return actions.check_in(visit, actor=SYSTEM, at=timezone.now())


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(out, "PNG")
    return SimpleUploadedFile("a.png", out.getvalue(), "image/png")


def left(visit: Visit) -> list[str]:
    """The flags of the visit once the worker has left."""
    return actions.check_out(visit, actor=SYSTEM, at=timezone.now() + (visit.ends_at - visit.starts_at)).flags


@pytest.mark.parametrize("asked_before", [False, True])
def test_a_no_to_pictures_stops_them(asked_before: bool) -> None:
    town = made.town()
    visit, phone = at_the_door(town), phone_of(town)
    assert "Save the picture" in phone.get("/today/").content.decode()
    office = town.client("village_officer", region=town.person.region_id)
    url = f"/people/{town.person.pk}/"
    if asked_before:
        day = timezone.localdate().isoformat()
        given = office.post(f"{url}consent/", {"kinds": ["picture"], "given_on": day})
        assert given.status_code == 302, given.content.decode()
    assert office.post(f"{url}withdraw_consent/", {"kind": "picture"}).status_code == 302
    assert Consent.everywhere.get(kind="picture").withdrawn_on == timezone.localdate()
    page = phone.get("/today/").content.decode()
    assert "Save the picture" not in page
    assert "Take a picture" not in page
    assert "does not agree to pictures any more" in page
    refused = phone.post(f"/visits/{visit.pk}/add_photo/", {"photo": picture()})
    assert refused.status_code == 422
    assert "have it confirmed instead" in refused.content.decode()
    assert not Attachment.everywhere.exists()
    assert "no_photo" not in left(visit)


def test_without_a_no_a_picture_is_kept_and_a_missing_one_is_told() -> None:
    town = made.town()
    visit = at_the_door(town)
    assert "no_photo" in left(visit)
    assert phone_of(town).post(f"/visits/{visit.pk}/add_photo/", {"photo": picture()}).status_code == 302
    visit.refresh_from_db()
    assert (visit.photos, "no_photo" in visit.flags) == (1, False)
