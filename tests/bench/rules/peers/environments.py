"""The peers' own virtual environments, under .cache/peers: their code (AGPL) is installed there and nowhere else.

`python -m tests.bench.rules.peers.environments` makes what is missing. Songhe never imports them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).resolve().parents[4] / ".cache"
HOME, TOOLS = CACHE / "peers", CACHE / "tools" / "bin"
PINS = {
    "access": ("access==1.1.10.post3", "numpy==2.4.6", "pandas==3.1.1", "scipy==1.17.1"),
    "pandana": ("pandana==0.8", "numpy==2.4.6", "pandas==3.1.1"),
    "openfisca": ("openfisca-core==46.0.1", "numpy==2.4.6", "numexpr==2.14.2"),
    "policyengine": ("policyengine-core==3.33.12", "numpy==2.4.6", "numexpr==2.14.2", "pandas==3.1.1"),
    "ttsim": (
        "ttsim-backend==1.3.2",
        "dags==0.6.0",
        "numpy==2.4.6",
        "numpy-groupies==0.16.0",
        "pandas==3.1.1",
    ),
}


def interpreter(peer: str) -> Path | None:
    """The peer's Python; None when its environment cannot be made, which is told."""
    home = HOME / peer
    mark, python = home / "pins", home / "bin" / "python"
    wanted = "\n".join(PINS[peer])
    if mark.exists() and mark.read_text() == wanted:
        return python
    shutil.rmtree(home, ignore_errors=True)
    for command in _commands(home, python, PINS[peer]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{peer} is left out, its environment cannot be made: {done.stderr.strip()[-500:]}")
            return None
    mark.write_text(wanted)
    return python


def _commands(home: Path, python: Path, pins: tuple[str, ...]) -> list[list[str]]:
    uv = shutil.which("uv", path=f"{TOOLS}:{os.environ.get('PATH', '')}")
    if uv:
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, str(home)],
            [uv, "pip", "install", "--quiet", "--python", str(python), *pins],
        ]
    return [
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pins],
    ]


if __name__ == "__main__":
    for name in PINS:
        print(name, interpreter(name))
