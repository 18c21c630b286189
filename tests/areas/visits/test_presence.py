"""Proving to be at the home: by place, by a tag, or by a code that the person is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.areas.visits import made

from songhe.areas.visits import actions
from songhe.areas.visits.models import HomeTag, Visit, VisitState
from songhe.areas.visits.presence import LENGTH, digest_of, door_code, new_token
from songhe.core.refusal import Refused
from songhe.core.visiting import read_code, read_token, shown_code
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.vault.api import reveal

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def tagged(town: made.Town) -> str:
    """A tag at the town's person's home; its token."""
    tag = actions.issue_tag(actor=SYSTEM, at=timezone.now(), person=town.person)
    return reveal(tag.person_id, tag.token_sealed)


def arrive(visit: Visit, phone: Client, *, replayed: bool = False, **form: str) -> int:
    values = dict(form)
    if replayed:
        values |= {"_key": "k", "_at": (timezone.now() - timedelta(minutes=1)).isoformat()}
    answer = phone.post(f"/visits/{visit.pk}/check_in/", values, headers=JSON)
    visit.refresh_from_db()
    return answer.status_code


@given(st.text(max_size=500))
def test_any_text_is_read_as_a_token_or_code(said: str) -> None:
    assert len(read_token(said)) <= 400
    assert set(read_code(said)) <= set("0123456789")


def test_a_token_is_read_however_it_is_brought() -> None:
    token = new_token()
    assert len(token) == LENGTH
    for said in (token, token.upper(), f"https://songhe.example/today/?tag={token}", f" {token} "):
        assert read_token(said) == token
    assert read_token(shown_code(token)) == token[:8]
    assert read_token("O0-IL1") == "00111"
    assert read_code("12 34－56") == "123456"
    assert read_code("１２３") == "123"


def test_a_tag_proves_the_arrival_where_the_phone_has_no_place() -> None:
    town = made.town()
    token = tagged(town)
    phone = town.client("worker", town.worker)
    visit = made.under_way(town)
    page = phone.get(f"/today/?tag={token}").content.decode()
    assert f'value="{token}"' in page
    assert digest_of(token).hex()[:16] in phone.get("/today/").content.decode(), "known without network"
    assert arrive(visit, phone, tag=token) == 200
    assert (visit.state, visit.arrival_by, visit.flags) == (VisitState.ARRIVED, "tag", [])
    assert visit.arrival_tag_id == HomeTag.everywhere.get().pk
    short = made.under_way(town_two := made.town())
    code = shown_code(tagged(town_two)).lower()
    assert arrive(short, town_two.client("worker", town_two.worker), tag=code, replayed=True) == 200
    assert short.arrival_by == "tag"


def test_a_picture_of_a_tag_scanned_elsewhere_is_still_far_from_the_home() -> None:
    town = made.town()
    token = tagged(town)
    visit = made.under_way(town)
    far = {"lon": "122.5", "lat": "37.2", "accuracy": "20"}
    assert arrive(visit, town.client("worker", town.worker), tag=token, **far) == 200
    assert "far" in visit.flags


@pytest.mark.parametrize("which", ["foreign", "replaced", "made_up"])
def test_a_wrong_tag_is_refused_at_the_door_and_flagged_afterwards(which: str) -> None:
    town = made.town()
    token = tagged(town)
    if which == "replaced":
        actions.replace_tag(HomeTag.everywhere.get(), actor=SYSTEM, at=timezone.now(), reason="被撕")
    if which == "foreign":
        token = tagged(made.Town(town.organisation, town.worker, town.second, made.person("邻居")))
    if which == "made_up":
        token = "0" * 26
    visit = made.under_way(town)
    phone = town.client("worker", town.worker)
    assert arrive(visit, phone, tag=token) == 422
    assert visit.state == VisitState.PLANNED
    assert arrive(visit, phone, tag=token, replayed=True) == 200, "nothing a phone kept is lost"
    assert "wrong_tag" in visit.flags
    assert visit.arrival_by == "none"


def test_a_code_told_to_the_person_proves_one_visit_alone() -> None:
    town = made.town()
    visit = made.under_way(town)
    agent, phone = town.client("hotline_agent"), town.client("worker", town.worker)
    code = door_code(town.person.pk, visit.pk)
    assert code in agent.get(f"/visits/{visit.pk}/").content.decode()
    assert Act.objects.filter(verb="visits.read_code", subject_id=visit.pk).exists()
    assert code not in phone.get(f"/visits/{visit.pk}/").content.decode()
    assert code not in phone.get("/today/").content.decode()
    assert arrive(visit, phone, code=code) == 200
    assert (visit.arrival_by, visit.flags) == ("code", [])
    again = made.under_way(made.town())
    other = made.Town(town.organisation, town.worker, town.second, again.person)
    assert door_code(other.person.pk, again.pk) != code
    own = Client()
    own = made.providers.client_of(other.user("worker", again.worker))
    assert arrive(again, own, code=code) == 200
    assert "wrong_code" in again.flags, "one guess, and it is seen"


def test_tags_are_issued_replaced_and_revoked_with_their_history() -> None:
    town = made.town()
    village = town.client("village_officer", region=made.make.village())
    form = {"person": str(town.person.pk)}
    assert village.post("/home-tags/do/issue_tag/", form).status_code == 302
    tag = HomeTag.everywhere.get()
    assert village.post("/home-tags/do/issue_tag/", form).status_code == 422, "one at a time"
    sheet = village.get(f"/home-tags/{tag.pk}/sheet/")
    assert sheet.content.startswith(b"%PDF-")
    assert Act.objects.filter(verb="visits.print_tag", subject_id=tag.pk).exists()
    assert village.post(f"/home-tags/{tag.pk}/replace_tag/", {"reason": ""}).status_code == 422
    assert village.post(f"/home-tags/{tag.pk}/replace_tag/", {"reason": "被撕"}).status_code == 302
    tag.refresh_from_db()
    assert (tag.in_force, tag.reason) == (False, "被撕")
    assert village.get(f"/home-tags/{tag.pk}/sheet/").status_code == 422
    assert HomeTag.everywhere.count() == 2
    with pytest.raises(Refused, match="revoked already"):
        actions.revoke_tag(tag, actor=SYSTEM, at=timezone.now(), reason="再撤")
    assert town.client("dispatcher", town.rival).get(f"/home-tags/{tag.pk}/").status_code == 404
    assert town.client("worker", town.worker).get("/home-tags/").status_code == 403
    token = reveal(tag.person_id, tag.token_sealed)
    assert token not in str(list(Act.objects.values_list("before", "after")))
