"""After a new search key everybody is still found: each table's hashes are made anew from what is sealed."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import BinaryField
from tests import make
from tests.areas.assessment import samples as assessment_samples
from tests.areas.grid import samples as grid_samples
from tests.areas.hotline import samples as hotline_samples
from tests.areas.lines import samples as lines_samples
from tests.areas.payments import paid_samples

from songhe.areas.assessment.models import Unregistered
from songhe.areas.grid.api import Helper
from songhe.areas.hotline.models import Call, Nuisance
from songhe.areas.lines.models import Session
from songhe.areas.payments.models import Payee
from songhe.engines.vault import rotate

pytestmark = pytest.mark.django_db
TABLES: dict[str, tuple[str, type[Any], str]] = {
    "grid.helpers": ("helpers", Helper, "phone_hash"),
    "hotline.calls": ("calls", Call, "number_hash"),
    "hotline.nuisance": ("nuisance-numbers", Nuisance, "number_hash"),
    "payments.payees": ("payees", Payee, "account_hash"),
    "assessment.strangers": ("national-strangers", Unregistered, "id_number_hash"),
    "lines.sessions": ("line-calls", Session, "number_hash"),
}
SHORT = {
    "notices.Notice.number_hash": "a message waits for its answer some days",
    "devices.Finding.address_hash": "counted within the hour",
}
MADE = (assessment_samples, grid_samples, hotline_samples, lines_samples, paid_samples)
"""Whatever makes rows of these tables."""
REGISTRY = {"registry.Person", "registry.Contact"}  # tests of the registry


@pytest.mark.parametrize("name", TABLES)
def test_hashes_are_made_anew_from_what_is_sealed_and_only_once(name: str) -> None:
    slug, model, column = TABLES[name]
    make.SAMPLES[slug](3, make.village())
    rows, old = model.everywhere.all(), b"0" * 16
    many = rows.update(**{column: old})
    found = []
    for _turn in range(2):
        assert sum(changed for _seen, changed in rotate._REHASHES[name]()) == many
        found.append({row.pk: bytes(getattr(row, column)) for row in rows})
        assert sum(changed for _seen, changed in rotate._REHASHES[name]()) == 0
        rows.update(**{column: old})
    assert found[0] == found[1]
    assert many == len(found[0]) == 3
    assert old not in found[0].values()


def test_every_search_hash_is_made_anew_or_lives_too_briefly() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and field.name.endswith("_hash") and field.max_length == 16
    }
    covered = {f"{model._meta.label}.{column}" for _slug, model, column in TABLES.values()} | SHORT.keys()
    assert {one for one in found - covered if one.rpartition(".")[0] not in REGISTRY} == set()
