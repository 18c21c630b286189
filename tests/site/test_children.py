"""Child processes: started again when they fall, given up when they keep falling, all ended at the end."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from songhe.site import children
from songhe.site.children import Children
from songhe.site.postgres import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FALL = [sys.executable, "-c", "raise SystemExit(3)"]


def soon(condition: object, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_child_that_keeps_falling_ends_the_whole() -> None:
    said: list[str] = []
    family = Children({"steady": SLEEP, "weak": FALL}, say=said.append)
    steady: list[int] = []
    watcher = threading.Thread(
        target=lambda: (
            soon(lambda: "steady" in family.running) and steady.append(family.running["steady"].pid)
        )
    )
    watcher.start()
    assert family.serve() == 1
    watcher.join()
    assert len(said) == children.FALLS
    assert "status 3" in said[0]
    assert not processes.alive(steady[0]), "the steady one was ended too"


def test_a_fallen_child_is_started_again_and_ctrl_c_ends_all(tmp_path: Path) -> None:
    program = tmp_path / "family.py"
    program.write_text(
        "import sys\nfrom songhe.site.children import Children\n"
        f"family = Children({{'one': {SLEEP!r}, 'two': {SLEEP!r}}}, say=lambda text: print(text, flush=True))\n"
        "raise SystemExit(family.serve())\n"
    )
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as parent:
        assert soon(lambda: len(offspring(parent.pid)) == 2)
        first = offspring(parent.pid)
        os.kill(first[0], signal.SIGKILL)
        assert parent.stdout is not None
        assert "starting it again" in parent.stdout.readline()
        assert soon(lambda: len(offspring(parent.pid)) == 2 and first[0] not in offspring(parent.pid))
        last = offspring(parent.pid)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(timeout=20) == 0
    assert not any(processes.alive(pid) for pid in last)


def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    program = tmp_path / "family.py"
    program.write_text(f"from songhe.site.children import Children\nChildren({{'one': {SLEEP!r}}}).serve()\n")
    with subprocess.Popen([sys.executable, str(program)]) as parent:
        assert soon(lambda: len(offspring(parent.pid)) == 1)
        orphan = offspring(parent.pid)[0]
        parent.kill()
    assert soon(lambda: not processes.alive(orphan))


def offspring(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def test_the_others_wait_for_the_one_that_goes_first() -> None:
    family = Children({"late": SLEEP, "web": SLEEP, "later": SLEEP}, say=lambda _text: None)
    seen: list[list[str]] = []

    def tick() -> bool:
        seen.append(sorted(family.running))
        family.asked = len(seen) > 2
        return len(seen) > 1

    assert family.serve(tick=tick, first="web") == 0
    assert seen == [["web"], ["web"], ["late", "later", "web"]]
    assert family.running == {}
