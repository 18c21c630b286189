"""Rongcheng's officers at their drafts of policies."""

from __future__ import annotations

from calendar import isleap
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in

from songhe.engines.access.api import SYSTEM, User
from songhe.engines.policies.api import PolicyDraft, PolicyVersion, holding, load_pack
from songhe.kit.clock import now, today

LUNCH = "rongcheng-free-lunch"
CHANGES = ("write", "head", "set_value", "add_value", "set_case", "set_expected", "approve")
PACK = settings.DATA / "cities/weihai/policies"


class Office:
    """Rongcheng's officers, the city's and a neighbour's, over Weihai's policies."""

    def __init__(self) -> None:
        load_pack(PACK, actor=SYSTEM, at=now())
        self.users: dict[str, User] = {
            "officer": make.user("county_officer", make.COUNTY, name="陈静"),
            "colleague": make.user("county_officer", make.COUNTY, name="王敏"),
            "city": make.user("city_officer", make.CITY, name="李伟"),
            "neighbour": make.user("county_officer", make.OTHER_COUNTY, name="赵刚"),
        }
        year = today().year + 1
        self.start = date(year + isleap(year), 1, 1)  # examples of a February wait for one of the same length

    def __getattr__(self, name: str) -> Client:
        return signed_in(self.users[name])

    @property
    def version(self) -> PolicyVersion:
        found = holding(LUNCH, today())
        assert found is not None
        return found

    def copied(self, **given: Any) -> PolicyDraft:
        """A draft that the officer copied from the lunch in force."""
        form = {"effective": self.start.isoformat(), "number": "荣民发〔2027〕1号", **given}
        answer = self.officer.post(f"/policies/{self.version.pk}/copy/", form)
        assert answer.status_code == 302, answer.content.decode()
        return self.at(answer.headers["Location"])

    def at(self, address: str) -> PolicyDraft:
        return PolicyDraft.everywhere.get(pk=address.split("/")[2])

    def checked(self, text: str = "") -> PolicyDraft:
        """A draft that passed the check."""
        draft = self.copied()
        done(self.officer, draft, "write", text=text or draft.text, check="on")
        assert draft.state == "checked", draft.report["problems"]
        return draft


def tried(client: Client, draft: PolicyDraft, verb: str, **form: Any) -> Any:
    """A verb of a draft as somebody sends it who has just opened its page."""
    draft.refresh_from_db()
    given = {"revision": draft.revision} | form if verb in CHANGES else form
    answer = client.post(f"/policy-drafts/{draft.pk}/{verb}/", given)
    draft.refresh_from_db()
    return answer


def done(client: Client, draft: PolicyDraft, verb: str, **form: Any) -> None:
    answer = tried(client, draft, verb, **form)
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def page(client: Client, draft: PolicyDraft) -> str:
    answer = client.get(f"/policy-drafts/{draft.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def sent(office: Office, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile("policy.yaml", content, "text/yaml")
    return office.officer.post("/policy-drafts/do/start/", {"region": make.COUNTY, "file": file, **more})
