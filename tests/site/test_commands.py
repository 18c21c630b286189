"""What commands do to an open installation: users, keys, lists."""

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Grant, User
from songhe.engines.acts.models import Act
from songhe.engines.policies.api import folders
from songhe.engines.regions.models import Level, Region
from songhe.engines.vault import api as vault
from songhe.engines.vault import keyring
from songhe.site.commands import acts, keys, user
from songhe.site.ground import lay

pytestmark = pytest.mark.django_db
CITY = 371000000000
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def wanted(**changes: Any) -> Namespace:
    return Namespace(
        **{"username": "zhang", "name": "张敏", "role": "administrator", "region": CITY} | changes
    )


def test_the_first_user_may_log_in_and_is_an_act(capsys: pytest.CaptureFixture[str]) -> None:
    user.create(wanted(), "a long enough word")
    made = User.objects.get(username="zhang")
    assert made.check_password("a long enough word")
    assert [(grant.role, grant.region_id) for grant in Grant.in_force(made.pk)] == [("administrator", CITY)]
    act = Act.objects.get(verb="access.grant")
    assert act.after == {"username": "zhang", "role": "administrator", "region_id": CITY}
    assert "zhang" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "word", "says"),
    [
        ({"role": None}, "a long enough word", "songhe user roles"),
        ({"role": "emperor"}, "a long enough word", "no role"),
        ({"region": 990000000000}, "a long enough word", "no region"),
        ({}, "short", "too weak"),
        ({}, "1234567890", "too weak"),
    ],
)
def test_an_unfit_user_is_refused_with_what_to_do(changes: dict[str, Any], word: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        user.create(wanted(**changes), word)
    assert not User.objects.filter(username="zhang").exists()


def test_a_new_password_ends_open_sessions() -> None:
    user.create(wanted(), "a long enough word")
    epoch = User.objects.get(username="zhang").epoch
    user.change("zhang", "another long word")
    changed = User.objects.get(username="zhang")
    assert changed.check_password("another long word")
    assert changed.epoch > epoch
    with pytest.raises(Refused, match="no user nobody"):
        user.change("nobody", "another long word")


def test_rotated_keys_seal_anew_and_open_what_was_sealed(tmp_path: Path, settings: Any) -> None:
    settings.KEY_FILE = tmp_path / "keys.json"
    keys.create(settings.KEY_FILE)
    owners = [UUID(int=number) for number in range(1, 26)]
    sealed = {}
    for owner in owners:
        vault.make_key(owner)
        sealed[owner] = vault.seal(owner, f"phone of {owner}")
    keyring.add_keys(settings.KEY_FILE)
    with pytest.raises(Refused, match=f"{len(owners)} rows were still"):
        keys.drop(settings.KEY_FILE, sum(keys.renewed()))
    assert keys.renewed() == (0, 0), "safe to repeat"
    assert [vault.reveal(owner, sealed[owner]) for owner in owners] == [
        f"phone of {owner}" for owner in owners
    ]
    keys.drop(settings.KEY_FILE, sum(keys.renewed()))
    assert vault.reveal(owners[0], sealed[owners[0]]) == f"phone of {owners[0]}", (
        "the old key is not needed any more"
    )


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    keys.create(tmp_path / "keys.json")
    before = (tmp_path / "keys.json").read_bytes()
    with pytest.raises(Refused, match="never overwritten"):
        keys.create(tmp_path / "keys.json")
    assert (tmp_path / "keys.json").read_bytes() == before


def test_an_anchor_is_read_or_refused() -> None:
    assert acts.read_anchor("12:9F3C") == (12, "9f3c")
    assert acts.read_anchor(None) is None
    with pytest.raises(Refused, match="number and hash"):
        acts.read_anchor("twelve")


def test_a_city_s_ground_is_laid_again_without_a_change() -> None:
    before = Region.objects.filter(level__gt=Level.NATION).count()
    found = lay("371000", actor=SYSTEM, at=AT)
    assert (found.regions, Region.objects.filter(level__gt=Level.NATION).count()) == (2850, before)
    assert found.policies == sum(len(list(folder.glob("*.yaml"))) for folder in folders("weihai")) > 3
    act = Act.objects.get(verb="regions.load")
    assert (act.rows, act.region_id) == (2850, CITY)


def test_a_table_of_one_s_own_is_read(tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text(
        "code,name,urban_rural\n990000000000,某省,\n990100000000,某市,\n990101000000,某区,\n",
        encoding="utf-8-sig",
    )
    assert lay("990100", actor=SYSTEM, at=AT, table=table).regions == 3
    assert Region.objects.get(code=990101000000).parent_id == 990100000000


@pytest.mark.parametrize(
    ("city", "content", "says"),
    [
        ("330100", None, "no region table for 330100"),
        ("Weihai", None, "no region table for Weihai"),
        ("990100", b"", "holds no row 990100"),
        ("990100", "编码,名称\n990000000000,某省\n".encode("gb18030"), "cannot be read"),
        ("990100", b"code,name,urban_rural\nabc,x,\n", "cannot be read"),
        ("990100", b"code,name,urban_rural\n990101000000,x,\n", "holds no row 990100"),
        ("990100", b"code,name,urban_rural\n990100000000,x,\n", "lies in 990000000000, which has no row"),
        ("371000", b"code,name,urban_rural\n990000000000,x,\n", "holds no row 371000"),
    ],
)
def test_an_unfit_table_is_refused_by_name(
    tmp_path: Path, city: str, content: bytes | None, says: str
) -> None:
    table = tmp_path / "own.csv"
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(Refused, match=says):
        lay(city, actor=SYSTEM, at=AT, table=table if content is not None else None)
    assert not Region.objects.filter(code__gte=990000000000).exists()
