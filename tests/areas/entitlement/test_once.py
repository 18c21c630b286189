"""What is granted once in a year or a lifetime is not granted again, whoever asks."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from tests.areas.entitlement.conftest import Elder
from tests.areas.entitlement.test_entitling import Office

from songhe.engines.access.api import SYSTEM
from songhe.engines.policies.api import load_pack

pytestmark = pytest.mark.django_db
POLICY = """
document: {code: new-year, number: n, title: {en: New Year, zh: 春节慰问}, issuer: {en: I, zh: 局}, effective: 2025-01-01,
  region: '371000000000', source: made up}
clauses: {'1': {en: Once a year, zh: 每年一次}, '2': {en: Once, zh: 一次}}
facts:
  birth: {kind: date, en: Birth, zh: 出生日期, bring: {en: Identity card, zh: 居民身份证}}
parameters:
  gift: {en: Gift, zh: 慰问金, unit: fen, values: [{value: 20000, clause: '1'}]}
  welcome: {en: Welcome, zh: 一次性补贴, unit: fen, values: [{value: 5000, clause: '2'}]}
rules:
  - {code: gift_of_the_year, en: Gift, zh: 慰问金, unit: fen, grants: true, once_per: year, expr: gift, clause: '1'}
  - {code: welcome_gift, en: Welcome, zh: 一次性补贴, unit: fen, grants: true, once_per: lifetime, expr: welcome, clause: '2'}
examples:
  - {name: first, facts: {gift_of_the_year__received: 0, welcome_gift__received: 0}, expect: {gift_of_the_year: 20000, welcome_gift: 5000}}
  - {name: again, facts: {gift_of_the_year__received: 1, welcome_gift__received: 1}, expect: {gift_of_the_year: 0, welcome_gift: 0}}
"""


def test_once_a_year_and_once_in_a_lifetime(elder: Elder, at: datetime, tmp_path: Path) -> None:
    (tmp_path / "new-year.yaml").write_text(POLICY, encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=at)
    office, person = Office(), elder(born=date(1944, 5, 6))

    def amounts(month: str) -> dict[str, int]:
        rows = office.determined(person, month)
        return {rule: rows[rule].amount for rule in ("gift_of_the_year", "welcome_gift")}

    assert amounts("2026-10-15") == {"gift_of_the_year": 20000, "welcome_gift": 5000}
    assert amounts("2026-11-15") == {"gift_of_the_year": 20000, "welcome_gift": 5000}, (
        "nothing was approved yet"
    )
    for row in office.determined(person, "2026-10-15").values():
        if row.rule in ("gift_of_the_year", "welcome_gift"):
            office.approved(row)
    assert amounts("2026-11-15") == {"gift_of_the_year": 0, "welcome_gift": 0}
    assert amounts("2027-01-15") == {"gift_of_the_year": 20000, "welcome_gift": 0}
    assert amounts("2026-09-15") == {"gift_of_the_year": 20000, "welcome_gift": 5000}, (
        "an earlier month knows nothing of it"
    )
