"""A map sheet on paper: regions' hexes, streets, sites, legend, scale, and room for a seal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle.screens.common import look
from songhe.kit.clock import now
from songhe.kit.pages import page


def sheet(request: HttpRequest) -> HttpResponse:
    """The sheet as PDF."""
    from songhe.areas.circle.screens.paper import (
        map_sheet,
    )  # drawing papers loads a large library, which few requests need

    found = look(request)
    body = map_sheet(found, at=now())
    name = f"circle-{found.ask.kind}-{found.ask.region.code}.pdf"
    return HttpResponse(
        body, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


page("circle.sheet", path="circle/sheet.pdf", title=_("Map sheet"), right="circle.view", view=sheet)
