"""The column by which rows are scoped."""

from __future__ import annotations

from typing import Any

from django.db import models


def region_field(**options: Any) -> models.ForeignKey[Any, Any]:
    """A foreign key to a region; the column holds the 12-digit code."""
    return models.ForeignKey("regions.Region", models.PROTECT, related_name="+", **options)
