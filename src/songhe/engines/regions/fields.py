"""The columns that hold codes of regions: a recoding finds them by their class."""

from __future__ import annotations

from typing import Any

from django.db import models


def region_field(**options: Any) -> models.ForeignKey[Any, Any]:
    """A foreign key to a region; the column holds the 12-digit code."""
    return models.ForeignKey("regions.Region", models.PROTECT, related_name="+", **options)


class _Plain(models.BigIntegerField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A number to migrations, like any other."""

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, options


class CodeField(_Plain):
    """A region's code without a foreign key."""


class UpperField(_Plain):
    """The first code behind the row's ``region``."""
