"""Service kinds and the circle's minutes, read from the data files once."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.providers.models import FUNCTIONS
from songhe.areas.providers.rules.services import Circle, ServiceKind, build_circle, build_kinds
from songhe.core.sources import read


@lru_cache(maxsize=1)
def service_kinds() -> dict[str, ServiceKind]:
    """What people look for, by code, in the order of the data file."""
    path = settings.DATA / "nation/service_kinds.yaml"
    source = read(path.read_text(encoding="utf-8"), name=path.name)
    return build_kinds(source.data, [code for code, _label in FUNCTIONS])


@lru_cache(maxsize=8)
def circle(city: str | None = None) -> Circle:
    """Within how many minutes of the home a service should be: the city's own profile, else the nation's."""
    own = settings.DATA / "cities" / (city or settings.CITY) / "circle.yaml"
    path = own if own.exists() else settings.DATA / "nation/circle.yaml"
    return build_circle(read(path.read_text(encoding="utf-8"), name=path.name).data, list(service_kinds()))


def services_of(does: set[str]) -> list[ServiceKind]:
    """The services that a site of these kinds gives."""
    return [kind for kind in service_kinds().values() if kind.given_by(does)]
