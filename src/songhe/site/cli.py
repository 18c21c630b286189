"""The one command, `songhe`. Every module of `songhe.site.commands` is one of its verbs."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from typing import Any, Protocol, cast

from songhe.core.refusal import Refused
from songhe.site import commands

GROUPS = {
    "start": "Begin",
    "data": "Data in and out",
    "care": "Look after an installation",
    "develop": "Work on Songhe",
}

INTRODUCTION = """\
Songhe runs a city's home-and-community elderly care.

  songhe demo      a made-up city in your browser
  songhe serve     your own
"""


class Command(Protocol):
    """What a command module offers. Its docstring's first line is its help."""

    GROUP: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, options: Any) -> int:
        """Do it; return the exit status."""


def names() -> list[str]:
    """Return every command's name."""
    return sorted(module.name.rstrip("_") for module in pkgutil.iter_modules(commands.__path__))


def load(name: str) -> Command:
    """Import the module of the command `name`."""
    module = f"{name}_" if name == "import" else name
    return cast("Command", importlib.import_module(f"songhe.site.commands.{module}"))


def summary(command: Command) -> str:
    """Return the first sentence of a command's docstring."""
    return (command.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")


def overview() -> str:
    """Return the help page: commands by group."""
    found = {name: load(name) for name in names()}
    lines = [INTRODUCTION]
    for group, title in GROUPS.items():
        lines.append(f"{title}:")
        lines += [f"  {name:<10} {summary(each)}" for name, each in found.items() if group == each.GROUP]
        lines.append("")
    lines.append("songhe <command> --help says more. SONGHE_HOME names the folder of data and keys.")
    return "\n".join(lines)


NOT_READY = Refused(
    "not_ready", "This database is not ready for this version. Run: songhe migrate, or songhe upgrade."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Exit status: 0 done, 1 found something wrong, 2 refused or misused."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if given[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"songhe {version('songhe')}")
        return 0
    name = given[0]
    if name not in names():
        return complain(f"There is no command “{name}”. {nearest(name)} See: songhe --help")
    command = load(name)
    parser = argparse.ArgumentParser(
        prog=f"songhe {name}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.arguments(parser)
    options = parser.parse_args(given[1:])
    try:
        return command.run(options)
    except Refused as refusal:
        return complain(f"{spoken(refusal)} [{refusal.code}]")
    except KeyboardInterrupt:
        return complain("Stopped.")
    except Exception as fault:
        if type(fault.__cause__).__name__ not in ("UndefinedTable", "UndefinedColumn"):
            raise
        return complain(f"{spoken(NOT_READY)} [{NOT_READY.code}]")


def spoken(refusal: Refused) -> str:
    """Return a refusal's sentence in the terminal's language: Chinese where that is set, else English."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not said.lower().startswith("zh"):
        return str(refusal)
    import gettext

    from songhe.site.messages import CATALOGUE, compile_if_stale

    compile_if_stale()
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext(refusal.message).format(**refusal.values)


def nearest(name: str) -> str:
    """Return a sentence naming the command somebody may have meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, names(), n=1)
    return f"Did you mean “{close[0]}”?" if close else ""


def complain(text: str) -> int:
    """Say what went wrong on the error stream."""
    print(f"songhe: {text}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
