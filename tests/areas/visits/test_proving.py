"""At the home: tasks, values, a spoken note, a confirmation; and what is not any of these."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from tests.areas.visits import made

from songhe.areas.visits.models import Visit, Vital
from songhe.engines.acts.models import Act
from songhe.engines.vault.models import Attachment

pytestmark = [pytest.mark.django_db, pytest.mark.long]

WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"A_OPUS" * 40
SIGNED = "M100 200," + ",".join(f"L{100 + n} {200 - n}" for n in range(20))


def there(town: made.Town, item: str = "0103") -> tuple[Visit, Client]:
    """A visit at which the worker has arrived."""
    visit = made.under_way(town)
    Visit.everywhere.filter(pk=visit.pk).update(item=item)
    phone = town.client("worker", town.worker)
    here = {"lon": "122.4211", "lat": "37.1611", "accuracy": "15"}
    assert phone.post(f"/visits/{visit.pk}/check_in/", here).status_code == 302
    visit.refresh_from_db()
    return visit, phone


def file(body: bytes, name: str) -> io.BytesIO:
    out = io.BytesIO(body)
    out.name = name
    return out


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return file(out.getvalue(), "thumb.jpg")


def post(phone: Client, visit: Visit, verb: str, **form: Any) -> int:
    return phone.post(f"/visits/{visit.pk}/{verb}/", form).status_code


def test_tasks_are_ticked_and_shown_to_the_office() -> None:
    town = made.town()
    visit, phone = there(town)
    assert "室温合适" in phone.get("/today/").content.decode()
    assert post(phone, visit, "tick_tasks", tasks=["warm", "bath"]) == 302
    assert post(phone, visit, "tick_tasks", tasks=["bath", "skin", "warm"]) == 302
    visit.refresh_from_db()
    assert visit.tasks == ["warm", "bath", "skin"], "in the order of the list"
    assert post(phone, visit, "tick_tasks", tasks=["fly"]) == 422
    office = town.client("dispatcher", town.organisation)
    assert "3/4" in office.get(f"/visits/{visit.pk}/").content.decode()
    assert post(town.client("worker", town.second), visit, "tick_tasks", tasks=["bath"]) == 404


def test_values_are_sealed_and_those_outside_wait_for_the_organisation() -> None:
    town = made.town()
    visit, phone = there(town, "0302")
    assert post(phone, visit, "take_vitals", systolic="128", diastolic="80") == 302
    assert post(phone, visit, "take_vitals", systolic="182", diastolic="104", temperature="36.8") == 302
    inside, beyond = Vital.everywhere.order_by("received_at")
    assert (inside.is_outside, beyond.is_outside) == (False, True)
    assert beyond.values == {"systolic": 182, "diastolic": 104, "temperature": 368}
    assert b"182" not in bytes(beyond.values_sealed)
    told = str(list(Act.objects.values_list("after", flat=True)))
    assert not re.search(r"(?<![0-9a-f-])182(?![0-9a-f-])", told), "keys may hold the digits, words may not"
    assert "收缩压 182 mmHg" in phone.get("/today/").content.decode(), "the next one minds it"
    office = town.client("dispatcher", town.organisation)
    assert "刘长河" in office.get("/").content.decode()
    page = office.get(f"/vitals/{beyond.pk}/").content.decode()
    assert "182 mmHg 高于 160 mmHg" in page
    assert Act.objects.filter(verb="visits.read_vitals", subject_id=beyond.pk).exists()
    done = {"note": "已电话告知女儿，建议就医"}
    assert office.post(f"/vitals/{beyond.pk}/handle_vitals/", {"note": ""}).status_code == 422
    assert office.post(f"/vitals/{beyond.pk}/handle_vitals/", done).status_code == 302
    assert office.post(f"/vitals/{beyond.pk}/handle_vitals/", done).status_code == 422
    rival = town.client("dispatcher", town.rival)
    assert rival.get(f"/vitals/{beyond.pk}/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"systolic": "-120"},
        {"pulse": "999"},
        {"systolic": "90", "diastolic": "120"},
        {"temperature": "36.55"},
        {"spo2": "101"},
        {"glucose": "\0"},
        {"pulse": "1" * 500},
    ],
)
def test_values_that_cannot_be_are_refused(form: dict[str, str]) -> None:
    visit, phone = there(made.town())
    assert post(phone, visit, "take_vitals", **form) == 422
    assert not Vital.everywhere.exists()


def test_a_spoken_note_is_kept_sealed_and_heard_by_those_who_may() -> None:
    town = made.town()
    visit, phone = there(town)
    assert post(phone, visit, "add_voice", voice=file(WEBM, "voice.webm"), dialect="威海话") == 302
    visit.refresh_from_db()
    kept = Attachment.everywhere.get(about_id=visit.pk)
    assert (visit.voices, kept.media_type, kept.name) == (1, "audio/webm", "威海话")
    assert b"OPUS" not in bytes(kept.body_sealed)
    office = town.client("dispatcher", town.organisation)
    heard = office.get(f"/files/{kept.pk}/full/")
    assert (heard.content, heard.headers["Content-Type"]) == (WEBM, "audio/webm")
    assert "<audio" in office.get(f"/visits/{visit.pk}/").content.decode()
    assert town.client("dispatcher", town.rival).get(f"/files/{kept.pk}/full/").status_code == 404


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (WEBM[:4] + b"\0" * 5 * 2**20, "huge.webm"),
        (b"<script>alert(1)</script>", "voice.webm"),
        (b"%PDF-1.7 not a sound", "voice.webm"),
        (WEBM + b"V_VP8", "film.webm"),
        (b"\0\0\0\x20ftypisom" + b"\0" * 60 + b"vide", "film.mp4"),
        (b"", "empty.webm"),
        (b"RIFF\0\0\0\0WAVE", "wave.wav"),
    ],
)
def test_what_is_no_spoken_note_is_refused(body: bytes, name: str) -> None:
    visit, phone = there(made.town())
    assert post(phone, visit, "add_voice", voice=file(body, name)) == 422
    assert not Attachment.everywhere.exists()


def test_the_person_confirms_by_signature_thumbprint_or_a_witness() -> None:
    town = made.town()
    office = town.client("dispatcher", town.organisation)
    visit, phone = there(town)
    assert post(phone, visit, "confirm", how="signature", path=SIGNED) == 302
    visit.refresh_from_db()
    assert visit.confirmation["path"].startswith("M100 200L100 200")
    assert b"M100" not in bytes(visit.confirm_sealed)
    assert "M100 200L100 200" in office.get(f"/visits/{visit.pk}/").content.decode()
    assert post(phone, visit, "confirm", how="thumbprint", thumbprint=picture()) == 302
    assert post(phone, visit, "confirm", how="witness", witness="邻居王大妈", relation="neighbour") == 302
    visit.refresh_from_db()
    assert visit.confirmation == {"witness": "邻居王大妈", "relation": "neighbour"}
    page = office.get(f"/visits/{visit.pk}/").content.decode()
    assert "邻居王大妈" in page
    assert "邻居" in page


@pytest.mark.parametrize(
    "form",
    [
        {"how": "signature"},
        {"how": "signature", "path": 'M1 1"/><script>'},
        {"how": "thumbprint"},
        {"how": "witness", "witness": "王"},
        {"how": "witness", "relation": "neighbour"},
        {"how": "witness", "witness": "王", "relation": "cousin"},
        {"how": "wink"},
        {},
    ],
)
def test_what_confirms_nothing_is_refused(form: dict[str, str]) -> None:
    visit, phone = there(made.town())
    assert post(phone, visit, "confirm", **form) == 422
    visit.refresh_from_db()
    assert visit.confirmed_by == ""


def test_what_a_service_asks_for_is_flagged_until_it_is_there() -> None:
    town = made.town()
    visit, phone = there(town, "0302")
    assert post(phone, visit, "check_out") == 302
    visit.refresh_from_db()
    assert {"no_note", "no_vitals"} <= set(visit.flags)
    assert post(phone, visit, "take_vitals", pulse="72") == 302
    assert post(phone, visit, "add_voice", voice=file(WEBM, "voice.webm")) == 302
    visit.refresh_from_db()
    assert not {"no_note", "no_vitals"} & set(visit.flags), "a spoken note is a note"
    retrofit, phone = there(made.town(), "0702")
    assert post(phone, retrofit, "check_out") == 302
    retrofit.refresh_from_db()
    assert "no_signature" in retrofit.flags


def test_nothing_is_added_before_the_arrival() -> None:
    town = made.town()
    visit = made.under_way(town)
    phone = town.client("worker", town.worker)
    for verb, form in (
        ("tick_tasks", {"tasks": ["bath"]}),
        ("take_vitals", {"pulse": "72"}),
        ("confirm", {"how": "signature", "path": SIGNED}),
        ("add_voice", {"voice": file(WEBM, "voice.webm")}),
    ):
        assert post(phone, visit, verb, **form) == 422
