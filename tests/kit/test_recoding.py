"""One of everything is made in two villages, and one village is merged into the other: nothing is left under the old code but
what tells of it as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from tests import make

from songhe.areas.administration.recoded_tables import tables
from songhe.areas.administration.recoding import apply, preview
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.regions.fields import CodeField
from songhe.engines.regions.models import Recode, Region
from songhe.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SOMEBODYS = {"tokens", "jobs", "all-jobs", "places"}
"""Samples that lie in no region, and the regions themselves."""
ON = date(2026, 11, 1)


def fill(region: int) -> None:
    """One of everything in a region, as far as another region has not got what there can be only once."""
    for slug in sorted(make.SAMPLES.keys() - SOMEBODYS):
        try:
            with transaction.atomic():
                make.SAMPLES[slug](1, region)
        except (IntegrityError, Refused):
            assert region != make.village(), slug


def places() -> list[tuple[type[models.Model], str]]:
    """Every column of every model that holds a code."""
    return [
        (model, one.attname)
        for model in apps.get_models()
        if model is not Region
        for one in model._meta.local_concrete_fields
        if one.related_model is Region or isinstance(one, CodeField)
    ]


def held(code: int) -> dict[str, int]:
    """How many rows of each table hold a code in any column."""
    found: dict[str, set[Any]] = {}
    for model, column in places():
        keys = model._base_manager.filter(**{column: code}).values_list("pk", flat=True)
        found.setdefault(model._meta.label, set()).update(keys)
    return {label: len(keys) for label, keys in found.items() if keys}


def test_a_merge_leaves_nothing_under_the_old_code_but_what_tells_of_it() -> None:
    new, old = make.village(), make.village(nth=1)
    fill(new)
    fill(old)
    before = held(old)
    assert len(before) > 120, "the samples reach most tables"
    recode = Recode.objects.create(old=old, new=new, on=ON, kind="merge", source="test")
    at = now()
    counted = preview(recode, on=at.date())
    report = apply(recode, on=at.date(), actor=SYSTEM, at=at)

    def told(one: Any) -> list[tuple[str, int, int]]:
        return [(row.table.model._meta.label, row.moved, row.stays) for row in one.outcomes]

    left = {label: stays for label, _moved, stays in told(report) if stays}
    assert held(old) == left
    kept = {table.model._meta.label for table in tables() if table.kept}
    assert {label for label in left if label in kept} <= kept
    assert sum(left.values()) < sum(before.values()) / 4
    assert "registry.Person" not in left and "access.Grant" not in left and "registry.PersonToken" not in left
    assert told(counted) == told(report), "what was counted is what is done"
    acts = {act.subject_kind: act for act in Act.objects.filter(verb="regions.recode")}
    moved = {label.lower(): count for label, count, _stays in told(report) if count}
    assert {kind: act.rows for kind, act in acts.items()} == moved | {"regions.region": 1}
    assert all(len(act.content_hash) == 64 and act.region_id == new for act in acts.values())

    again = apply(recode, on=at.date(), actor=SYSTEM, at=at)
    assert (again.moved, again.regions) == (0, 0)
    assert Act.objects.filter(verb="regions.recode").count() == len(acts), "a repeat is no act"
