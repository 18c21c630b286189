"""Agents of a throw-away installation, one session each: ``python -m tests.bench.gateway.seats NUMBER`` prints the sessions.

``… seats devices`` makes the devices on standard input, a code and a secret on each line.
"""

from __future__ import annotations

import sys

CITY = 371000000000


def main() -> None:
    """Make them."""
    from songhe.site.installation import set_up

    set_up()
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest
    from tests import make

    from songhe.engines.access.api import Scope, entered
    from songhe.engines.access.login import enter_session
    from songhe.kit.clock import now
    from songhe.site.proof.filling import make_devices

    if sys.argv[1] == "devices":
        with entered(Scope.EVERYTHING):
            make_devices([(code, secret) for code, secret in map(str.split, sys.stdin)])
        return
    with entered(Scope.EVERYTHING):
        for _seat in range(int(sys.argv[1])):
            request = HttpRequest()
            request.session = SessionStore()
            enter_session(request, make.user("hotline_agent", CITY), at=now())
            request.session.save()
            print(request.session.session_key)


if __name__ == "__main__":
    main()
