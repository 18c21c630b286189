"""The people of one county around an assessment, and their way from the request to the result."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.test import Client
from tests import make
from tests.kit.people import logged_in

from songhe.areas.assessment.api import Assessment
from songhe.areas.registry.api import Person
from songhe.engines.access.api import User
from songhe.engines.forms.api import form_of
from songhe.engines.vault.api import make_key


def signed_in(user: User) -> Client:
    """A browser of a user, in English."""
    client = logged_in(user)
    client.cookies["django_language"] = "en"
    return client


def an_elder(region: int, at: datetime, name: str = "王秀英") -> Person:
    """Somebody of 81."""
    made = Person(name=name, region_id=region, born=date(1945, 3, 1), created_at=at)
    make_key(made.pk)
    made.save()
    return made


def sheet_of(assessment: Assessment, **changes: Any) -> dict[str, Any]:
    """A filled form as a browser sends it: everything done alone, but for the changes."""
    assert assessment.answers is not None
    form = form_of(assessment.answers.form)
    sent: dict[str, Any] = {
        item.code: max(item.options, key=lambda option: option.score).key for item in form.items
    }
    sent |= dict.fromkeys(form.deciding, "0") | {"diagnoses": ["none"]}
    sent |= {"reason": "first", "informant": "王丽", "informant_relation": "child"}
    return (
        sent
        | {code.replace("_", "."): value for code, value in changes.items() if code.startswith("B")}
        | {code: value for code, value in changes.items() if not code.startswith("B")}
    )


class Office:
    """The people of one county around an assessment."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.village = make.village()
        self.elder = an_elder(self.village, at)
        self.officer = make.user("county_officer", make.COUNTY)
        self.nurse = make.user("assessor", make.COUNTY, name="护士")
        self.social = make.user("assessor", make.COUNTY, name="社工")
        self.desk, self.first, self.second = map(signed_in, (self.officer, self.nurse, self.social))

    def requested(self) -> Assessment:
        """A request made at the desk."""
        done = self.desk.post("/assessments/do/request/", {"person": str(self.elder.pk), "note": "来电申请"})
        assert done.status_code == 302, done.content.decode()
        return Assessment.everywhere.latest("requested_at")

    def assigned(self, row: Assessment, **changes: Any) -> Any:
        """The reply to naming both assessors."""
        given = {"first": str(self.nurse.pk), "second": str(self.social.pk), "medical": "first"} | changes
        return self.desk.post(f"/assessments/{row.pk}/assign/", given)

    def informed(self, row: Assessment, client: Client | None = None, **changes: Any) -> Any:
        """The reply to taking the signature of whoever gave the information."""
        given = {"way": "witness", "relation": "family", "name": "王丽", "witness": "李村医"} | changes
        return (client or self.first).post(f"/assessments/{row.pk}/informant_signs/", given)

    def handed_in(self, **changes: Any) -> Assessment:
        """An assessment that both may sign."""
        row = self.only_handed_in(**changes)
        reply = self.informed(row)
        assert reply.status_code == 302, reply.content.decode()
        row.refresh_from_db()
        return row

    def only_handed_in(self, **changes: Any) -> Assessment:
        """An assessment that whoever gave the information has not signed yet."""
        row = self.requested()
        assert self.assigned(row).status_code == 302
        row.refresh_from_db()
        done = self.first.post(f"/assessments/{row.pk}/form/", sheet_of(row, **changes) | {"hand_in": "1"})
        assert done.status_code == 302, done.content.decode()
        row.refresh_from_db()
        return row

    def signed(self, **changes: Any) -> Assessment:
        """An assessment with both signatures."""
        row = self.handed_in(**changes)
        for client in (self.first, self.second):
            assert client.post(f"/assessments/{row.pk}/sign/").status_code == 302
        row.refresh_from_db()
        return row

    def confirmed(self, **changes: Any) -> Assessment:
        """An assessment that is approved and waits to be delivered."""
        row = self.signed(**changes)
        assert self.desk.post(f"/assessments/{row.pk}/confirm/").status_code == 302
        row.refresh_from_db()
        return row

    def deliver(self, row: Assessment, **changes: Any) -> Any:
        """The reply to recording the delivery."""
        given = {"delivery": "in_person", "recipient": "person", "recipient_name": "王秀英"} | changes
        return self.desk.post(f"/assessments/{row.pk}/deliver/", given)

    def delivered(self, **changes: Any) -> Assessment:
        """An assessment whose result reached the person."""
        row = self.confirmed(**changes)
        reply = self.deliver(row)
        assert reply.status_code == 302, reply.content.decode()
        row.refresh_from_db()
        return row


def fresh_(row: Assessment) -> Assessment:
    """The row read again."""
    row.refresh_from_db()
    return row
