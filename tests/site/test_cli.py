"""The command line: helpful, grouped, and honest about what went wrong."""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from songhe.core.refusal import Refused
from songhe.site import cli
from songhe.site.commands import devices, serve
from songhe.site.postgres import Temporary


def test_the_overview_names_every_command_in_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    page = capsys.readouterr().out
    for name in cli.names():
        assert f"  {name} " in page
    for title in cli.GROUPS.values():
        assert f"{title}:" in page


@pytest.mark.parametrize("name", cli.names())
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = cli.load(name)
    assert command.GROUP in cli.GROUPS
    assert len(cli.summary(command)) > 15
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])
    assert end.value.code == 0
    assert f"songhe {name}" in capsys.readouterr().out


def test_a_mistyped_command_gets_a_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bakup"]) == 2
    assert "Did you mean “backup”?" in capsys.readouterr().err


def test_a_taken_port_is_refused_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"--port {port + 1}"):
            serve.free("127.0.0.1", port)


@pytest.mark.parametrize(
    ("language", "says"), [("zh_CN.UTF-8", "无法建立目录"), ("en_US.UTF-8", "cannot be made")]
)
def test_a_refusal_speaks_the_terminals_language(
    language: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("SONGHE_HOME", "/proc/nowhere")
    assert cli.main(["backup"]) == 2
    assert says in capsys.readouterr().err


def test_a_database_that_was_not_made_ready_says_what_to_run(cluster: Temporary, key_file: Path) -> None:
    cluster.create_database("songhe_bare")
    there = {"DATABASE_URL": cluster.dsn("songhe_app", "songhe_bare"), "SONGHE_KEY_FILE": str(key_file)}
    done = subprocess.run(
        [sys.executable, "-m", "songhe.site.cli", "devices", "press", "B0001"],
        env={**os.environ, **there, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    cluster.drop_database("songhe_bare")
    assert done.returncode == 2, done.stderr
    assert "Run: songhe migrate" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["舞蹈", "=1+1", "", "dance"])
def test_a_device_says_only_what_devices_can_say(kind: str) -> None:
    with pytest.raises(Refused) as refused:
        devices.press(argparse.Namespace(kind=kind, number=""), devices.directly)
    assert refused.value.code == "signal_unknown" and "sos" in str(refused.value)
