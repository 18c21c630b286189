"""Run the parts of a served installation as child processes: start, restart what falls, stop all by number."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

FALLS = 5
WINDOW_SECONDS = 60.0
PATIENCE_SECONDS = 15.0
WAIT_SECONDS = 30.0
"""How long the others wait for the one that goes first."""


class Children:
    """Named child processes. One that falls is started again; one that keeps falling ends the whole."""

    def __init__(self, commands: Mapping[str, Sequence[str]], *, say: Callable[[str], None] = print) -> None:
        self.commands = dict(commands)
        self.say = say
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.falls: dict[str, list[float]] = {name: [] for name in commands}
        self.asked = False

    def serve(self, *, tick: Callable[[], object] = lambda: True, first: str = "") -> int:
        """Run until a signal asks to stop (0) or a child keeps falling (1). `tick` is called five times a second; where a child
        goes ``first``, the others wait until it says that all is well."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            waiting = [name for name in self.commands if first and name != first]
            for name in [name for name in self.commands if name not in waiting]:
                self._start(name)
            late = time.monotonic() + WAIT_SECONDS
            while not self.asked:
                if not self._tend():
                    return 1
                if (tick() or time.monotonic() > late) and waiting:
                    for name in waiting:
                        self._start(name)
                    waiting = []
                time.sleep(0.2)
            return 0
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Ask every child to end, then kill what has not after the patience runs out."""
        for child in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for child in self.running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.running.clear()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def _start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(
            list(self.commands[name]),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us alone; we end the children in order
            preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509  two system calls; this process has no threads
        )

    def _tend(self) -> bool:
        for name, child in list(self.running.items()):
            if child.poll() is None:
                continue
            now = time.monotonic()
            self.falls[name] = [at for at in self.falls[name] if now - at < WINDOW_SECONDS] + [now]
            if len(self.falls[name]) >= FALLS:
                self.say(f"{name} ended {FALLS} times within a minute (status {child.returncode}); stopping.")
                return False
            self.say(f"{name} ended with status {child.returncode}; starting it again.")
            self._start(name)
        return True


def _end_with(parent: int) -> Callable[[], None] | None:
    """Return what a child runs first on Linux: ask the kernel to end it should its parent be killed."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def first() -> None:
        libc.prctl(1, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return first
