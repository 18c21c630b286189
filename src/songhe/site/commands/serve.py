"""Serve this installation: the pages, a worker for everything that happens in the background, and on wish the gateway.

Listens on this machine only, unless --host says otherwise. Ctrl-C stops everything that this command started.
"""

import argparse
import socket
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.children import Children
from songhe.site.commands import gateway
from songhe.site.env import env, flag
from songhe.site.installation import Installation, opened

GROUP = "start"
PORT = 8600
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=PORT, help="port to listen on (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (default: %(default)s)")
    parser.add_argument(
        "--gateway", action=argparse.BooleanOptionalAction, default=env("SONGHE_GATEWAY", False, flag),
        help="also hear devices over MQTT (default: SONGHE_GATEWAY, else no); with TLS run `songhe gateway` by itself",
    )  # fmt: skip
    parser.add_argument(
        "--gateway-port", type=int, default=env("SONGHE_GATEWAY_PORT", gateway.PORT, int),
        help="port on which devices are heard (default: %(default)s)",
    )  # fmt: skip


def run(options: Any) -> int:
    """Serve until stopped."""
    free(options.host, options.port)
    if options.gateway:
        free(options.host, options.gateway_port, option="--gateway-port")
    with opened() as here:
        prepare(here, public=options.host not in LOOPBACK)
        return serve(options)


def serve(options: Any, *, first: str = "") -> int:
    """Run the web server, the worker and perhaps the gateway of an installation that is open and prepared, one of them first."""
    free(options.host, options.port)
    own = [sys.executable, "-m", "songhe.site.cli"]
    parts = {"web": web(options), "worker": [*own, "work"]}
    if options.gateway:
        free(options.host, options.gateway_port, option="--gateway-port")
        parts["gateway"] = [*own, "gateway", "--host", options.host, "--port", str(options.gateway_port)]
    family = Children(parts)
    return family.serve(tick=Announcement(options.host, options.port), first=first)


def prepare(here: Installation, *, public: bool, made_up: bool = False) -> None:
    """Bring a fresh database to its tables, collect static files, and refuse to serve what is not safe. What is ``made_up`` is
    brought to this version's tables without asking: nobody has anything in it to lose."""
    from django.core.management import call_command

    from songhe.site.commands import check, migrate
    from songhe.site.safety.tables import unmigrated

    if migrate.is_empty(here) or (made_up and unmigrated()):
        migrate.apart()
    faults = [fault for fault in check.faults(public=public) if fault.stops]
    if faults:
        raise Refused(
            "serve.unsafe",
            "This installation is not safe to serve:\n{faults}",
            faults="\n".join(f"  {fault}" for fault in faults),
        )
    call_command("collectstatic", interactive=False, verbosity=0)


class Announcement:
    """Print the address once, as soon as somebody answers there."""

    def __init__(self, host: str, port: int) -> None:
        self.place = (host, port)
        self.made = False

    def __call__(self) -> bool:
        """Look, and print when it is so; whether it is."""
        if not self.made and self._answers():
            host, port = self.place
            print(f"Songhe is at http://{host}:{port}/  (Ctrl-C stops it)", flush=True)
            self.made = True
        return self.made

    def _answers(self) -> bool:
        """A page, and not only a port that will have one."""
        line = HTTPConnection(*self.place, timeout=0.5)
        try:
            line.request("HEAD", "/health")
            return line.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, HTTPException):
            return False
        finally:
            line.close()


def web(options: Any) -> list[str]:
    """Return the command line of the web server."""
    from django.conf import settings

    return [
        *(sys.executable, "-m", "granian", "songhe.site.asgi:application", "--interface", "asginl"),
        *("--host", options.host, "--port", str(options.port), "--workers", str(options.workers)),
        *(
            "--static-path-route",
            settings.STATIC_URL.rstrip("/"),
            "--static-path-mount",
            str(settings.STATIC_ROOT),
        ),
        *("--log-level", "warning", "--respawn-failed-workers", "--no-ws", "--working-dir", "/"),
    ]


def free(host: str, port: int, *, option: str = "--port") -> None:
    """Refuse a port that something else listens on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        raise Refused(
            "serve.port",
            "Port {port} of {host} cannot be used ({why}). Choose another: songhe serve {option} {other}",
            port=port,
            host=host,
            why=error.strerror or str(error),
            option=option,
            other=port + 1,
        ) from error
