"""Hear what devices say over MQTT; a receipt means that the message is on disk.

Listens on this machine only, unless --host says otherwise. `source` makes the secret of a platform that hands in messages
over HTTP: `songhe gateway source acme --kind signed --region 371000000000`.
"""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from songhe.core.refusal import Refused
from songhe.edges.gateway.limits import Limits
from songhe.site.installation import opened

GROUP = "start"
PORT, TLS_PORT = 1883, 8883
SPARE_FILES = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", nargs="?", choices=("serve", "source", "close"), default="serve")
    parser.add_argument("code", nargs="?", help="of the source to make, renew or close")
    parser.add_argument("--kind", choices=("signed", "traccar"), default="signed", help="of the source")
    parser.add_argument("--region", type=int, help="whose devices the source may speak for")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, help=f"port (default: {PORT}, with a certificate {TLS_PORT})")
    parser.add_argument("--cert", type=Path, help="certificate (PEM) for TLS")
    parser.add_argument("--key", type=Path, help="its private key (PEM)")
    parser.add_argument("--rate", type=float, help="messages a second that one device may send for long")
    parser.add_argument("--burst", type=int, help="messages that it may send at once")
    parser.add_argument(
        "--bridge", metavar="URL", help="also hear telemetry from a broker: mqtt://name:secret@host:1883"
    )


def run(options: Any) -> int:
    """Serve until stopped, or manage sources."""
    with opened():
        if options.what == "serve":
            return serve(options)
        from django.utils import timezone

        from songhe.edges.gateway.sources import close_source, make_source
        from songhe.engines.access.api import Scope, entered

        if not options.code or (options.what == "source" and not options.region):
            raise Refused(
                "gateway.arguments", "Name the source and its region: songhe gateway source CODE --region …"
            )
        with entered(Scope.EVERYTHING):
            if options.what == "source":
                print(f"Secret: {make_source(options.code, options.kind, options.region, at=timezone.now())}")
            else:
                close_source(options.code, at=timezone.now())
    return 0


def serve(options: Any) -> int:
    """Serve until a signal asks to stop."""
    from django.utils import timezone

    from songhe.edges.gateway.bridge import Broker
    from songhe.edges.gateway.formats import formats
    from songhe.edges.gateway.hub import Hub
    from songhe.edges.gateway.process import go_first, open_files
    from songhe.edges.gateway.server import run, tls_of
    from songhe.edges.gateway.sink import Areas

    broker = Broker.of(options.bridge) if options.bridge else None
    tls = tls_of(options.cert, options.key)
    bounds = limits(options)
    open_files(bounds.connections + SPARE_FILES)
    go_first()
    hub = Hub(Areas(), formats(), clock=timezone.now, limits=bounds)

    def ready(port: int) -> None:
        print(
            f"Songhe hears devices at mqtt{'s' if tls else ''}://{options.host}:{port}  (Ctrl-C stops it)",
            flush=True,
        )

    port = options.port if options.port is not None else TLS_PORT if tls else PORT
    asyncio.run(run(hub, host=options.host, port=port, tls=tls, ready=ready, broker=broker))
    return 0


def limits(options: Any) -> Limits:
    """The bounds of this gateway."""
    given = {name: value for name in ("rate", "burst") if (value := getattr(options, name)) is not None}
    return Limits(**given)
