"""Peers that run beside, each in a process of its own, so that short tasks can be measured in turn."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.bench.rules.peers.environments import interpreter

HERE = Path(__file__).parent


class Peer:
    """One process with a scene."""

    def __init__(self, name: str, scene: Path) -> None:
        python = interpreter(name)
        if python is None:
            raise RuntimeError(f"{name} cannot be installed")
        self.process = subprocess.Popen(
            [str(python), str(HERE / f"{name}_peer.py"), str(scene)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, verb: str, **asked: Any) -> float:
        """Let it do something; how long it says that it took."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"verb": verb, **asked}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith('{"seconds"'):
                return float(json.loads(line)["seconds"])
        raise RuntimeError(f"{verb}: the peer has ended")

    def peak(self) -> int:
        """Megabytes that it held at most."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
        return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()
