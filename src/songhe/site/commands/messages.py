"""Collect the interface's words, merge their Chinese, compile.

`--check` writes nothing and ends with status 1 when a word has no Chinese or a placeholder was lost.
`--missing PART` prints an empty entry for every untranslated message under src/songhe/PART, ready to be filled in.
"""

import argparse
from typing import Any

GROUP = "develop"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    parser.add_argument(
        "--missing", metavar="PART", help="print what is missing under a folder, as PO entries"
    )


def run(options: Any) -> int:
    """Merge, check or print."""
    from songhe.site import messages

    if options.missing is not None:
        for flaw in messages.flaws():
            if flaw.what == "untranslated" and flaw.where.startswith(f"songhe/{options.missing}"):
                print(f'msgid {_quoted(flaw.msgid)}\nmsgstr ""\n')
        return 0
    if not options.check:
        catalogue = messages.merge()
        print(f"{len(catalogue)} messages, {len(catalogue.untranslated_entries())} without Chinese.")
        return 0
    found = list(messages.flaws())
    for flaw in found:
        print(flaw)
    print(f"{len(found)} messages to mend." if found else "Every message has its Chinese.")
    return 1 if found else 0


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
