"""Tags of homes on screen, and their sheets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.api import door
from songhe.areas.visits import actions, queries
from songhe.areas.visits.models import HomeTag
from songhe.areas.visits.screens.common import person
from songhe.core.refusal import Refused
from songhe.engines.acts.api import record_read
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import flag, link, panel, record, region, region_filter, state, text, verb, when
from songhe.kit.who import who

PRINT = "visits.print_tag"


def _state(row: HomeTag) -> str:
    return "in_force" if row.in_force else "revoked"


def _state_name(row: HomeTag) -> str:
    return str(_("In force") if row.in_force else _("Has been revoked"))


def _in_force(row: HomeTag, user: Any) -> bool:
    return row.in_force


def _narrow(rows: Any, yes: bool) -> Any:
    return rows.filter(revoked_at=None) if yes else rows.exclude(revoked_at=None)


def _sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sheet of a tag as a PDF file; printing is logged, since whoever has the token can prove to be there."""
    from songhe.areas.visits.papers import sheet  # loads a large library, which few requests need

    user, at = who(request), now()
    tag = HomeTag.objects.take(pk, user.scope("visits.tag"))
    if not tag.in_force:
        raise Refused("revoked", "This tag was revoked already. Look at the list of tags.")
    record_read(PRINT, tag, actor=user, at=at, purpose="print")
    name = queries.person_names([tag.person_id]).get(tag.person_id, "")
    body = sheet(tag, name, request.build_absolute_uri(reverse("visits.today")), at=at)
    heads = {"Content-Disposition": f'inline; filename="home-tag-{tag.pk}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=heads)


tag_sheet = page(
    "visits.tag_sheet",
    path="home-tags/<uuid:pk>/sheet/",
    title=_("Home tag"),
    right="visits.tag",
    view=_sheet,
)
tags = record(
    HomeTag,
    slug="home-tags",
    right="visits.tag",
    title=_("Home tags"),
    one=_("Home tag"),
    columns=[
        link("issued_at", _("Issued at"), show=str, sort="issued_at"),
        person(),
        region("region"),
        text("issued_by"),
        state(
            "state",
            _("State"),
            show=_state,
            label_of=_state_name,
            tones={"in_force": "ok", "revoked": "muted"},
        ),
    ],
    filters=[region_filter(), flag("in_force", _("In force"), narrow=_narrow)],
    order=("-issued_at", "id"),
    panels={
        _("Tag to print"): panel(
            "visits/tag.html", query=lambda row, request: {"tag": row}, when=lambda row: row.in_force
        ),
        _("Home tag"): [
            person(),
            region("region"),
            when("issued_at"),
            text("issued_by"),
            when("revoked_at", optional=True),
            text("revoked_by", optional=True),
            text("reason", optional=True),
        ],
    },
    verbs=[
        verb(actions.issue_tag, label=_("Issue a tag"), icon="tag"),
        verb(actions.replace_tag, label=_("Replace the tag"), icon="refresh", when=_in_force),
        verb(actions.revoke_tag, label=_("Revoke the tag"), danger=True, when=_in_force),
    ],
    nav=NavItem("service", "tag", 60),
    empty=_("No home has a tag yet. Issue one and print its sheet."),
)
door(
    _("Home tag"),
    right="visits.tag",
    icon="tag",
    url=lambda person_id: f"{reverse('home-tags.do', args=['issue_tag'])}?person={person_id}",
)
