"""A provider on loopback: it takes signed messages, and may kill who sends them before it answers."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from songhe.edges.notices.wire import SIGNATURE, TIME, is_signed

SECRET = "a-secret-of-thirty-two-signs-here"


class Desk(ThreadingHTTPServer):
    """``status`` is answered; while ``to_kill`` holds a process, every ``nth`` message kills it instead."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.answer = 200, b'{"reference": "r", "delivered": true}'
        self.ids: list[str] = []
        self.bad = 0
        self.to_kill: int | None = None
        self.nth = 7
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who was killed does not wait for an answer."""


class Handler(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        desk = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            return  # whoever wrote was killed in the middle of it
        moment = self.headers.get(TIME, "")
        good = is_signed(SECRET, moment, body, self.headers.get(SIGNATURE, ""), now=float(moment or 0))
        with desk.lock:
            desk.bad += not good
            desk.ids.append(json.loads(body).get("id", ""))
            if desk.to_kill and len(desk.ids) % desk.nth == 0:
                os.kill(desk.to_kill, signal.SIGKILL)
                desk.to_kill = None
        self.send_response(desk.status)
        self.send_header("Content-Length", str(len(desk.answer)))
        self.end_headers()
        self.wfile.write(desk.answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  named by the library
        """Say nothing."""


@contextmanager
def open_desk() -> Iterator[Desk]:
    desk = Desk()
    thread = threading.Thread(target=desk.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        desk.shutdown()
        desk.server_close()
