"""Find what makes this installation unsafe to serve.

Each fault has a name, what is wrong and what to do. Exit status 1 when there is one; a warning alone leaves 0.
"""

import argparse
from typing import Any

from songhe.site.installation import opened
from songhe.site.safety import Fault

GROUP = "care"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--local", action="store_true", help="leave out what matters only when other machines reach the pages"
    )


def run(options: Any) -> int:
    """Check and print."""
    with opened():
        found = faults(public=not options.local)
    for fault in found:
        print(f"{fault.code}{'' if fault.stops else ' (warning)'}\n  {fault.what}\n  → {fault.remedy}")
    stopping = sum(fault.stops for fault in found)
    print(f"{stopping} faults." if stopping else "Safe to serve.")
    return 1 if stopping else 0


def faults(*, public: bool) -> list[Fault]:
    """Return every fault of the installation that Django is set up for."""
    import psycopg
    from django.conf import settings
    from django.db import connection

    from songhe.site.safety import in_settings, in_tables
    from songhe.site.safety.database import safely

    found = list(in_settings(settings, public=public))
    wanted = {key: value for key, value in connection.get_connection_params().items() if key in PLAIN}
    server = list(safely(lambda: psycopg.connect(**wanted, autocommit=True)))
    found += server
    if not any(fault.code == "database_unreachable" for fault in server):
        found += in_tables()
    return found


PLAIN = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")
