"""Machine code kept in a folder is run only when it is ours and whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from songhe.site.kernels import Folder

CODE = b"code of a kernel" * 100


def test_what_was_put_is_given_back(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "kernels")
    assert folder.get("one") is None
    folder.put("one", CODE)
    assert Folder(tmp_path / "kernels").get("one") == CODE
    assert folder.get("other") is None
    assert [file.name for file in (tmp_path / "kernels").iterdir()] == ["one"]
    assert (tmp_path / "kernels").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("spoil", [lambda kept: kept[:-1], lambda kept: kept[:-1] + b"x", lambda kept: b""])
def test_what_was_cut_off_or_changed_is_not_run(tmp_path: Path, spoil: object) -> None:
    folder = Folder(tmp_path / "kernels")
    folder.put("one", CODE)
    file = tmp_path / "kernels" / "one"
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]
    assert folder.get("one") is None


def test_a_folder_that_others_may_write_to_is_left_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "kernels")
    folder.put("one", CODE)
    (tmp_path / "kernels").chmod(0o770)
    assert folder.get("one") is None
    folder.put("two", CODE)
    assert not (tmp_path / "kernels" / "two").exists()


def test_a_link_to_a_folder_is_left_alone(tmp_path: Path) -> None:
    Folder(tmp_path / "real").put("one", CODE)
    (tmp_path / "kernels").symlink_to(tmp_path / "real")
    assert Folder(tmp_path / "kernels").get("one") is None


def test_a_place_that_cannot_be_written_to_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Folder(tmp_path / "file" / "kernels").put("one", CODE)
    Folder(tmp_path / "no" / "such" / "kernels").put("one", CODE)
    assert Folder(tmp_path / "no" / "such" / "kernels").get("one") is None
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
