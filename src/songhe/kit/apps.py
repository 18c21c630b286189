"""Loads every area's ``screens`` module once the models are ready, so that the registry is whole."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KitConfig(AppConfig):
    """The kit as a Django app."""

    name = "songhe.kit"

    def ready(self) -> None:
        """Import the screens; a wrong spec stops the start and names itself."""
        from songhe.kit.spec import check_all

        autodiscover_modules("screens")
        check_all()
