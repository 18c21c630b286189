"""Open a Python prompt with Django loaded.

Rows are seen through a scope here too: `with entered(Scope.EVERYTHING): ...`
"""

import argparse
from typing import Any

from songhe.site.installation import opened

GROUP = "develop"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("-c", dest="code", help="run this code and end")


def run(options: Any) -> int:
    """Open the prompt."""
    with opened():
        from django.core.management import call_command

        call_command("shell", command=options.code, verbosity=0)
    return 0
