"""All addresses: the screens, the API, signs of life."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from songhe.edges.notices import hooks
from songhe.kit.rest.api import build


def health(request: HttpRequest) -> HttpResponse:
    """The web server answers and reaches the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("health", health, name="health"),
    path("api/v1/", build().urls),
    path("hooks/notices/<slug:provider>/", hooks.report, name="hooks.notices"),
    path("ingest/", include("songhe.edges.gateway.urls")),
    path("cityline/", include("songhe.edges.cityline.urls")),
    path("telephony/", include("songhe.edges.telephony.urls")),
    path("", include("songhe.kit.urls")),
]
